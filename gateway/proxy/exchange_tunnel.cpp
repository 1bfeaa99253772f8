#include "proxy/exchange.hpp"
#include "proxy/session.hpp"
#include "proxy/spawn.hpp"

// After a 101: whatever the two sides say to one another.

namespace errata
{

/// Two streams of bytes until one side ends or nothing moves for long.
task<> exchange::tunnel()
{
    auto& client = client_.client();
    auto& wire = attempt_.wire();
    write_success_head(false, nullptr);
    send_queue out;
    out.add(out_.view());
    committed_ = true;
    keep_ = false;
    if(!client.send_now(out))
        co_await deliver(out);
    auto const idle = service_->config().timeouts.tunnel;
    notes_.in_pieces = true;
    auto const before = client.bytes_out;
    auto const before_in = client.bytes_in;
    home_.count().at(level::tunnels_open).add();
    bool forth_runs = true;
    event forth_ended;
    spawn(
        home_.io(), [&] { return pump(client, wire, idle); },
        [&](std::exception_ptr const& bug)
        {
            if(bug)
            {
                home_.report_bug(bug);
                wire.stop(failure::internal);
            }
            forth_runs = false;
            forth_ended.notify();
        });
    std::exception_ptr bug;
    try
    {
        co_await pump(wire, client, idle);
    }
    catch(...)
    {
        bug = std::current_exception(); // the other direction still looks at what stands here
    }
    if(forth_runs)
    {
        client.stop(failure::client_closed);
        while(forth_runs)
            co_await forth_ended.wait();
    }
    home_.count().at(level::tunnels_open).subtract();
    if(bug)
        std::rethrow_exception(bug);
    notes_.content_out = client.bytes_out - before;
    notes_.content_in = client.bytes_in - before_in;
    attempt_.discard();
}

/// One direction of a tunnel.
task<> exchange::pump(transport& from, transport& to, milliseconds idle)
{
    for(;;)
    {
        if(!from.in().empty())
        {
            send_queue out;
            out.add(from.in().data());
            if(!to.send_now(out))
                co_await to.send_rest(out, idle, failure::client_closed);
            from.in().clear();
        }
        if(!to.usable() || from.stopped() || from.state() != transport::condition::open)
            break;
        from.limit(idle, failure::read_timeout);
        co_await from.more();
        from.lift();
    }
    // Half-closed: the other direction may still have something to say; a broken or silent one ends both.
    if(from.state() == transport::condition::ended && to.usable())
        to.finish_sending();
    else
        to.stop(failure::client_closed);
}

} // namespace errata
