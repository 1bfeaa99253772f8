#include "command/health.hpp"

#include "command/mistakes.hpp"
#include "routing/load.hpp"
#include "routing/settings.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include <cstring>
#include <ostream>

namespace errata
{
namespace
{
/// A connected blocking socket; closed when it goes away.
class connection
{
public:
    connection(std::string const& address, std::uint16_t port, std::chrono::milliseconds timeout)
    {
        if(address.starts_with("unix:"))
        {
            sockaddr_un to{};
            to.sun_family = AF_UNIX;
            std::strncpy(to.sun_path, address.c_str() + 5, sizeof to.sun_path - 1);
            open(AF_UNIX, to, timeout);
        }
        else if(address.find(':') != std::string::npos)
        {
            sockaddr_in6 to{};
            to.sin6_family = AF_INET6;
            to.sin6_port = htons(port);
            ::inet_pton(AF_INET6, address == "::" ? "::1" : address.c_str(), &to.sin6_addr);
            open(AF_INET6, to, timeout);
        }
        else
        {
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_port = htons(port);
            ::inet_pton(AF_INET, address == "0.0.0.0" ? "127.0.0.1" : address.c_str(), &to.sin_addr);
            open(AF_INET, to, timeout);
        }
    }
    ~connection()
    {
        SSL_free(tls_);
        SSL_CTX_free(context_);
        if(socket_ >= 0)
            ::close(socket_);
    }
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    [[nodiscard]] bool connected() const noexcept { return socket_ >= 0; }

    /// Speaks TLS from now on. Nothing is verified: whoever has this machine's loopback has the gateway, too.
    [[nodiscard]] bool secure()
    {
        context_ = SSL_CTX_new(TLS_client_method());
        tls_ = context_ ? SSL_new(context_) : nullptr;
        return tls_ && SSL_set_fd(tls_, socket_) == 1 && SSL_connect(tls_) == 1;
    }

    /// The first line of the answer; empty when there was none in time.
    [[nodiscard]] std::string ask(std::string const& request)
    {
        if(!send(request))
            return {};
        std::string text;
        char block[512];
        while(text.find('\n') == std::string::npos && text.size() < 4096)
        {
            auto const n = tls_ ? SSL_read(tls_, block, sizeof block) : ::recv(socket_, block, sizeof block, 0);
            if(n <= 0)
                break;
            text.append(block, static_cast<std::size_t>(n));
        }
        return text.substr(0, text.find_first_of("\r\n"));
    }

private:
    [[nodiscard]] bool send(std::string const& request)
    {
        auto const size = static_cast<int>(request.size());
        return (tls_ ? SSL_write(tls_, request.data(), size)
                     : ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL)) == size;
    }

    template <class Address>
    void open(int family, Address const& to, std::chrono::milliseconds timeout)
    {
        socket_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if(socket_ < 0)
            return;
        timeval const limit{timeout.count() / 1000, (timeout.count() % 1000) * 1000};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit); // bounds connect() too
        if(::connect(socket_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0)
        {
            ::close(socket_);
            socket_ = -1;
        }
    }

    int socket_ = -1;
    SSL_CTX* context_ = nullptr;
    SSL* tls_ = nullptr;
};

/// The port to ask: one that needs no TLS, else one that asks for no certificate, which we do not have.
port_config const* port_of(ports const& config)
{
    for(bool const plain : {true, false})
        for(auto const* port : {&config.telemetry, &config.admin})
            if(*port && (plain ? !(*port)->tls : (*port)->tls->client_ca.empty() || !(*port)->tls->client_required))
                return &**port;
    return nullptr;
}

std::string shown(std::string const& address, std::uint16_t port)
{
    return address.starts_with("unix:")
               ? address
               : (address.find(':') != std::string::npos ? "[" + address + "]" : address) + ":" + std::to_string(port);
}
} // namespace

int health(health_options const& options, console& io)
{
    ports config;
    if(options.address.empty())
        config = load_ports(options.paths, io.env);
    else if(auto& given = config.telemetry.emplace(); !parse_address(options.address, given.address, given.port))
    {
        io.err << "errata: " << options.address << " is no address: expected HOST:PORT or unix:PATH\n";
        return exit_usage;
    }
    if(!port_of(config) && config.listeners.empty())
    {
        write_mistakes(config.mistakes, io.err);
        io.err << "errata: the files do not say where to ask; --address does\n";
        return exit_mistakes;
    }
    // Without a port to ask one thing is left to see: whether somebody listens.
    auto const* const port = port_of(config);
    auto const& address = port ? port->address : config.listeners.front().address;
    auto const number = port ? port->port : config.listeners.front().port;
    connection link{address, number, options.timeout};
    if(!link.connected())
    {
        io.err << "not ready: nobody answers on " << shown(address, number) << '\n';
        return exit_mistakes;
    }
    if(!port)
    {
        io.out << "listening on " << shown(address, number) << '\n';
        return exit_good;
    }
    if(port->tls && !link.secure())
    {
        io.err << "not ready: no TLS on " << shown(address, number) << '\n';
        return exit_mistakes;
    }
    auto const authorization = port->token.empty() ? std::string{} : "Authorization: Bearer " + port->token + "\r\n";
    auto const line =
        link.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + authorization + "\r\n");
    auto const ready = line.size() >= 12 && line.starts_with("HTTP/1.") && line.substr(9, 3) == "200";
    (ready ? io.out : io.err) << (ready ? "ready" : "not ready: " + (line.empty() ? "no answer" : line)) << " ("
                              << shown(address, number) << "/readyz)\n";
    return ready ? exit_good : exit_mistakes;
}

} // namespace errata
