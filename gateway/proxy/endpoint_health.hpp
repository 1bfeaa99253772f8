#pragma once

#include "problem/failure.hpp"
#include "proxy/clock.hpp"
#include "proxy/failure_record.hpp"
#include "proxy/shield.hpp"
#include "routing/snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace errata
{

/// What one attempt says about the endpoint.
enum class outcome : std::uint8_t
{
    nothing,      ///< the client's doing, ours, or a connection that had been idle
    answered,     ///< an answer below 500
    server_error, ///< an answer of 5xx: it is reachable, whether it is well is for the status table to say
    failed,       ///< no usable answer
};

/// The outcome of an attempt that failed with `why`. A reused connection that died before the first byte of the answer
/// says nothing (RFC 9112 9.3.1: the peer may close an idle connection while our request is on its way).
[[nodiscard]] outcome outcome_of(failure why, bool reused, std::size_t bytes_received) noexcept;
[[nodiscard]] outcome outcome_of_status(unsigned status) noexcept;

/// What an administrator decided about an endpoint.
enum class standing : std::uint8_t
{
    admitted,
    drained, ///< no new requests
    removed, ///< the same, and its idle connections go
};

/// The health of one endpoint as one shard sees it: ejected for a while after failures (a guess), down by active checks
/// (knowledge), set aside until a moment it named itself, taken out by an administrator. Only states; whether an
/// ejection is affordable is decided by upstream_health, which knows the other endpoints.
class endpoint_health
{
public:
    /// `shared` is common to all shards and outlives this.
    endpoint_health(ejection_config const& ejection, health_check_config const& check, failure_record& shared) noexcept
        : ejection_(&ejection), check_(&check), shared_(&shared)
    {
    }

    /// Takes an outcome; true when the endpoint deserves to be ejected now.
    [[nodiscard]] bool deserves_ejection(outcome seen, steady_time now) noexcept;
    /// Ejects until the returned moment: base * 2^k up to max, k being the ejections so far, less one for each calm
    /// `base`.
    steady_time eject(steady_time now) noexcept;
    void adopt_ejection(steady_time until, unsigned times) noexcept;

    /// Takes the result of an active check; true when the verdict changed. `next`: when the next check is due.
    bool checked(bool passed, steady_time next) noexcept;
    void adopt_verdict(bool healthy, steady_time returns) noexcept;

    /// While it asked to be left alone, and the ramp after that.
    [[nodiscard]] shield& cooldown() noexcept { return cooldown_; }
    [[nodiscard]] shield const& cooldown() const noexcept { return cooldown_; }
    void assign(standing s) noexcept { standing_ = s; }

    [[nodiscard]] bool ejected(steady_time now) const noexcept { return now < ejected_until_; }
    [[nodiscard]] bool aside(steady_time now) const noexcept { return cooldown_.up(now); }
    [[nodiscard]] bool healthy() const noexcept { return healthy_; }
    [[nodiscard]] standing assigned() const noexcept { return standing_; }
    [[nodiscard]] unsigned ejections() const noexcept { return ejections_; }
    [[nodiscard]] steady_time ejected_until() const noexcept { return ejected_until_; }
    [[nodiscard]] steady_time verdict_returns() const noexcept { return verdict_returns_; }
    [[nodiscard]] bool available(steady_time now) const noexcept;
    /// When it may be available again to this caller: nothing when that is up to an administrator or when it is
    /// available already.
    [[nodiscard]] std::optional<steady_time> earliest_return(steady_time now, shield::caller who) const noexcept;

private:
    ejection_config const* ejection_;
    health_check_config const* check_;
    failure_record* shared_;
    shield cooldown_;
    steady_time ejected_until_{};
    steady_time verdict_returns_{}; ///< while unhealthy: when enough checks could have passed
    unsigned ejections_ = 0;
    unsigned in_a_row_ = 0; ///< active checks that contradict the verdict
    bool healthy_ = true, judged_ = false;
    standing standing_ = standing::admitted;
};

} // namespace errata
