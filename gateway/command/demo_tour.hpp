#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>

namespace errata
{

/// Asks the demo upstream and the gateway before it for the same paths, and writes next to each curl line what the
/// upstream said and what the client gets. `interrupted` is asked between the stops.
void demo_tour(std::uint16_t upstream, std::uint16_t gateway, bool color, std::ostream& out,
               std::function<bool()> const& interrupted);

} // namespace errata
