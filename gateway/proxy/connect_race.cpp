#include "proxy/connect_race.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace errata
{
namespace
{
error_code error_of(int descriptor) noexcept
{
    int pending = 0;
    socklen_t size = sizeof pending;
    if(::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &pending, &size) != 0)
        return last_error();
    return {pending, boost::system::system_category()};
}

/// Begins to connect: no error when that is done already, `in_progress` when it will say so. A peer on this machine has
/// often answered, or refused, before the call returns: then nobody needs to wait for it.
error_code begin_connect(int descriptor, net::generic::stream_protocol::endpoint const& to) noexcept
{
    if(::connect(descriptor, to.data(), static_cast<socklen_t>(to.size())) == 0)
        return {};
    if(errno != EINPROGRESS)
        return last_error();
    if(auto const refused = error_of(descriptor))
        return refused;
    sockaddr_storage peer;
    socklen_t size = sizeof peer;
    if(::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) == 0)
        return {};
    return net::error::in_progress;
}
} // namespace

void interleave_families(std::vector<peer_address>& addresses)
{
    // What stands at `at` must not be of the same family as what stands before it, while there is another.
    for(std::size_t at = 1; at < addresses.size(); ++at)
    {
        auto const before = addresses[at - 1].where.protocol().family();
        auto const other = std::find_if(addresses.begin() + static_cast<std::ptrdiff_t>(at), addresses.end(),
                                        [&](auto const& a) { return a.where.protocol().family() != before; });
        if(other == addresses.end())
            return;
        std::rotate(addresses.begin() + static_cast<std::ptrdiff_t>(at), other, other + 1);
    }
}

struct connect_race::runner
{
    runner(connect_race& r, polled_socket&& s, peer_address const& where) : race(r), socket(std::move(s)), to(where)
    {
        socket.tell(
            [](void* self)
            {
                auto& who = *static_cast<runner*>(self);
                who.race.arrived(who);
            },
            this);
    }

    connect_race& race;
    polled_socket socket;
    peer_address const& to;
};

connect_race::connect_race(poller& sockets, timer_wheel& wheel)
    : sockets_(sockets), stagger_(
                             wheel,
                             [](void* self)
                             {
                                 static_cast<connect_race*>(self)->next_due_ = true;
                                 static_cast<connect_race*>(self)->changed_.notify();
                             },
                             this),
      late_(
          wheel,
          [](void* self)
          {
              static_cast<connect_race*>(self)->result_.late = true;
              static_cast<connect_race*>(self)->changed_.notify();
          },
          this)
{
}

connect_race::~connect_race() = default;

task<connect_race::result> connect_race::run(std::span<peer_address const> addresses, milliseconds patience)
{
    late_.arm(patience);
    auto const over = [&] { return result_.socket || result_.late || stopped_; };
    for(std::size_t next = 0; !over() && (running_ || next < addresses.size());)
    {
        if(next < addresses.size() && (running_ == 0 || next_due_))
        {
            next_due_ = false;
            begin(addresses[next++]);
            if(next < addresses.size())
                stagger_.arm(head_start);
            continue;
        }
        co_await changed_.wait();
    }
    stagger_.disarm();
    late_.disarm();
    for(auto const& r : runners_)
    {
        if(!r->socket.is_open())
            continue;
        r->socket.close();
        r->socket.wake_soon();
    }
    while(running_)
        co_await changed_.wait();
    co_return std::move(result_);
}

void connect_race::begin(peer_address const& to)
{
    auto const family = to.where.protocol().family();
    auto const descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if(descriptor < 0)
        return note(to, last_error());
    if(int const on = 1; family != AF_UNIX) // heads and small bodies go out at once
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto const ec = begin_connect(descriptor, to.where);
    if(ec && ec != net::error::in_progress)
    {
        ::close(descriptor);
        return note(to, ec);
    }
    try
    {
        auto socket = polled_socket(sockets_, descriptor);
        if(ec)
            wait(std::move(socket), to);
        else
            win(std::move(socket), to);
    }
    catch(boost::system::system_error const& e)
    {
        note(to, e.code());
    }
    catch(std::bad_alloc const&)
    {
        note(to, net::error::no_memory); // the others run on
    }
}

void connect_race::wait(polled_socket&& socket, peer_address const& to)
{
    socket.no_room(); // until it is connected, or is not
    runners_.push_back(std::make_unique<runner>(*this, std::move(socket), to));
    ++running_;
}

void connect_race::win(polled_socket&& socket, peer_address const& to)
{
    socket.tell(nullptr, nullptr);
    result_.socket = std::move(socket);
    result_.to = &to;
    result_.late = false;
}

/// The last failure stands for all, but a refusal goes before a family that has no route here: somebody is there.
void connect_race::note(peer_address const& to, error_code ec)
{
    if(result_.error == net::error::connection_refused)
        return;
    result_.error = ec;
    result_.to = &to;
}

void connect_race::arrived(runner& who)
{
    if(who.socket.is_open())
    {
        if(!who.socket.writable())
            return;
        auto const ec = error_of(who.socket.descriptor());
        if(ec)
            note(who.to, ec);
        if(ec || result_.socket)
            who.socket.close();
        else
            win(std::move(who.socket), who.to);
    }
    --running_;
    changed_.notify(); // the last thing: the race may be gone afterwards
}

void connect_race::stop() noexcept
{
    stopped_ = true;
    changed_.notify();
}

} // namespace errata
