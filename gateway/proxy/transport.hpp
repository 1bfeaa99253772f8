#pragma once

#include "problem/failure.hpp"
#include "proxy/buffer.hpp"
#include "proxy/deadline.hpp"
#include "proxy/net.hpp"
#include "proxy/poller.hpp"
#include "proxy/tls_intake.hpp"

#include <openssl/types.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <sys/uio.h>

namespace errata
{

/// Up to a handful of byte ranges that are sent with one gathered write, shortened from the front as they go out.
class send_queue
{
public:
    void add(std::string_view bytes) noexcept
    {
        if(!bytes.empty())
            pieces_[count_++] = {const_cast<char*>(bytes.data()), bytes.size()};
    }
    [[nodiscard]] bool empty() const noexcept { return first_ == count_; }
    [[nodiscard]] iovec const* data() const noexcept { return pieces_.data() + first_; }
    [[nodiscard]] std::size_t count() const noexcept { return count_ - first_; }
    void sent(std::size_t n) noexcept;

private:
    std::array<iovec, 6> pieces_{};
    std::size_t first_ = 0, count_ = 0;
};

/// One connection, plain or TLS, client's or upstream's: a descriptor, the bytes that arrived, one pending read, one
/// deadline.
///
/// Reads: `arm` starts a read that stays pending, also while nobody waits: so a peer's reset is noticed while the other
/// side works, and an idle pooled connection that dies says so by itself. Writes are tried at once and awaited only for
/// what did not fit. Whoever wants to end a wait calls `stop` with the reason; the waiter finds it there. Neither
/// copyable nor movable; must not be destroyed while `pending` (see quiesce).
class transport
{
public:
    enum class condition : std::uint8_t
    {
        open,
        ended,  ///< the peer finished sending, in order (FIN; with TLS: close_notify)
        broken, ///< reset, truncated TLS, any other error: `error` says what
    };

    transport(timer_wheel& wheel, block_pool& blocks);
    ~transport();
    transport(transport const&) = delete;
    transport& operator=(transport const&) = delete;

    /// Takes over a connected socket; forgets what was before.
    void open(polled_socket&& socket);
    [[nodiscard]] polled_socket& socket() noexcept { return socket_; }
    [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

    /// Runs a TLS handshake; takes ownership of `ssl` (accept or connect state already set). False when it failed or
    /// was stopped.
    [[nodiscard]] task<bool> handshake(SSL* ssl);
    [[nodiscard]] SSL* tls() const noexcept { return ssl_; }
    /// Hands the TLS session out (parking); the transport forgets it.
    [[nodiscard]] SSL* detach_tls() noexcept;
    /// Takes an established one back; null: none. It reads from where it read before.
    void attach_tls(SSL* ssl) noexcept;

    [[nodiscard]] read_buffer& in() noexcept { return in_; }
    /// Gives all memory for reading back. Not while `pending`.
    void release() noexcept;
    /// Starts a read into `in` unless one is pending or reading is over; makes room when there is none.
    void arm();
    [[nodiscard]] bool pending() const noexcept { return reading_; }
    /// Wait for the pending read: `if(t.pending()) co_await t.arrival();`. It saves the frame of `more` on the steady
    /// path.
    [[nodiscard]] auto arrival() { return arrived_.wait(); }
    /// Arms and waits: afterwards there are more bytes in `in`, or `state` is not open, or `stopped`.
    [[nodiscard]] task<> more();
    /// Called instead of a waiting coroutine when a read completes (idle connections). Null to end.
    void watch(void (*arrived)(void*), void* who) noexcept { watcher_ = arrived, watching_ = who; }

    /// Arms only if there is room in the buffer already: views into it stay valid. Notices a reset peer, reads ahead a
    /// little.
    void arm_in_place()
    {
        if(in_.room())
            arm();
    }

    /// Sends what fits now. True when nothing is left to do: all sent, or the peer is `deaf`.
    bool send_now(send_queue& out);
    /// Waits and sends the rest; the deadline given with `limit` counts from the last progress.
    [[nodiscard]] task<> send_rest(send_queue& out, milliseconds patience, failure late);

    [[nodiscard]] condition state() const noexcept { return condition_; }
    /// Sending failed: the peer takes no more. What it sent before may still be read (an early answer).
    [[nodiscard]] bool deaf() const noexcept { return deaf_; }
    /// May still be written to.
    [[nodiscard]] bool usable() const noexcept { return !deaf_ && condition_ != condition::broken && !stopped_; }
    [[nodiscard]] error_code error() const noexcept { return error_; }
    [[nodiscard]] std::string_view tls_problem() const noexcept { return tls_problem_; } ///< OpenSSL's text, for logs
    [[nodiscard]] unsigned long tls_error() const noexcept { return tls_error_; }        ///< OpenSSL's packed error
    [[nodiscard]] bool stopped() const noexcept { return stopped_; }
    [[nodiscard]] failure reason() const noexcept { return reason_; }

    /// Ends whatever waits on this connection, now or next. The first reason stays.
    void stop(failure why);
    /// Lets the connection be used again after `stop` (a 408 must still go out).
    void resume() noexcept { stopped_ = false; }

    /// From now on, `stop(late)` after `after` unless moved on or lifted.
    void limit(milliseconds after, failure late);
    void lift() noexcept { deadline_.disarm(); }

    void finish_sending(); ///< half-close: FIN, with TLS close_notify first
    void close();          ///< orderly as far as one side can
    void abort();          ///< reset: the peer must see that something is missing
    /// After close: waits until no read is pending any more.
    [[nodiscard]] task<> quiesce();

    std::uint64_t bytes_in = 0, bytes_out = 0;

private:
    void woke();
    void wake();
    void make_room();
    ssize_t take(char* to, std::size_t room) noexcept;
    bool receive();
    void settle();
    bool tls_read();
    bool tls_receive();
    void fail_tls(int result);
    bool tls_send(send_queue& out);
    /// Waits until the socket can be read or written, or a wait is to end.
    [[nodiscard]] auto ready(bool to_read)
    {
        ready_to_read_ = to_read;
        return ready_.wait();
    }
    void fail(error_code ec);

    polled_socket socket_;
    read_buffer in_;
    deadline deadline_;
    event arrived_; ///< the pending read has come to something
    event ready_;   ///< the socket can be written to, or read by a handshake
    SSL* ssl_ = nullptr;
    tls_intake intake_;
    void (*watcher_)(void*) = nullptr;
    void* watching_ = nullptr;
    error_code error_;
    std::string_view tls_problem_;
    unsigned long tls_error_ = 0;
    condition condition_ = condition::open;
    failure reason_ = failure::internal, late_ = failure::internal;
    bool reading_ = false, stopped_ = false, deaf_ = false, tls_wants_write_ = false, ready_to_read_ = false;
};

} // namespace errata
