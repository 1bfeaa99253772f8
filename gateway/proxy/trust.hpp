#pragma once

#include "routing/snapshot.hpp"

#include <string_view>

namespace errata
{

/// May what this peer says about earlier hops (X-Forwarded-*, Forwarded) be believed? By default: loopback, private and
/// link-local addresses, Unix sockets; others by configured ranges.
[[nodiscard]] bool is_trusted(std::string_view peer, snapshot const& config);

} // namespace errata
