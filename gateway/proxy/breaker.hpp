#pragma once

#include "proxy/clock.hpp"
#include "proxy/failure_record.hpp"
#include "routing/snapshot.hpp"

#include <atomic>
#include <cstdint>
#include <optional>

namespace errata
{

/// What the breakers of one upstream count together, whichever shard it happens on.
class breaker_counts
{
public:
    explicit breaker_counts(breaker_config const& config) noexcept : failures(config.window, config.error_rate > 0) {}

    /// Takes one of `limit` probe places of the half-open phase `turn`.
    [[nodiscard]] bool take_probe(std::uint32_t turn, unsigned limit) noexcept;
    void give_back_probe(std::uint32_t turn) noexcept;
    /// One more probe of this phase went well; returns how many did.
    [[nodiscard]] unsigned probe_succeeded(std::uint32_t turn) noexcept;

    failure_record failures;

private:
    template <class Change>
    std::uint64_t change(std::uint32_t turn, Change const& next) noexcept;

    std::atomic<std::uint64_t> probes_{0}; ///< turn : 32 | succeeded : 16 | taken : 16
};

/// The circuit breaker of one upstream on one shard: closed, open for a while, half-open for a few probes.
///
/// Decides only; the caller tells it how each permitted request ended. A change of state comes back as a fact, which
/// the caller posts to the other shards' breakers (`adopt`).
class breaker
{
public:
    enum class state : std::uint8_t
    {
        closed,
        open,
        half_open
    };

    /// A permission to call upstream, handed back with the outcome. False: not permitted.
    struct permit
    {
        bool granted = false;
        std::uint32_t turn = 0; ///< the phase it was given in; an outcome from an earlier phase does not count
        explicit operator bool() const noexcept { return granted; }
    };

    struct fact
    {
        state to = state::closed;
        steady_time until{}; ///< open: when half-open begins
        std::uint32_t turn = 0;
        friend bool operator==(fact const&, fact const&) = default;
    };

    /// `shared` is common to all shards and outlives the breaker.
    breaker(breaker_config const& config, breaker_counts& shared) noexcept : config_(config), shared_(shared) {}

    [[nodiscard]] permit allows(steady_time now) noexcept;
    [[nodiscard]] std::optional<fact> on_success(permit given, steady_time now) noexcept;
    [[nodiscard]] std::optional<fact> on_failure(permit given, steady_time now) noexcept;
    /// The request ended without saying anything about the upstream (the client left, an idle connection was dead).
    void on_nothing(permit given) noexcept;

    void adopt(fact const& told) noexcept;

    [[nodiscard]] state current(steady_time now) const noexcept;
    /// What remains until half-open; zero when it is not open.
    [[nodiscard]] std::chrono::milliseconds half_open_in(steady_time now) const noexcept;

private:
    [[nodiscard]] bool counts(permit given) const noexcept;
    [[nodiscard]] bool tripped(steady_time now) const noexcept;
    fact enter(state next, steady_time until) noexcept;
    void half_open_when_due(steady_time now) noexcept;

    breaker_config const& config_;
    breaker_counts& shared_;
    state state_ = state::closed;
    std::uint32_t turn_ = 0;
    steady_time until_{}; ///< open: when half-open begins; half-open: when probes that never reported are given up
};

} // namespace errata
