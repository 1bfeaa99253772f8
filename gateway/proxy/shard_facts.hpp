#pragma once

#include "proxy/breaker.hpp"
#include "proxy/endpoint_health.hpp"

#include <string>
#include <vector>

namespace errata
{

/// How one shard sees an endpoint.
struct endpoint_view
{
    std::string url;
    bool available = false, ejected = false, aside = false, healthy = true;
    standing assigned = standing::admitted;
    unsigned ejections = 0;
    std::size_t idle = 0; ///< connections
};

struct upstream_view
{
    std::string name;
    breaker::state circuit = breaker::state::closed;
    bool shielded = false; ///< it asked to be left alone, as a whole, on a route or through an endpoint
    std::vector<endpoint_view> endpoints;
};

/// What an administrator may do with an endpoint.
enum class endpoint_change
{
    eject, ///< as if it had failed too often: comes back by itself
    drain, ///< no new requests until `admit`
    admit
};

} // namespace errata
