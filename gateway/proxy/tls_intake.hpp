#pragma once

#include "proxy/buffer.hpp"

#include <openssl/types.h>

namespace errata
{

/// What has arrived on a socket of TLS and OpenSSL has not read yet. The event loop reads the socket, ahead of what is
/// asked for: OpenSSL on the descriptor would have to be told each time that there is nothing, and epoll after it.
class tls_intake
{
public:
    explicit tls_intake(block_pool& blocks) noexcept : octets_(blocks) {}

    /// From here on `ssl`, whose handshake is done, reads from here. False when memory is out.
    [[nodiscard]] bool attach(SSL* ssl) noexcept;
    /// `ssl` finds nothing until it is attached again, here or elsewhere.
    static void detach(SSL* ssl) noexcept;

    /// Room for the next read of the socket: little for a request, much while a body streams.
    [[nodiscard]] read_buffer& room();
    void arrived(std::size_t n) noexcept;
    void end() noexcept { ended_ = true; }

    /// Is there anything to decrypt, here or in `ssl`? Maybe not a whole record.
    [[nodiscard]] bool holds_something(SSL const* ssl) const noexcept;
    /// Gives the memory back.
    void release() noexcept;

private:
    struct bio;
    read_buffer octets_;
    bool much_ = false, ended_ = false;
};

} // namespace errata
