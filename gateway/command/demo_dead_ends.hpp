#pragma once

#include "proxy/net.hpp"

#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <vector>

namespace errata
{

/// Where no request gets as far as HTTP, and what a client behind the gateway is told then.
struct dead_end
{
    std::string path; ///< under which the demo's gateway leads there
    std::string url;  ///< the endpoint
    std::string says;
    std::string client_gets;
};

/// The rows of the failure table that are over before a request is sent: names, connects and TLS handshakes that fail.
/// Beside the demo's upstream, on ports of its own on loopback.
class demo_dead_ends
{
public:
    /// `plain`: a port where HTTP is spoken without TLS. Throws boost::system::system_error when a port cannot be had.
    demo_dead_ends(net::io_context& io, std::uint16_t plain);
    ~demo_dead_ends();

    [[nodiscard]] std::span<dead_end const> all() const noexcept { return all_; }
    /// A name server that knows no name, and is silent about those below "silent", as `dns.servers` wants it.
    [[nodiscard]] std::string name_server() const;

    /// Closes everything; the io_context runs out of work.
    void stop();

private:
    using tcp_socket = net::basic_stream_socket<net::ip::tcp, executor>;
    using tcp_acceptor = net::basic_socket_acceptor<net::ip::tcp, executor>;
    using udp_socket = net::basic_datagram_socket<net::ip::udp, executor>;
    using client = std::list<tcp_socket>::iterator;
    using ending = task<> (demo_dead_ends::*)(client);

    task<> accept(tcp_acceptor& at, ending how);
    task<> alert(client c);
    task<> show_own_certificate(client c);
    task<> say_nothing(client c);
    task<> know_no_name();

    net::io_context& io_;
    tcp_socket refusing_, filler_;
    tcp_acceptor full_, alerting_, untrusted_, silent_;
    udp_socket names_;
    std::list<tcp_socket> clients_;
    std::vector<dead_end> all_;
};

} // namespace errata
