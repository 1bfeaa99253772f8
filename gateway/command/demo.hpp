#pragma once

#include "command/console.hpp"

#include <cstdint>
#include <string>

namespace errata
{

struct demo_options
{
    bool upstream_only = false;
    std::uint16_t port = 0;                     ///< of the gateway; 0: a free one
    std::uint16_t upstream_port = 0;            ///< of the upstream; 0: a free one
    std::string upstream_address = "127.0.0.1"; ///< where it listens; another than loopback in a container of its own
};

/// `errata demo`: the gateway in front of an upstream that misbehaves on demand, with the requests to try and what
/// comes of them. `--upstream`: that upstream alone. Runs until SIGINT or SIGTERM.
[[nodiscard]] int demo(demo_options const& options, console& io);

} // namespace errata
