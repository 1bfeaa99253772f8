#pragma once

#include "proxy/net.hpp"
#include "routing/snapshot.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/system/result.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost::asio::ssl
{
class context;
}

namespace errata
{

/// A request to the admin or telemetry port, whole.
struct admin_request
{
    std::string method;
    std::string path;                                       ///< without query
    std::vector<std::pair<std::string, std::string>> query; ///< decoded, in order
    std::string accept, body;

    /// The value of that query member; empty when absent.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
};

struct admin_answer
{
    unsigned status = 200;
    std::string type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> fields;
};

using admin_handler = std::function<task<admin_answer>(admin_request)>;

/// Who may ask.
struct admin_access
{
    std::string token;             ///< bearer token; empty: none is asked for
    bool refuse_all = false;       ///< open to strangers, and nothing that tells them from friends
    bool check_origin = false;     ///< loopback: pages in a browser on this machine must not reach it
    std::vector<std::string> free; ///< paths that need no token: probes
};

/// What a port's configuration means for access. The admin port off loopback wants a token or client certificates;
/// telemetry only where configured. Probes are always answered: kubelets have no token, and they tell nothing secret.
[[nodiscard]] admin_access access_of(port_config const& config, bool telemetry);

/// The admin or telemetry port: a small HTTP server on the main thread's loop, apart from the shards. Bounded in
/// connections, request size and time, so that a slow or silent caller costs nothing but its own connection.
class http_port
{
public:
    http_port(net::io_context& control, port_config config, admin_access access, admin_handler handler);
    ~http_port();
    http_port(http_port const&) = delete;
    http_port& operator=(http_port const&) = delete;

    /// Binds and serves; the error is a sentence.
    [[nodiscard]] boost::system::result<void, std::string> open();
    /// Takes no more connections; those there are may finish.
    void close();
    [[nodiscard]] std::string const& address() const noexcept { return address_; }
    [[nodiscard]] port_config const& config() const noexcept { return config_; }

private:
    struct shared; ///< what connections need, also after the port is gone
    void accept();
    void try_again();

    port_config config_;
    std::shared_ptr<shared> shared_;
    net::basic_socket_acceptor<net::generic::stream_protocol, executor> acceptor_;
    stream_socket socket_;
    net::basic_waitable_timer<steady_clock, net::wait_traits<steady_clock>, executor> pause_;
    std::string address_;
};

/// Compares in a time that does not tell how much was right.
[[nodiscard]] bool same_secret(std::string_view given, std::string_view wanted) noexcept;

} // namespace errata
