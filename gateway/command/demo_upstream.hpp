#pragma once

#include "command/demo_scene.hpp"

#include "proxy/net.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <list>
#include <string>

namespace errata
{

/// The misbehaving upstream of `errata demo`: an HTTP/1.1 server that does, by path, everything that goes
/// wrong behind a gateway. `/` lists the paths. Not for production, but it neither leaks nor crashes when clients
/// misbehave too.
class demo_upstream
{
public:
    /// Listens at once; `port` 0 takes a free one. Throws boost::system::system_error when the port is taken or
    /// `address` is none of ours.
    demo_upstream(net::io_context& io, std::uint16_t port, std::string const& address = "127.0.0.1");
    ~demo_upstream();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Closes everything; the io_context runs out of work.
    void stop();

private:
    using tcp_socket = net::basic_stream_socket<net::ip::tcp, executor>;
    using tcp_acceptor = net::basic_socket_acceptor<net::ip::tcp, executor>;

    task<> accept();
    task<> serve(std::list<tcp_socket>::iterator client);
    task<bool> perform(tcp_socket& client, scene_reply reply);

    net::io_context& io_;
    tcp_acceptor acceptor_;
    std::uint16_t port_;
    std::list<tcp_socket> clients_;
};

/// The scene for a path, or nullptr.
[[nodiscard]] scene const* find_scene(std::string_view path);

/// The page at `/`: every path, what the upstream does there and what the client should get.
[[nodiscard]] std::string scene_index();

} // namespace errata
