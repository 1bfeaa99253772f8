#include "proxy/listener.hpp"

#include "problem/status.hpp"
#include "proxy/access_record.hpp"
#include "proxy/head_writer.hpp"
#include "proxy/shard.hpp"
#include "proxy/trust.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace errata
{
namespace
{
constexpr milliseconds accept_pause{20};

/// So many connections are taken up at once, before those that are served have a turn again.
constexpr unsigned most_at_once = 64;

/// The peer's address, none for Unix sockets. IPv4 in IPv6 is IPv4.
std::optional<net::ip::address> address_of(sockaddr_storage const& peer)
{
    if(peer.ss_family == AF_INET)
        return net::ip::address_v4(ntohl(reinterpret_cast<sockaddr_in const&>(peer).sin_addr.s_addr));
    if(peer.ss_family != AF_INET6)
        return std::nullopt;
    net::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<sockaddr_in6 const&>(peer).sin6_addr, bytes.size());
    net::ip::address_v6 const v6(bytes);
    if(v6.is_v4_mapped())
        return net::ip::make_address_v4(net::ip::v4_mapped, v6);
    return v6;
}

/// IPv4 digit by digit: `to_string` goes through `sprintf`, which costs as much as half of all else that an accepted
/// connection needs.
std::string text_of(std::optional<net::ip::address> const& peer)
{
    if(!peer)
        return {};
    if(peer->is_v6())
        return peer->to_v6().to_string();
    std::array<char, 16> text;
    auto* end = text.data();
    for(auto const part : peer->to_v4().to_bytes())
    {
        end = std::to_chars(end, end + 3, part).ptr;
        *end++ = '.';
    }
    return {text.data(), end - 1};
}

std::string sentence(listener_config const& c, char const* what)
{
    auto const where =
        c.port || c.address.find('/') == std::string::npos ? c.address + ':' + std::to_string(c.port) : c.address;
    return "cannot listen on " + where + ": " + what + ": " + std::strerror(errno);
}

int open_unix(listener_config const& c, std::string const& path, std::string& wrong)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if(path.size() >= sizeof address.sun_path)
    {
        errno = ENAMETOOLONG;
        wrong = sentence(c, "path");
        return -1;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    auto const fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    // A socket file that nobody listens on any more is what a crash left behind.
    if(auto const probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); probe >= 0)
    {
        if(::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 && errno == ECONNREFUSED)
            ::unlink(path.c_str());
        ::close(probe);
    }
    if(fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, 4096) != 0)
    {
        wrong = sentence(c, "bind");
        if(fd >= 0)
            ::close(fd);
        return -1;
    }
    return fd;
}

