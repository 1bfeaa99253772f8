#include "proxy/session.hpp"

#include "proxy/listener.hpp"
#include "proxy/shard.hpp"

#include <openssl/ssl.h>

namespace errata
{
namespace
{
/// A connection that is idle this long gives its memory back: sooner where many sessions are held, so that thousands of
/// clients that only stay connected never have one each at the same time.
milliseconds park_after(std::size_t sessions)
{
    constexpr std::size_t many = 256;
    return sessions <= many ? milliseconds{1'000} : milliseconds{40};
}
/// How much a client may still send after an answer that ends the connection, and for how long (RFC 9112 9.6).
constexpr std::uint64_t linger_bytes = 4 * 1024 * 1024;
constexpr milliseconds linger_time{2'000};
} // namespace

session::session(shard& home)
    : home_(home), client_(home.wheel(), home.blocks()), held_(home.blocks()), exchange_(home, *this)
{
}

void* session::operator new(std::size_t size, block_pool& pages)
{
    static_assert(sizeof(session) <= block_pool::page);
    return pages.take(std::max(size, block_pool::page));
}

void session::operator delete(void* unmade, block_pool& pages) noexcept
{
    pages.give(static_cast<char*>(unmade), block_pool::page);
}

void session::operator delete(session* s, std::destroying_delete_t) noexcept
{
    auto& pages = s->home_.blocks();
    s->~session();
    operator delete(s, pages);
}

void session::begin(polled_socket&& socket, SSL* tls, listener& from, std::string_view peer, bool trusted, bool fresh)
{
    client_.open(std::move(socket));
    client_.attach_tls(tls);
    from_ = &from;
    peer_ = peer;
    trusted_ = trusted;
    fresh_ = fresh;
    subject_.clear();
    covered_.clear();
    if(tls)
        subject_ = peer_subject(tls);
    draining_ = busy_ = false;
    client_.watch(&session::client_woke, this);
}

task<> session::run()
{
    std::exception_ptr bug;
    auto last = end::closed;
    try
    {
        last = co_await serve();
    }
    catch(...)
    {
        bug = std::current_exception();
    }
    if(bug)
        co_return co_await wind_up(bug);
    if(last == end::parked)
        co_return; // it may serve somebody else already
    co_await part();
}

task<> session::wind_up(std::exception_ptr bug)
{
    co_await recover(bug);
    co_await part();
}

task<> session::part()
{
    if(exchange_.cut())
        client_.abort();
    else
        client_.close();
    co_await client_.quiesce();
    home_.end_session(*this);
}

/// A bug, or memory that has run out, ended what was going on. It costs this connection and no other.
task<> session::recover(std::exception_ptr bug)
{
    home_.report_bug(bug);
    if(!busy_)
        co_return;
    co_await exchange_.recover();
    busy_ = false;
    if(exchange_.lingers() && !exchange_.cut())
        co_await linger();
}

task<session::end> session::serve()
{
    bool open = true;
    if(fresh_ && from_->tls())
        open = co_await secure();
    while(open)
    {
        parser_.reset();
        reading_head_ = false;
        client_.limit(park_after(home_.sessions()), failure::client_closed);
        parse_result parsed;
        while(!head_settled(parsed))
        {
            client_.arm();
            if(client_.pending())
                co_await client_.arrival();
        }
        client_.lift();
        if(parsed.status == parse_status::need_more)
        {
            if(client_.stopped() && client_.reason() == failure::client_closed && !draining_)
            {
                home_.park(*this);
                co_return end::parked;
            }
            if(client_.stopped() && client_.reason() == failure::request_timeout)
            {
                client_.resume();
                co_await exchange_.refuse(failure::request_timeout, {});
                co_await linger();
            }
            break;
        }
        arrived_ = steady_clock::now();
        if(parsed.status == parse_status::failed)
        {
            co_await exchange_.refuse(parsed.why, parsed.detail);
            co_await linger();
            break;
        }
        busy_ = true;
        co_await exchange_.run();
        busy_ = false;
        if(exchange_.lingers() && !exchange_.cut())
            co_await linger();
        auto const leaving = draining_ || (home_.draining() && client_.in().empty());
        open = exchange_.keeps() && !leaving && client_.usable();
        if(client_.in().empty() && !client_.pending())
            client_.in().clear();
    }
    co_return end::closed;
}

/// True when the wait for a head is over: it is there, it is bad, or (need_more) the connection gave a reason not to
/// wait.
bool session::head_settled(parse_result& parsed)
{
    auto& in = client_.in();
    if(!in.empty())
    {
        // The idle mark was passed while these bytes came in: they count.
        if(client_.stopped() && client_.reason() == failure::client_closed)
            client_.resume();
        auto const& limits = from_->config().limits;
        parsed = parser_.parse(in.data(), {limits.head_bytes, limits.target_bytes, limits.fields}, request_);
        if(parsed.status == parse_status::complete)
            in.consume(parsed.consumed);
        if(parsed.status != parse_status::need_more)
            return true;
        if(!reading_head_)
        {
            reading_head_ = true;
            client_.limit(from_->config().timeouts.head, failure::request_timeout);
        }
    }
    return client_.stopped() || client_.state() != transport::condition::open;
}

task<bool> session::secure()
{
    auto const keep = from_->shared_tls(); // a reload may replace it meanwhile
    auto* const ssl = keep->accept();
    if(!ssl)
        co_return false;
    client_.limit(from_->config().timeouts.tls, failure::request_timeout);
    bool const secured = co_await client_.handshake(ssl);
    client_.lift();
    if(secured)
        subject_ = peer_subject(ssl);
    else
        home_.count().count(happening::tls_handshake_failed);
    co_return secured;
}

bool session::covers(std::string_view host)
{
    if(host == covered_ && !host.empty())
        return true;
    if(!certificate_covers(client_.tls(), host))
        return false;
    covered_ = host; // its names are read anew each time one asks, and a connection has one host nearly always
    return true;
}

/// Ends the connection so that the answer arrives: our side first, then what the client still sends is read away for a
/// while. A close over unread bytes would be a reset that can overtake the answer.
task<> session::linger()
{
    client_.finish_sending();
    client_.resume();
    client_.limit(linger_time, failure::client_closed);
    auto const most = client_.bytes_in + linger_bytes;
    while(client_.state() == transport::condition::open && !client_.stopped() && client_.bytes_in < most)
    {
        if(!client_.pending())
            client_.in().clear();
        co_await client_.more();
    }
    client_.lift();
}

void session::client_woke(void* p)
{
    auto& self = *static_cast<session*>(p);
    // Nobody waited for it: the exchange is busy with the upstream. A client that finished sending may still read
    // (half-closed).
    if(self.busy_ && self.client_.state() == transport::condition::broken)
        self.exchange_.stop(failure::client_closed);
}

void session::stop(failure why)
{
    draining_ = true;
    if(busy_)
        exchange_.stop(why);
    else
        client_.stop(failure::client_closed);
}

void session::drain()
{
    draining_ = true;
    if(!busy_ && client_.in().empty())
        client_.stop(failure::client_closed);
}

} // namespace errata
