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
    std::string address; ///< where to ask, in place of what the configuration says
    std::chrono::milliseconds timeout{2'000};
};

/// Asks the running gateway's telemetry or admin port whether it is ready. For HEALTHCHECK: one blocking connection. Of
/// the configuration only the ports are read: what is wrong with the rest of a file that the gateway has refused to
/// load does not make it unhealthy.
[[nodiscard]] int health(health_options const& options, console& io);

} // namespace errata
