#pragma once

#include "proxy/exchange.hpp"
#include "proxy/head.hpp"
#include "proxy/transport.hpp"

#include <exception>
#include <new>
#include <string>

namespace errata
{

class listener;
class shard;

/// One busy client connection: reads heads, runs an exchange for each, keeps the connection alive or ends it. Idle for
/// a second it parks itself: then only a record remains. Reused for other connections, so that its buffers are made
/// once.
class session
{
public:
    explicit session(shard& home);
    session(session const&) = delete;
    session& operator=(session const&) = delete;
    /// In a page of its shard's own.
    static void* operator new(std::size_t size, block_pool& pages);
    static void operator delete(void* unmade, block_pool& pages) noexcept;
    static void operator delete(session* s, std::destroying_delete_t) noexcept;

    /// Takes over a connection; `tls` is an established session or null, `fresh` a connection that has just been
    /// accepted.
    void begin(polled_socket&& socket, SSL* tls, listener& from, std::string_view peer, bool trusted, bool fresh);
    [[nodiscard]] task<> run();
    /// Ends the connection after an exception, which may have taken `run` with it.
    [[nodiscard]] task<> wind_up(std::exception_ptr bug);

    /// Ends what is going on: the running exchange, or the wait for a request.
    void stop(failure why);
    /// A running exchange may finish, then the connection ends; an idle one ends now.
    void drain();

    [[nodiscard]] transport& client() noexcept { return client_; }
    [[nodiscard]] head const& request() const noexcept { return request_; }
    [[nodiscard]] listener& from() noexcept { return *from_; }
    [[nodiscard]] std::string_view peer() const noexcept { return peer_; }
    [[nodiscard]] bool peer_trusted() const noexcept { return trusted_; }
    [[nodiscard]] std::string_view subject() const noexcept { return subject_; }
    /// The certificate that this connection began with is for that host.
    [[nodiscard]] bool covers(std::string_view host);
    [[nodiscard]] steady_time arrived() const noexcept { return arrived_; }
    /// Holds the request's head while its content streams through the client's read buffer.
    [[nodiscard]] read_buffer& held() noexcept { return held_; }

    std::size_t slot = 0;     ///< where the shard keeps it
    std::uint64_t serial = 0; ///< of the connection that it serves

private:
    enum class end : std::uint8_t
    {
        parked,
        closed
    };
    [[nodiscard]] task<end> serve();
    [[nodiscard]] task<> recover(std::exception_ptr bug);
    [[nodiscard]] task<> part();
    [[nodiscard]] task<bool> secure();
    [[nodiscard]] bool head_settled(parse_result& parsed);
    [[nodiscard]] task<> linger();
    static void client_woke(void* self);

    shard& home_;
    transport client_;
    read_buffer held_;
    head request_;
    request_parser parser_;
    exchange exchange_;
    listener* from_ = nullptr;
    std::string peer_, subject_;
    std::string covered_; ///< the last host that the certificate was found to be for
    steady_time arrived_{};
    bool trusted_ = false, fresh_ = false, draining_ = false, reading_head_ = false, busy_ = false;
};

} // namespace errata
