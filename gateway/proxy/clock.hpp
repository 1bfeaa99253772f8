#pragma once

#include <chrono>
#include <ctime>

namespace errata
{

/// The clock of everything that waits. Only whoever owns a loop asks it; all others are given `now`.
using steady_clock = std::chrono::steady_clock;
using steady_time = steady_clock::time_point;

/// The same clock as it stood at the kernel's last tick (1 to 10 ms ago), for a quarter of the price: enough for
/// time-outs.
[[nodiscard]] inline steady_time coarse_now() noexcept
{
    timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return steady_time(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

} // namespace errata
