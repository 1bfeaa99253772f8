#pragma once

#include "routing/snapshot.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>

namespace errata
{

/// May what this peer says about earlier hops (X-Forwarded-*, Forwarded) be believed? By default: loopback, private and
/// link-local addresses, Unix sockets (which have no address); others by configured ranges. IPv4 in IPv6 is given as
/// IPv4.
[[nodiscard]] bool is_trusted(std::optional<boost::asio::ip::address> const& peer, snapshot const& config);

} // namespace errata
