#include "proxy/trust.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace errata
{
namespace
{
namespace ip = boost::asio::ip;

bool is_private(ip::address_v4 const& a)
{
    auto const n = a.to_uint();
    return a.is_loopback() || n >> 24 == 10 || n >> 20 == 0xac1 || n >> 16 == 0xc0a8 || n >> 16 == 0xa9fe;
}

bool is_private(ip::address_v6 const& a)
{
    return a.is_loopback() || a.is_link_local() || (a.to_bytes()[0] & 0xfe) == 0xfc;
}

bool contains(std::string const& range, ip::address const& a)
{
    boost::system::error_code ec;
    auto const text =
        range.find('/') != std::string::npos ? range : range + (range.find(':') == std::string::npos ? "/32" : "/128");
    if(a.is_v4())
    {
        auto const net = ip::make_network_v4(text, ec);
        return !ec && net.canonical() == ip::network_v4(a.to_v4(), net.prefix_length()).canonical();
    }
    auto const net = ip::make_network_v6(text, ec);
    return !ec && net.canonical() == ip::network_v6(a.to_v6(), net.prefix_length()).canonical();
}

} // namespace

bool is_trusted(std::optional<ip::address> const& peer, snapshot const& config)
{
    if(config.trust == trusted_proxies::none)
        return false;
    if(!peer)
        return true; // a Unix socket: whoever may open it is of this host
    if(config.trust == trusted_proxies::private_ranges)
        return peer->is_v4() ? is_private(peer->to_v4()) : is_private(peer->to_v6());
    for(auto const& range : config.trusted_ranges)
        if(contains(range, *peer))
            return true;
    return false;
}

} // namespace errata
