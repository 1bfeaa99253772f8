#include "proxy/parked.hpp"

#include "proxy/shard.hpp"

#include <openssl/ssl.h>

#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace errata
{

struct parked_list::record
{
    record(parked_list& h, polled_socket&& s, listener& l)
        : home(h), socket(std::move(s)), from(l),
          late(
              h.home_.wheel(), [](void* p) { static_cast<record*>(p)->end(); }, this)
    {
        socket.tell([](void* p) { static_cast<record*>(p)->home.woke(static_cast<record*>(p)); }, this);
    }
    record(record const&) = delete;
    record& operator=(record const&) = delete;
    ~record()
    {
        if(tls)
            SSL_free(tls);
    }
    static void* operator new(std::size_t, page_slots& slots) { return slots.take(); }
    static void operator delete(void* unmade, page_slots& slots) noexcept { slots.give(unmade); }
    static void operator delete(record* r, std::destroying_delete_t) noexcept
    {
        auto& slots = r->home.slots_;
        r->~record();
        slots.give(r);
    }

    /// It goes, on the loop's next turn.
    void end()
    {
        over = true;
        socket.wake_soon();
    }

    parked_list& home;
    polled_socket socket;
    listener& from;
    SSL* tls = nullptr;
    deadline late;
    record *next = nullptr, *previous = nullptr;
    std::array<char, 46> peer{}; // the longest textual address
    bool trusted = false, over = false;
};

parked_list::parked_list(shard& home) : home_(home), slots_(home.blocks(), sizeof(record)) {}

parked_list::~parked_list()
{
    while(auto* const r = first_)
    {
        first_ = r->next;
        delete r;
    }
}

void parked_list::add(polled_socket&& socket, SSL* tls, listener& from, std::string_view peer, bool trusted,
                      milliseconds idle)
{
    std::unique_ptr<record> fresh(new (slots_) record(*this, std::move(socket), from));
    auto* const r = fresh.get();
    r->tls = tls;
    r->trusted = trusted;
    std::memcpy(r->peer.data(), peer.data(), std::min(peer.size(), r->peer.size() - 1));
    r->late.arm(idle);
    if(r->socket.readable())
        r->socket.wake_soon();
    r->next = first_;
    (first_ ? first_->previous : last_) = r;
    first_ = fresh.release();
    ++size_;
}

void parked_list::woke(record* r)
{
    if(!r->over && !r->socket.readable())
        return;
    if(!r->over)
        home_.begin_session(std::move(r->socket), std::exchange(r->tls, nullptr), r->from, r->peer.data(), r->trusted,
                            false);
    else
        home_.forget_connection(r->from, r->peer.data());
    remove(r);
    home_.stop_if_empty();
}

void parked_list::remove(record* r)
{
    (r->previous ? r->previous->next : first_) = r->next;
    (r->next ? r->next->previous : last_) = r->previous;
    --size_;
    delete r;
    home_.note_freed();
}

bool parked_list::close_oldest()
{
    auto* r = last_;
    while(r && !r->socket.is_open())
        r = r->previous;
    if(!r)
        return false;
    r->socket.close();
    r->end();
    return true;
}

void parked_list::close_all()
{
    for(auto* r = first_; r; r = r->next)
        r->end();
}

} // namespace errata
