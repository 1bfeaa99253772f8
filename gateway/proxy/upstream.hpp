#pragma once

#include "proxy/admission.hpp"
#include "proxy/balancer.hpp"
#include "proxy/breaker.hpp"
#include "proxy/connect_race.hpp"
#include "proxy/pool.hpp"
#include "proxy/retry_budget.hpp"
#include "proxy/shield.hpp"
#include "proxy/upstream_health.hpp"
#include "routing/snapshot.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace errata
{

class client_tls;
class shard;
struct upstream_counters;

/// One endpoint on one shard: its idle connections and where they lead.
struct endpoint
{
    endpoint(endpoint_config const& c, endpoint_index i, pool_config const& p, unsigned shards, link_yard& yard);

    endpoint_config const& config;
    endpoint_index index;
    pool idle;
    std::vector<peer_address> addresses; ///< fixed ones (IP literal, Unix path); empty: ask the resolver
    std::string authority;               ///< host:port for Host and logs
};

/// What the shards' copies of one upstream have in common: counts, so that guards act on the whole and not on a share
/// of it.
struct upstream_shared
{
    upstream_shared(upstream_config const& c, unsigned shards)
        : loads(c.endpoints.size(), shards), health(c.endpoints.size(), c.ejection), breaker(c.breaker)
    {
    }
    endpoint_loads loads;
    health_counts health;
    breaker_counts breaker;
    admission_counts admission;
};

/// Something one shard learnt about an upstream, for the other shards.
struct capacity_freed
{
};
using upstream_fact = std::variant<health_fact, breaker::fact, shield::fact, capacity_freed>;

/// One upstream service on one shard: its endpoints, and the guards that decide whether and where a request may go.
class upstream
{
public:
    upstream(upstream_config const& config, std::shared_ptr<upstream_shared> shared, shard& home, unsigned shards,
             link_yard& yard, std::shared_ptr<client_tls> tls);

    /// Brings what may be chosen up to date.
    void refresh(steady_time now);
    /// The endpoint for this caller's next attempt, not one of `tried` while there is another; null when none may be
    /// used. `wait` is set where only the caller's place on a ramp stands against one.
    [[nodiscard]] endpoint* choose(std::span<endpoint_index const> tried, shield::caller who, steady_time now,
                                   std::uint64_t random, std::optional<milliseconds>& wait);
    void attempt_began(endpoint const& e) noexcept { balancer_.began(e.index); }
    void attempt_ended(endpoint const& e) noexcept { balancer_.ended(e.index); }
    /// This shard's alone.
    [[nodiscard]] std::uint64_t attempts_on(endpoint const& e) const noexcept { return balancer_.load_here(e.index); }

    /// How an attempt ended, for health and breaker; what follows from it is told to the other shards.
    void report(endpoint const& e, outcome seen, breaker::permit given, steady_time now);
    /// An answer to this caller that may raise the shield.
    void shield_on(unsigned status, std::optional<milliseconds> hint, shield::caller who, steady_time now);
    /// The same for one endpoint only: it is left alone, the others go on.
    void set_aside(endpoint const& e, shield_config const& settings, unsigned status, std::optional<milliseconds> hint,
                   shield::caller who, steady_time now);
    void checked(endpoint_index e, bool passed, steady_time next);
    void adopt(upstream_fact const& told, steady_time now);

    [[nodiscard]] upstream_config const& config() const noexcept { return config_; }
    [[nodiscard]] client_tls* tls() const noexcept { return tls_.get(); }
    [[nodiscard]] std::span<std::unique_ptr<endpoint> const> endpoints() const noexcept { return endpoints_; }
    [[nodiscard]] upstream_health& health() noexcept { return health_; }
    [[nodiscard]] breaker& circuit() noexcept { return breaker_; }
    [[nodiscard]] shield& cooldown() noexcept { return shield_; }
    [[nodiscard]] admission& line() noexcept { return admission_; }
    [[nodiscard]] retry_budget& budget() noexcept { return budget_; }
    [[nodiscard]] std::shared_ptr<upstream_shared> const& shared() const noexcept { return shared_; }

    /// For new connections: the files may have other contents after a reload.
    void use_tls(std::shared_ptr<client_tls> tls) { tls_ = std::move(tls); }

    upstream_counters* counted = nullptr; ///< its shard's

private:
    [[nodiscard]] std::optional<endpoint_index> choose_open(std::span<endpoint_index const> tried, shield::caller who,
                                                            steady_time now, std::uint64_t random,
                                                            std::optional<milliseconds>& wait);
    void tell(upstream_fact const& fact);

    upstream_config const config_; ///< own copy: outlives the snapshot it came from
    std::shared_ptr<upstream_shared> shared_;
    shard& home_;
    std::shared_ptr<client_tls> tls_;
    std::vector<std::unique_ptr<endpoint>> endpoints_;
    upstream_health health_;
    balancer balancer_;
    breaker breaker_;
    shield shield_;
    admission admission_;
    retry_budget budget_;
};

} // namespace errata
