#pragma once

#include "proxy/clock.hpp"
#include "routing/snapshot.hpp"

#include <cstdint>
#include <optional>

namespace errata
{

/// Keeps callers away from something (an endpoint, an upstream, a route) that asked to be left alone until a moment,
/// then lets them in over the ramp: every caller has a place of its own on it, so that what it is told only ever counts
/// down, and who comes back as told is let in. One per guarded thing and shard; a new window is a fact for the other
/// shards.
class shield
{
public:
    /// Tells callers apart: the same for a request and its repetition. Nothing depends on its being unique.
    using caller = std::uint64_t;

    struct fact
    {
        steady_time until;
        unsigned status = 0; ///< with which upstream asked
        caller told = 0;     ///< who was told by upstream itself: its time is the end of the window
        milliseconds ramp{}; ///< over which the others are let in afterwards
        friend bool operator==(fact const&, fact const&) = default;
    };

    /// An answer of upstream to this caller with its hint, if it had a plausible one. Raises the shield where that is
    /// configured; a window is never longer than max_hold, and one that is up is only moved by more than rounding.
    [[nodiscard]] std::optional<fact> on_answer(shield_config const& config, unsigned status,
                                                std::optional<milliseconds> hint, caller who, steady_time now);
    void adopt(fact const& told) noexcept;

    /// How long this caller has to wait; nothing: it may go through. A crowd that cannot be told apart is let in by a
    /// growing share of those who come, the rest is put off by a second at most.
    [[nodiscard]] std::optional<milliseconds> wait_for(caller who, steady_time now) noexcept;

    /// The status of the upstream's answer that raised it.
    [[nodiscard]] unsigned status() const noexcept { return raised_.status; }
    [[nodiscard]] bool up(steady_time now) const noexcept { return now < raised_.until; }
    /// Up or in its ramp: somebody may have to wait.
    [[nodiscard]] bool active(steady_time now) const noexcept { return now < raised_.until + raised_.ramp; }
    [[nodiscard]] steady_time until() const noexcept { return raised_.until; }
    /// When this caller is let in.
    [[nodiscard]] steady_time entry_of(caller who) const noexcept;

private:
    fact raised_{steady_time{} - std::chrono::hours{24}}; ///< long past: neither up nor in its ramp
    caller last_admitted_ = 0;
    steady_time last_admission_{};
    double credit_ = 1; ///< of the ramp: each arrival adds its share, each caller let in takes one
};

} // namespace errata
