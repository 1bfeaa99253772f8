#pragma once

#include <fmt/chrono.h>

#include <chrono>
#include <string>

namespace errata
{

/// RFC 3339 in UTC with milliseconds, as in the access log.
[[nodiscard]] inline std::string timestamp(std::chrono::system_clock::time_point t)
{
    using namespace std::chrono;
    auto const whole = floor<seconds>(t);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(system_clock::to_time_t(whole)),
                       duration_cast<milliseconds>(t - whole).count());
}

} // namespace errata
