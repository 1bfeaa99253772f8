#pragma once

#include "problem/problem.hpp"
#include "proxy/counter.hpp"
#include "proxy/label_table.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace errata
{

/// Things that happened, counted for the whole gateway.
enum class happening : std::uint8_t
{
    connection_accepted,
    connection_refused,
    tls_handshake_failed,
    body_over_limit,  ///< longer than errors.max_body
    body_over_budget, ///< the memory for error bodies was spent
    hint_dropped,     ///< not plausible or not readable
    hint_contradicted,
    hint_repaired,     ///< an upstream's Retry-After that went out otherwise, or not at all
    missing_challenge, ///< a 401 without WWW-Authenticate
    missing_allow,     ///< a 405 without Allow
    reserved_code,     ///< an upstream used one of our codes
    caller_held,
    answer_cut, ///< failed after the head had been forwarded
    client_left,
    exception, ///< a bug, or memory that ran out
};
inline constexpr std::size_t happenings = 15;

/// The same for each route: what says where the errors need attention.
enum class route_happening : std::uint8_t
{
    rewritten,
    observed,          ///< mode observe: would have been rewritten
    body_unrecognized, ///< an error body that no dialect and no general rule could read
    leak_removed,
};
inline constexpr std::size_t route_happenings = 4;

/// What there is of something now, added up over the shards.
enum class level : std::uint8_t
{
    connections_open,
    connections_parked, ///< of them idle
    requests_active,
    tunnels_open,
    error_body_bytes,
};
inline constexpr std::size_t levels = 5;

/// The same for each upstream.
enum class upstream_happening : std::uint8_t
{
    attempt,
    repeat,
    repeat_refused, ///< the retry budget was spent
    connected,
    connect_failed,
    pool_hit,
    pool_miss,
    idle_died, ///< a pooled connection that was found dead
    ejected,
    check_failed,
    breaker_opened,
    breaker_refused,
    shield_raised,
    shield_refused,
    queued,
    queue_timed_out,
    saturated,
    dns_failed,
};
inline constexpr std::size_t upstream_happenings = 18;

enum class upstream_level : std::uint8_t
{
    connections_active,
    connections_idle,
    requests_waiting,
};
inline constexpr std::size_t upstream_levels = 3;

enum class retry_decision : std::uint8_t
{
    allowed,
    denied,
    exhausted
};
inline constexpr std::size_t retry_decisions = 3;
inline constexpr std::size_t hint_kinds = static_cast<std::size_t>(hint_kind::upstream_flag) + 1;
[[nodiscard]] retry_decision decision_of(retry_advice const& advice) noexcept;
/// As log and metrics call it.
[[nodiscard]] std::string_view name_of(retry_decision d) noexcept;

struct route_counters
{
    std::array<counter, 6> by_class; ///< index: status / 100; 0 for what is none
    std::array<counter, route_happenings> happened;
    counter bytes_in, bytes_out;
    latency_histogram total;

    void count(route_happening h, std::uint64_t n = 1) noexcept { happened[static_cast<std::size_t>(h)].add(n); }
};

struct upstream_counters
{
    std::array<counter, upstream_happenings> happened;
    std::array<counter, upstream_levels> now;
    counter breaker_state; ///< 0 closed, 1 half-open, 2 open
    counter shielded;      ///< 1 while upstream is left alone
    counter endpoints, endpoints_usable;
    latency_histogram answer; ///< from the attempt's begin to the head of the answer

    void count(upstream_happening h, std::uint64_t n = 1) noexcept { happened[static_cast<std::size_t>(h)].add(n); }
    counter& at(upstream_level l) noexcept { return now[static_cast<std::size_t>(l)]; }
    /// The upstream is not in the configuration any more: its counters stay, it has no state.
    void forget_state() noexcept;
};

/// All that one shard counts. Only its thread writes; adding costs a few instructions and no allocation. Any thread may
/// read, any time, through `totals`. Lives as long as the shard, over all reloads: Prometheus counters must not fall.
class counters
{
public:
    using label = label_table::label;

    counters();
    ~counters();

    // When a configuration is adopted: labels for its names.
    [[nodiscard]] label route(std::string_view name);
    [[nodiscard]] label upstream(std::string_view name);
    [[nodiscard]] upstream_counters& of_upstream(label upstream) noexcept
    {
        return *upstreams_[upstream].load(std::memory_order_relaxed);
    }
    [[nodiscard]] route_counters& of_route(label route) noexcept
    {
        return *routes_[route].load(std::memory_order_relaxed);
    }

    /// An exchange has ended: the one call of the success path.
    void request(label route, unsigned status, std::uint64_t bytes_in, std::uint64_t bytes_out,
                 std::chrono::microseconds total, std::chrono::microseconds own) noexcept
    {
        auto& r = of_route(route);
        r.by_class[status < 600 ? status / 100 : 0].add();
        r.bytes_in.add(bytes_in);
        r.bytes_out.add(bytes_out);
        r.total.add(total);
        own_.add(own);
    }

    struct error_labels
    {
        label route = label_table::none, upstream = label_table::none;
        unsigned status = 0;          ///< as emitted
        unsigned upstream_status = 0; ///< as received; 0 when upstream gave no answer
        std::optional<failure> cause; ///< the gateway's own
        std::string_view dialect;     ///< of an upstream's error
        error_origin origin = error_origin::upstream;
    };
    /// An error answer was sent.
    void error(error_labels const& e);

    void advice(retry_advice const& given) noexcept;
    void count(happening h, std::uint64_t n = 1) noexcept { happened_[static_cast<std::size_t>(h)].add(n); }
    counter& at(level l) noexcept { return now_[static_cast<std::size_t>(l)]; }

private:
    friend struct totals;
    /// Combinations of labels with their counts: an open-addressed table of fixed size, read while it grows.
    class error_table
    {
    public:
        static constexpr std::size_t slots = 4096;
        void add(std::uint64_t key) noexcept;
        struct slot
        {
            std::atomic<std::uint64_t> key{0};
            counter count;
        };
        std::unique_ptr<slot[]> slot_ = std::make_unique<slot[]>(slots);
        counter unlabelled; ///< when no slot was free
    private:
        std::size_t used_ = 0;
    };

    template <class T>
    using table = std::unique_ptr<std::atomic<T*>[]>;

    label_table route_names_, upstream_names_, dialect_names_;
    table<route_counters> routes_;
    table<upstream_counters> upstreams_;
    error_table errors_;
    latency_histogram own_;
    std::array<std::array<counter, hint_kinds>, retry_decisions> advice_;
    std::array<counter, happenings> happened_;
    std::array<counter, levels> now_;
};

/// What all shards counted, added up by name: made when somebody asks.
struct totals
{
    struct of_route
    {
        std::array<std::uint64_t, 6> by_class{};
        std::array<std::uint64_t, route_happenings> happened{};
        std::uint64_t bytes_in = 0, bytes_out = 0;
        latency_histogram::totals total;
    };
    struct of_upstream
    {
        std::array<std::uint64_t, upstream_happenings> happened{};
        std::array<std::int64_t, upstream_levels> now{};
        std::uint64_t breaker_state = 0; ///< the most open one
        std::uint64_t shielded = 0;
        std::uint64_t endpoints = 0, usable = 0; ///< usable: as the most pessimistic shard sees it
        latency_histogram::totals answer;
    };
    struct error
    {
        std::string route, upstream;
        unsigned status = 0, upstream_status = 0;
        std::string cause, dialect; ///< "none" when there is none
        error_origin origin = error_origin::upstream;
        friend auto operator<=>(error const&, error const&) = default;
    };

    [[nodiscard]] static totals sum(std::span<counters const* const> shards);

    std::map<std::string, of_route> routes;
    std::map<std::string, of_upstream> upstreams;
    std::map<error, std::uint64_t> errors;
    latency_histogram::totals own;
    std::array<std::array<std::uint64_t, hint_kinds>, retry_decisions> advice{};
    std::array<std::uint64_t, happenings> happened{};
    std::array<std::int64_t, levels> now{};

private:
    void add(counters const& shard);
    void add_errors(counters const& shard);
};

} // namespace errata
