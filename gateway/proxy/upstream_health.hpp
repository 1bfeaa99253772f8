#pragma once

#include "proxy/endpoint_health.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace errata
{

using endpoint_index = std::uint32_t;

/// Something one shard learnt about an endpoint, posted to the others.
struct health_fact
{
    struct ejected
    {
        steady_time until;
        unsigned times;
        friend bool operator==(ejected const&, ejected const&) = default;
    };
    struct judged
    {
        bool healthy;
        steady_time returns;
        friend bool operator==(judged const&, judged const&) = default;
    };
    endpoint_index endpoint;
    std::variant<ejected, judged, shield::fact, standing> what;
    friend bool operator==(health_fact const&, health_fact const&) = default;
};

/// The failure records of an upstream's endpoints, common to all shards.
class health_counts
{
public:
    health_counts(std::size_t endpoints, ejection_config const& config);
    [[nodiscard]] failure_record& operator[](std::size_t i) noexcept { return records_[i]; }
    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

private:
    std::deque<failure_record> records_;
};

/// Which endpoints of an upstream may be used, as one shard sees it.
///
/// An ejection is a guess, so it never takes the only available endpoint nor leaves less than the share `keep`; if
/// checks bring the available share below `keep`, ejected endpoints that pass their checks are used again. What checks
/// and administrators say always stands. `refresh` is cheap as long as nothing changed.
class upstream_health
{
public:
    /// The configurations and `shared` outlive this.
    upstream_health(ejection_config const& ejection, health_check_config const& check, health_counts& shared);

    /// How an attempt ended; a fact to post when it led to an ejection.
    [[nodiscard]] std::optional<health_fact> report(endpoint_index endpoint, outcome seen, steady_time now);
    /// Result of an active check (one shard makes them); a fact to post whenever it matters to others.
    [[nodiscard]] std::optional<health_fact> checked(endpoint_index endpoint, bool passed, steady_time next);
    /// An answer of the endpoint to this caller that may ask to be left alone; a fact to post when it does.
    [[nodiscard]] std::optional<health_fact> set_aside(endpoint_index endpoint, shield_config const& config,
                                                       unsigned status, std::optional<milliseconds> hint,
                                                       shield::caller who, steady_time now);
    /// How long this caller has to keep away from an endpoint that is being approached again (`shield::wait_for`).
    [[nodiscard]] std::optional<milliseconds> wait_for(endpoint_index endpoint, shield::caller who, steady_time now)
    {
        return endpoints_[endpoint].cooldown().wait_for(who, now);
    }
    health_fact assign(endpoint_index endpoint, standing s);
    /// An administrator's ejection: like one for failures, without asking whether it is affordable.
    health_fact eject(endpoint_index endpoint, steady_time now);
    void adopt(health_fact const& told);

    /// Brings `usable` up to date; true when it changed. To be called before each choice.
    bool refresh(steady_time now) { return (dirty_ || now >= next_change_) && rebuild(now); }
    /// The endpoints that may be used, in order.
    [[nodiscard]] std::span<endpoint_index const> usable() const noexcept { return usable_; }
    [[nodiscard]] bool available(endpoint_index endpoint, steady_time now) const noexcept
    {
        return endpoints_[endpoint].available(now);
    }
    /// The soonest moment at which an endpoint may come back for this caller; nothing when none is expected.
    [[nodiscard]] std::optional<steady_time> earliest_return(steady_time now, shield::caller who = {}) const noexcept;
    /// Why none can be used: cooldown when an endpoint is out only because it asked to be left alone.
    [[nodiscard]] failure why_none(steady_time now) const noexcept;
    /// The status with which one of those asked; 0 without any.
    [[nodiscard]] unsigned asked_with(steady_time now) const noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return endpoints_.size(); }
    [[nodiscard]] endpoint_health const& operator[](endpoint_index i) const noexcept { return endpoints_[i]; }

private:
    [[nodiscard]] endpoint_health const* only_aside(steady_time now) const noexcept;
    [[nodiscard]] std::size_t floor() const noexcept;
    [[nodiscard]] bool affordable(endpoint_index endpoint, steady_time now) const noexcept;
    bool rebuild(steady_time now);

    ejection_config const& ejection_;
    std::vector<endpoint_health> endpoints_;
    std::vector<endpoint_index> usable_;
    steady_time next_change_ = steady_time::max();
    bool dirty_ = true;
};

} // namespace errata
