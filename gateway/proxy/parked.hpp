#pragma once

#include "proxy/deadline.hpp"
#include "proxy/poller.hpp"

#include <openssl/types.h>

#include <string>

namespace errata
{

class listener;
class shard;

/// The idle client connections of a shard: a record each, no coroutine, no buffer. One that becomes readable is a
/// session again.
class parked_list
{
public:
    explicit parked_list(shard& home);
    parked_list(parked_list const&) = delete;
    parked_list& operator=(parked_list const&) = delete;
    ~parked_list();

    void add(polled_socket&& socket, SSL* tls, listener& from, std::string_view peer, bool trusted, milliseconds idle);
    /// Closes the one that has been idle longest; false: there is none.
    bool close_oldest();
    /// Closes all of them.
    void close_all();
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    struct record;
    void woke(record* r);
    void remove(record* r);

    shard& home_;
    page_slots slots_;                          ///< what the records lie in
    record *first_ = nullptr, *last_ = nullptr; ///< the youngest and the oldest
    std::size_t size_ = 0;
};

} // namespace errata
