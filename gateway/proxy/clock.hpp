#pragma once

#include <chrono>

namespace errata
{

/// The clock of everything that waits. Only whoever owns a loop asks it; all others are given `now`.
using steady_clock = std::chrono::steady_clock;
using steady_time = steady_clock::time_point;

} // namespace errata
