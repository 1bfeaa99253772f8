#include "proxy/connect_race.hpp"

#include <algorithm>

namespace errata
{

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
    runner(executor io, peer_address const& where) : socket(io), to(where) {}

    stream_socket socket;
    peer_address const& to;
};

connect_race::connect_race(net::io_context& io, timer_wheel& wheel)
    : io_(io), stagger_(
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
        error_code ignored;
        r->socket.close(ignored);
    }
    while(running_)
        co_await changed_.wait();
    co_return std::move(result_);
}

void connect_race::begin(peer_address const& to)
{
    try
    {
        runners_.push_back(std::make_unique<runner>(io_.get_executor(), to));
        auto& r = *runners_.back();
        error_code closed;
        r.socket.open(to.where.protocol(), closed);
        if(closed)
            return note(to, closed);
        r.socket.async_connect(to.where, [this, &r](error_code ec) { arrived(r, ec); });
        ++running_;
    }
    catch(std::bad_alloc const&)
    {
        note(to, net::error::no_memory); // the others run on
    }
}

/// The last failure stands for all, but a refusal goes before a family that has no route here: somebody is there.
void connect_race::note(peer_address const& to, error_code ec)
{
    if(result_.error == net::error::connection_refused)
        return;
    result_.error = ec;
    result_.to = &to;
}

void connect_race::arrived(runner& who, error_code ec)
{
    --running_;
    if(!ec && !result_.socket && who.socket.is_open())
    {
        result_.socket = std::move(who.socket);
        result_.to = &who.to;
        result_.late = false;
    }
    else if(ec && ec != net::error::operation_aborted)
        note(who.to, ec);
    changed_.notify(); // the last thing: the race may be gone afterwards
}

void connect_race::stop() noexcept
{
    stopped_ = true;
    changed_.notify();
}

} // namespace errata
