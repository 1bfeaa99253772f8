#include "support/wire.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace errata::test
{
namespace
{
using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void fail(std::string const& what)
{
    throw broken_wire(what + ": " + std::strerror(errno));
}

/// Waits for `events`; false when the time is up.
bool wait_for(int descriptor, short events, steady_clock::time_point deadline)
{
    for(;;)
    {
        auto const left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
        pollfd p{descriptor, events, 0};
        auto const n = ::poll(&p, 1, left > 0 ? static_cast<int>(left) : 0);
        if(n > 0)
            return true;
        if(n == 0)
            return false;
        if(errno != EINTR)
            fail("poll");
    }
}

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

int new_socket()
{
    auto const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if(fd < 0)
        fail("socket");
    return fd;
}
} // namespace

wire wire::connect(std::uint16_t port)
{
    auto const fd = new_socket();
    auto const address = loopback(port);
    wire w(fd);
    if(::connect(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0)
        fail("connect");
    return w;
}

wire::wire(int descriptor) : descriptor_(descriptor)
{
    int const on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

wire::wire(wire&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), ended_(other.ended_), reset_(other.reset_),
      received_(std::move(other.received_)), taken_(other.taken_)
{
}

wire& wire::operator=(wire&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    ended_ = other.ended_;
    reset_ = other.reset_;
    received_ = std::move(other.received_);
    taken_ = other.taken_;
    return *this;
}

wire::~wire()
{
    close();
}

bool wire::try_send(std::string_view bytes) noexcept
{
    return sends_within(bytes, patience);
}

bool wire::sends_within(std::string_view bytes, milliseconds time) noexcept
{
    auto const deadline = steady_clock::now() + time;
    while(!bytes.empty())
    {
        auto const n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if(n > 0)
            bytes.remove_prefix(static_cast<std::size_t>(n));
        else if(errno != EAGAIN || !wait_for(descriptor_, POLLOUT, deadline))
            return false;
    }
    return true;
}

void wire::send(std::string_view bytes)
{
    if(!try_send(bytes))
        fail("send");
}

void wire::drip(std::string_view bytes, milliseconds pause)
{
    for(std::size_t i = 0; i < bytes.size() && try_send(bytes.substr(i, 1)); ++i)
        std::this_thread::sleep_for(pause);
}

bool wire::fill(steady_clock::time_point deadline)
{
    if(ended_)
        return false;
    if(!wait_for(descriptor_, POLLIN, deadline))
        throw broken_wire("nothing came; so far: " + received_.substr(taken_, 2000));
    char buffer[65536];
    auto const n = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if(n > 0)
    {
        received_.append(buffer, static_cast<std::size_t>(n));
        return true;
    }
    ended_ = true;
    reset_ = n < 0;
    return false;
}

std::string wire::take(std::size_t count)
{
    auto out = received_.substr(taken_, count);
    taken_ += count;
    return out;
}

std::string wire::read_until(std::string_view end)
{
    auto const deadline = steady_clock::now() + patience;
    auto from = taken_;
    for(;;)
    {
        if(auto const at = received_.find(end, from); at != std::string::npos)
            return take(at + end.size() - taken_);
        from = received_.size() - taken_ > end.size() ? received_.size() - end.size() : taken_;
        if(!fill(deadline))
            throw broken_wire("the connection ended; so far: " + received_.substr(taken_, 2000));
    }
}

std::string wire::read_exactly(std::size_t count)
{
    auto const deadline = steady_clock::now() + patience;
    while(received_.size() - taken_ < count)
        if(!fill(deadline))
            throw broken_wire("the connection ended; so far: " + received_.substr(taken_, 2000));
    return take(count);
}

std::string wire::read_all()
{
    auto const deadline = steady_clock::now() + patience;
    while(fill(deadline))
    {
    }
    return take(received_.size() - taken_);
}

bool wire::closes()
{
    return read_all().empty();
}

bool wire::speaks_within(milliseconds time)
{
    return received_.size() > taken_ || wait_for(descriptor_, POLLIN, steady_clock::now() + time);
}

void wire::close_write()
{
    ::shutdown(descriptor_, SHUT_WR);
}

void wire::close() noexcept
{
    if(descriptor_ >= 0)
        ::close(std::exchange(descriptor_, -1));
}

void wire::reset() noexcept
{
    linger const at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void wire::shrink_buffers(int bytes)
{
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

port_of_loopback::port_of_loopback(kind what) : descriptor_(new_socket())
{
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if(::bind(descriptor_, reinterpret_cast<sockaddr const*>(&address), size) != 0 ||
       ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("bind");
    port_ = ntohs(address.sin_port);
    if(what == kind::refusing)
        return;
    if(::listen(descriptor_, what == kind::listening ? 128 : 0) != 0)
        fail("listen");
    if(what == kind::unreachable)
    {
        // A backlog of 0 holds one connection; while it is full the kernel drops every further SYN.
        filler_ = new_socket();
        if(::connect(filler_, reinterpret_cast<sockaddr const*>(&address), size) != 0)
            fail("connect");
    }
}

port_of_loopback::~port_of_loopback()
{
    ::close(descriptor_);
    if(filler_ >= 0)
        ::close(filler_);
}

void port_of_loopback::start_listening()
{
    if(::listen(descriptor_, 128) != 0)
        fail("listen");
}

void port_of_loopback::stop_listening()
{
    if(::shutdown(descriptor_, SHUT_RDWR) != 0)
        fail("shutdown");
}

wire port_of_loopback::accept()
{
    if(!has_caller(patience))
        throw broken_wire("nobody connected");
    auto const fd = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    if(fd < 0)
        fail("accept");
    return wire(fd);
}

bool port_of_loopback::has_caller(milliseconds time) const
{
    return wait_for(descriptor_, POLLIN, steady_clock::now() + time);
}

} // namespace errata::test
