#pragma once

#include "proxy/clock.hpp"
#include "routing/snapshot.hpp"

#include <cstdint>
#include <optional>

namespace errata
{

/// Keeps callers away from something (an endpoint, an upstream, a route) that asked to be left alone until a moment,
/// then lets them in by and by. One per guarded thing and shard; a new window is a fact for the other shards.
class shield
{
public:
    struct fact
    {
        steady_time until;
        friend bool operator==(fact const&, fact const&) = default;
    };

    /// `config` outlives it.
    explicit shield(shield_config const& config) noexcept : config_(&config) {}

    /// An answer of upstream with its hint, if it had a plausible one. Raises the shield where that is configured; a
    /// window is never longer than max_hold, and one that is up is only moved by more than rounding.
    [[nodiscard]] std::optional<fact> on_answer(unsigned status, std::optional<milliseconds> hint, steady_time now);
    void adopt(fact const& told) noexcept;

    /// May this caller go through? During the ramp a growing share of them may: the first always, and never fewer than
    /// one per fiftieth of the ramp, so that a lone caller who waited as told is not sent away again.
    [[nodiscard]] bool admits(steady_time now) noexcept;
    /// What a caller who was not let in has to wait: until the end of the window, during the ramp until the end of the
    /// ramp. Decreases with time.
    [[nodiscard]] milliseconds remaining(steady_time now) const noexcept;
    [[nodiscard]] bool up(steady_time now) const noexcept { return now < until_; }
    [[nodiscard]] bool ramping(steady_time now) const noexcept { return !up(now) && now < until_ + config_->ramp; }

private:
    [[nodiscard]] bool applies_to(unsigned status) const noexcept;

    shield_config const* config_;
    steady_time until_ = steady_time{} - std::chrono::hours{24}; ///< long past: neither up nor in its ramp
    steady_time last_admitted_{};
    double credit_ = 1; ///< during the ramp: each arrival adds its share, each caller let in takes one
};

} // namespace errata
