// The sessions of a shard: begun, parked, ended, kept for the next connection.
#include "proxy/aside.hpp"
#include "proxy/listener.hpp"
#include "proxy/parked.hpp"
#include "proxy/session.hpp"
#include "proxy/shard.hpp"
#include "proxy/spawn.hpp"

#include <openssl/ssl.h>
#include <spdlog/spdlog.h>

#include <malloc.h>

namespace errata
{
namespace
{
/// So many sessions or records of parked connections freed are worth giving their memory back to the system, once no
/// more follow for a moment.
constexpr unsigned worth_returning = 64;
/// So much that streams have left is worth it, too.
constexpr std::size_t blocks_worth_returning = 4 * 1024 * 1024;
constexpr milliseconds before_returning{500};
} // namespace

void shard::begin_session(polled_socket&& socket, SSL* tls, listener& from, std::string_view peer, bool trusted,
                          bool fresh)
{
    try
    {
        std::unique_ptr<session> s;
        if(spare_.empty())
            s.reset(new (blocks_) session(*this));
        else
        {
            s = std::move(spare_.back());
            spare_.pop_back();
        }
        s->slot = sessions_.size();
        sessions_.push_back(std::move(s));
    }
    catch(std::bad_alloc const&)
    {
        report_bug(std::current_exception());
        SSL_free(tls);
        return forget_connection(from, peer);
    }
    auto& running = *sessions_.back();
    running.serial = ++begun_;
    if(fresh)
        counted_.count(happening::connection_accepted);
    running.begin(std::move(socket), tls, from, peer, trusted, fresh);
    spawn(
        io_, [&running] { return running.run(); },
        [this, s = &running, serial = begun_](std::exception_ptr const& bug)
        {
            if(bug)
                rescue(s, serial, bug);
        });
}

/// The coroutine of a session is gone, if not the session itself: another one ends it.
void shard::rescue(session* s, std::uint64_t serial, std::exception_ptr bug)
{
    auto const at = std::ranges::find(sessions_, s, &std::unique_ptr<session>::get);
    if(at == sessions_.end() || s->serial != serial)
        return report_bug(bug);
    spawn(
        io_, [s, bug] { return s->wind_up(bug); },
        [this, s](std::exception_ptr const& again)
        {
            if(!again)
                return;
            report_bug(again);
            s->client().abort();
            ++lost_;
            stop_if_empty();
        });
}

void shard::park(session& s)
{
    auto& client = s.client();
    client.watch(nullptr, nullptr);
    client.release();
    auto* const tls = client.detach_tls();
    parked_->add(std::move(client.socket()), tls, s.from(), s.peer(), s.peer_trusted(),
                 s.from().config().timeouts.idle);
    put_away(s);
    if(draining_ && !drain_idle_.armed())
        drain_idle_.arm(drain_idle_grace);
}

void shard::end_session(session& s)
{
    forget_connection(s.from(), s.peer());
    put_away(s);
    stop_if_empty();
}

void shard::put_away(session& s)
{
    auto const slot = s.slot;
    auto mine = std::move(sessions_[slot]);
    if(slot + 1 != sessions_.size())
    {
        sessions_[slot] = std::move(sessions_.back());
        sessions_[slot]->slot = slot;
    }
    sessions_.pop_back();
    mine->client().release();
    mine->held().release();
    if(blocks_.unused() > blocks_worth_returning)
        return_tick_.arm(before_returning);
    // Not destroyed here: its coroutine is still on the stack.
    if(spare_.size() < spare_sessions)
        spare_.push_back(std::move(mine));
    else
    {
        auto* const dead = mine.release(); // lost rather than freed now, if the post finds no memory
        net::post(io_, [dead] { std::unique_ptr<session> const gone{dead}; });
        note_freed();
    }
}

void shard::note_freed()
{
    if(++freed_ >= worth_returning)
        return_tick_.arm(before_returning);
}

/// What thousands of sessions leave behind lies in pieces between what lives on: the allocator keeps it until it is
/// asked.
void shard::return_memory()
{
    freed_ = 0;
    spare_.clear();
    blocks_.shrink();
    shared_.beside->post([] { ::malloc_trim(0); });
}

void shard::report_bug(std::exception_ptr bug) noexcept
{
    counted_.count(happening::exception);
    try
    {
        std::rethrow_exception(bug);
    }
    catch(std::bad_alloc const&)
    {
        spdlog::critical("no memory: what needed it has ended");
    }
    catch(std::exception const& e)
    {
        spdlog::critical("bug: what met it has ended: {}", e.what());
    }
    catch(...)
    {
        spdlog::critical("bug: what met it has ended");
    }
}

bool shard::close_idle_connection()
{
    for(auto const& u : current_->upstreams)
        for(auto const& e : u->endpoints())
            if(auto one = e->idle.take())
            {
                e->idle.retire(std::move(one));
                return true;
            }
    return parked_->close_oldest();
}

void shard::forget_connection(listener& from, std::string_view peer)
{
    shared_.by_client.leave(peer);
    --from.users;
    shared_.connections.fetch_sub(1, std::memory_order_relaxed);
}

} // namespace errata
