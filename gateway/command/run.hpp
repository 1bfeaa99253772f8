#pragma once

#include "command/console.hpp"

#include <string>
#include <vector>

namespace errata
{

struct run_options
{
    std::vector<std::string> paths; ///< configuration: files or directories
};

/// The gateway itself: loads, serves, reloads, drains.
[[nodiscard]] int run(run_options const& options, console& io);

/// A name for Via and Proxy-Status where the configuration gives none: "gw-" and six random digits. RFC 9209 forbids a
/// product name, and a host name would tell strangers about pods.
[[nodiscard]] std::string fresh_instance_name();

} // namespace errata
