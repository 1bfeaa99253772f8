#pragma once

#include "command/console.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace errata
{

struct health_options
{
    std::vector<std::string> paths;
    std::chrono::milliseconds timeout{2'000};
};

/// Asks the running gateway's telemetry or admin port whether it is ready. For HEALTHCHECK: one blocking connection.
[[nodiscard]] int health(health_options const& options, console& io);

} // namespace errata