int open_tcp(listener_config const& c, bool reuse_port, std::string& wrong)
{
    error_code ec;
    auto const address = net::ip::make_address(c.address, ec);
    if(ec)
    {
        errno = EINVAL;
        wrong = sentence(c, "address");
        return -1;
    }
    net::ip::tcp::endpoint const where(address, c.port);
    auto const fd = ::socket(where.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int const on = 1;
    if(fd >= 0)
    {
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if(reuse_port)
            ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        // Accepted sockets inherit it: heads and small bodies go out at once.
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if(fd < 0 || ::bind(fd, where.data(), static_cast<socklen_t>(where.size())) != 0 || ::listen(fd, 4096) != 0)
    {
        wrong = sentence(c, "bind");
        if(fd >= 0)
            ::close(fd);
        return -1;
    }
    return fd;
}

} // namespace

boost::system::result<int, std::string> open_listening_socket(listener_config const& config, bool check_free)
{
    std::string wrong;
    if(config.address.starts_with("unix:"))
    {
        auto const fd = open_unix(config, config.address.substr(5), wrong);
        if(fd < 0)
            return wrong;
        return fd;
    }
    // With SO_REUSEPORT another process of ours would share the port silently: look first without it.
    if(check_free && config.port)
    {
        auto const probe = open_tcp(config, false, wrong);
        if(probe < 0)
            return wrong;
        ::close(probe);
    }
    auto const fd = open_tcp(config, true, wrong);
    if(fd < 0)
        return wrong;
    return fd;
}

std::uint16_t bound_port(int descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return 0;
    if(address.ss_family == AF_INET)
        return ntohs(reinterpret_cast<sockaddr_in const&>(address).sin_port);
    return address.ss_family == AF_INET6 ? ntohs(reinterpret_cast<sockaddr_in6 const&>(address).sin6_port) : 0;
}

listener::listener(shard& home, unsigned number, int descriptor, listener_config config,
                   std::shared_ptr<server_tls> tls)
    : id(number), home_(home), config_(std::move(config)), tls_(std::move(tls)), socket_(home.sockets(), descriptor),
      pause_(
          home.wheel(), [](void* self) { static_cast<listener*>(self)->accept(); }, this)
{
    reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void listener::start()
{
    socket_.tell([](void* self) { static_cast<listener*>(self)->accept(); }, this);
}

void listener::configure(listener_config config, std::shared_ptr<server_tls> tls)
{
    config_ = std::move(config);
    tls_ = std::move(tls);
}

void listener::retire()
{
    retired_ = true;
    stop(true);
}

void listener::stop(bool politely)
{
    if(!socket_.is_open())
        return;
    // Closing a listening socket resets the connections in its queue: a client that was let in would lose its request.
    if(politely)
        take_waiting(std::numeric_limits<unsigned>::max());
    socket_.close();
    if(reserve_ >= 0)
        ::close(std::exchange(reserve_, -1));
    if(config_.address.starts_with("unix:"))
        ::unlink(config_.address.c_str() + 5);
}

void listener::accept()
{
    switch(take_waiting(most_at_once))
    {
    case queue::empty:
        break;
    case queue::not_empty:
        return socket_.wake_soon();
    case queue::stuck:
        return pause_.arm(accept_pause);
    }
}

listener::queue listener::take_waiting(unsigned most)
{
    for(; socket_.is_open(); --most)
    {
        if(most == 0)
            return queue::not_empty;
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        auto const fd =
            ::accept4(socket_.descriptor(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if(fd >= 0)
            take(fd, from);
        else if(errno == EAGAIN || errno == EWOULDBLOCK)
            return queue::empty;
        else if(errno == ENOMEM || errno == ENOBUFS || ((errno == EMFILE || errno == ENFILE) && !out_of_descriptors()))
            return queue::stuck;
        // Everything else is about that one connection (accept(2)).
    }
    return queue::empty;
}

void listener::take(int descriptor, sockaddr_storage const& from)
{
    try
    {
        admit(polled_socket(home_.sockets(), descriptor), address_of(from));
    }
    catch(...)
    {
        home_.report_bug(std::current_exception()); // it costs this connection, the next is accepted
    }
}

void listener::admit(polled_socket&& socket, std::optional<net::ip::address> const& peer)
{
    auto& shared = home_.shared();
    auto const most = config_.limits.connections ? config_.limits.connections : shared.max_connections;
    auto const text = text_of(peer);
    if(shared.connections.load(std::memory_order_relaxed) >= most)
        return turn_away(socket.descriptor(), text);
    if(config_.limits.connections_per_client && peer &&
       !shared.by_client.enter(text, config_.limits.connections_per_client))
        return turn_away(socket.descriptor(), text);
    shared.connections.fetch_add(1, std::memory_order_relaxed);
    ++users;
    home_.begin_session(std::move(socket), nullptr, *this, text, is_trusted(peer, *home_.current()->config), true);
}

/// Says that there is no room: what cannot get a session still gets the whole answer, and is recorded like any other.
void listener::turn_away(int descriptor, std::string_view peer)
{
    auto const& config = *home_.current()->config;
    auto const now = wall_clock::now();
    std::array<char, 36> made;
    home_.ids().make(now, made);
    std::string_view const id{made.data(), made.size()};
    auto const reply = answer_failure({.what = failure::overloaded, .known_wait = home_.short_wait()},
                                      {.request_id = id, .acted = execution::no}, *config.errors, *config.retry,
                                      config.self, now, home_.ids().fraction(), home_.work());
    out_buffer out;
    if(!tls_) // nothing can be said before a handshake
    {
        write_answer_head(reply.status, reason_of(reply.status), reply.fields, {.close = true, .date = home_.date(now)},
                          out);
        out.add(reply.body);
        ::send(descriptor, out.view().data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    // What the client is sending is read away as far as it has come: closing over unread bytes would be a reset that
    // overtakes the answer.
    ::shutdown(descriptor, SHUT_WR);
    std::array<char, 4096> sink;
    for(int rounds = 16; rounds && ::recv(descriptor, sink.data(), sink.size(), MSG_DONTWAIT) > 0;)
        --rounds; // nobody who floods us holds the worker
    record_refusal(reply, now, id, peer);
}

void listener::record_refusal(answer const& reply, wall_clock::time_point now, std::string_view id,
                              std::string_view peer)
{
    auto const said = tls_ ? 0 : reply.status;
    auto& counted = home_.count();
    counted.count(happening::connection_refused);
    counted.error({.status = said, .cause = reply.cause, .origin = error_origin::gateway});
    counted.advice(reply.retry);
    if(!home_.log())
        return;
    auto const& row = trait(*reply.cause);
    access_record line;
    line.time = now;
    line.request_id = id;
    line.client = peer;
    line.status = said;
    line.bytes_out = tls_ ? 0 : reply.body.size();
    line.origin = name_of(error_origin::gateway);
    line.cause = row.name;
    line.proxy_status = row.token;
    line.code = reply.code;
    line.retry = name_of(decision_of(reply.retry));
    if(reply.retry.allowed && reply.retry.after)
        line.retry_after = static_cast<std::uint64_t>(reply.retry.seconds());
    home_.log()->write(line);
    home_.flush_log_soon();
}

bool listener::out_of_descriptors()
{
    if(reserve_ < 0) // somebody else was quicker to use what was free for a moment
        reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if(reserve_ < 0)
    {
        if(!home_.close_idle_connection()) // then another thread, each time one, until the next look helps
        {
            auto const& all = home_.shared().shards;
            auto* const other = all[static_cast<std::size_t>(home_.ids().fraction() * double(all.size())) % all.size()];
            net::post(other->io(), [other] { other->close_idle_connection(); });
        }
        reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    if(reserve_ < 0)
        return false;
    ::close(std::exchange(reserve_, -1));
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    auto const fd =
        ::accept4(socket_.descriptor(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if(fd >= 0)
    {
        turn_away(fd, text_of(address_of(from)));
        ::close(fd);
    }
    reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
}

} // namespace errata
