#include "proxy/transport.hpp"

#include <boost/asio/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <sys/socket.h>

namespace errata
{

void send_queue::sent(std::size_t n) noexcept
{
    while(n)
    {
        auto& piece = pieces_[first_];
        if(n < piece.iov_len)
        {
            piece.iov_base = static_cast<char*>(piece.iov_base) + n;
            piece.iov_len -= n;
            return;
        }
        n -= piece.iov_len;
        ++first_;
    }
}

namespace
{
/// Errors of another connection must not be taken for this one's. There hardly ever are any, and to look costs a tenth
/// of clearing.
void forget_errors() noexcept
{
    if(ERR_peek_error() != 0)
        ERR_clear_error();
}

/// One gathered write; a plain one, which is cheaper, for a single piece.
ssize_t send_pieces(int to, send_queue const& out) noexcept
{
    if(out.count() == 1)
        return ::send(to, out.data()->iov_base, out.data()->iov_len, MSG_NOSIGNAL);
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(out.data());
    message.msg_iovlen = out.count();
    return ::sendmsg(to, &message, MSG_NOSIGNAL);
}

bool would_block() noexcept
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}
} // namespace

transport::transport(timer_wheel& wheel, block_pool& blocks)
    : in_(blocks),
      deadline_(
          wheel, [](void* self) { static_cast<transport*>(self)->stop(static_cast<transport*>(self)->late_); }, this),
      intake_(blocks)
{
}

transport::~transport()
{
    if(ssl_)
        SSL_free(ssl_);
}

void transport::open(polled_socket&& socket)
{
    socket_ = std::move(socket);
    socket_.tell([](void* self) { static_cast<transport*>(self)->woke(); }, this);
    condition_ = condition::open;
    stopped_ = deaf_ = false;
    error_ = {};
    tls_problem_ = {};
    bytes_in = bytes_out = 0;
}

/// The poller has something to say about the socket, or somebody wants a wait to end.
void transport::woke()
{
    auto const over = stopped_ || !socket_.is_open();
    if(ready_.awaited() && (over || (ready_to_read_ ? socket_.readable() : socket_.writable())))
    {
        if(reading_)
            socket_.wake_soon(); // for the read: whoever is resumed now may end this connection
        return ready_.notify();
    }
    if(reading_ && (over || (ssl_ ? tls_receive() : receive())))
        settle();
}

/// Ends the waits, on the loop's next turn.
void transport::wake()
{
    if(reading_ || ready_.awaited())
        socket_.wake_soon();
}

void transport::arm()
{
    if(reading_ || condition_ != condition::open || stopped_ || !socket_.is_open())
        return;
    if(ssl_)
    {
        if(intake_.holds_something(ssl_) && tls_read())
            return;
    }
    else
        make_room();
    reading_ = true;
    if(socket_.readable())
        socket_.wake_soon();
}

void transport::make_room()
{
    if(in_.room() != 0)
        return;
    in_.compact();
    if(in_.room() == 0)
        in_.reserve(in_.capacity() ? in_.capacity() * 2 : block_pool::small);
}

/// recv(2), unless it is known to find nothing: then, too, -1 and EAGAIN.
ssize_t transport::take(char* to, std::size_t room) noexcept
{
    errno = EAGAIN;
    if(!socket_.readable())
        return -1;
    auto const n = ::recv(socket_.descriptor(), to, room, 0);
    if(n < 0 && would_block())
        socket_.nothing_to_read();
    else if(n > 0 && static_cast<std::size_t>(n) < room)
        socket_.drained();
    return n;
}

/// True when something came of the pending read.
bool transport::receive()
{
    make_room();
    auto const n = take(in_.space(), in_.room());
    if(n < 0 && would_block())
        return false;
    if(n > 0)
    {
        in_.commit(static_cast<std::size_t>(n));
        bytes_in += static_cast<std::size_t>(n);
    }
    else if(n == 0)
        condition_ = condition::ended;
    else
        fail(last_error());
    return true;
}

void transport::settle()
{
    reading_ = false;
    if(arrived_.awaited())
        arrived_.notify();
    else if(watcher_)
        watcher_(watching_);
}

task<> transport::more()
{
    arm();
    if(reading_)
        co_await arrival();
}

/// True when there is more in `in`, or nothing will come any more.
bool transport::tls_read()
{
    make_room();
    forget_errors();
    tls_wants_write_ = false;
    auto const n = SSL_read(ssl_, in_.space(), static_cast<int>(in_.room()));
    if(n > 0)
    {
        in_.commit(static_cast<std::size_t>(n));
        bytes_in += static_cast<std::size_t>(n);
        return true;
    }
    auto const why = SSL_get_error(ssl_, n);
    if(why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
    {
        tls_wants_write_ = why == SSL_ERROR_WANT_WRITE;
        if(tls_wants_write_)
            socket_.no_room();
        return false;
    }
    if(why == SSL_ERROR_ZERO_RETURN)
        condition_ = condition::ended;
    else
        fail_tls(n);
    return true;
}

/// The same for TLS: reads until a record with content is there.
bool transport::tls_receive()
{
    if(tls_wants_write_)
        return socket_.writable() && tls_read();
    do
    {
        auto& room = intake_.room();
        auto const n = take(room.space(), room.room());
        if(n > 0)
            intake_.arrived(static_cast<std::size_t>(n));
        else if(n == 0)
            intake_.end(); // OpenSSL knows whether it was announced
        else if(would_block())
            return false;
        else
        {
            fail(last_error());
            return true;
        }
    } while(!tls_read() && !tls_wants_write_);
    return !tls_wants_write_;
}

SSL* transport::detach_tls() noexcept
{
    if(ssl_)
        tls_intake::detach(ssl_);
    return std::exchange(ssl_, nullptr);
}

void transport::attach_tls(SSL* ssl) noexcept
{
    ssl_ = ssl;
    tls_wants_write_ = false;
    if(ssl_)
        (void)intake_.attach(ssl_); // has been attached before: needs no memory
}

void transport::release() noexcept
{
    in_.release();
    intake_.release();
}

void transport::fail_tls(int result)
{
    auto const saved = errno;
    auto const why = SSL_get_error(ssl_, result);
    tls_error_ = ERR_peek_last_error();
    if(auto const* text = ERR_reason_error_string(tls_error_))
        tls_problem_ = text; // OpenSSL's own static text
    ERR_clear_error();
    // RFC 9112 9.8: without close_notify the message may be truncated, so this is no orderly end.
    fail(why == SSL_ERROR_SYSCALL && saved ? error_code(saved, boost::system::system_category())
                                           : error_code(net::error::connection_reset));
}

void transport::fail(error_code ec)
{
    condition_ = condition::broken;
    error_ = ec;
}

bool transport::send_now(send_queue& out)
{
    if(ssl_)
        return tls_send(out);
    while(!out.empty())
    {
        auto const n = send_pieces(socket_.descriptor(), out);
        if(n >= 0)
        {
            bytes_out += static_cast<std::size_t>(n);
            out.sent(static_cast<std::size_t>(n));
            continue;
        }
        if(errno == EINTR)
            continue;
        if(would_block())
        {
            socket_.no_room();
            return false;
        }
        error_ = last_error();
        deaf_ = true;
        return true;
    }
    return true;
}

bool transport::tls_send(send_queue& out)
{
    auto const before = condition_;
    while(!out.empty())
    {
        // One record for head and small body: joined, since SSL_write makes a record (and a send) of each call.
        char joined[16 * 1024];
        auto const* bytes = static_cast<char const*>(out.data()->iov_base);
        std::size_t size = out.data()->iov_len;
        if(out.count() > 1 && size < sizeof joined)
        {
            size = 0;
            for(std::size_t i = 0; i < out.count() && size < sizeof joined; ++i)
            {
                auto const part = std::min(out.data()[i].iov_len, sizeof joined - size);
                std::memcpy(joined + size, out.data()[i].iov_base, part);
                size += part;
            }
            bytes = joined;
        }
        forget_errors();
        auto const n = SSL_write(ssl_, bytes, static_cast<int>(std::min<std::size_t>(size, 1 << 20)));
        if(n > 0)
        {
            bytes_out += static_cast<std::size_t>(n);
            out.sent(static_cast<std::size_t>(n));
            continue;
        }
        auto const why = SSL_get_error(ssl_, n);
        if(why == SSL_ERROR_WANT_WRITE)
            socket_.no_room();
        if(why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ)
            return false;
        fail_tls(n);
        if(why == SSL_ERROR_SYSCALL) // only sending has failed: the alert or early answer that says why may be here
            condition_ = before;
        deaf_ = true;
        return true;
    }
    return true;
}

task<> transport::send_rest(send_queue& out, milliseconds patience, failure late)
{
    limit(patience, late);
    while(usable() && !send_now(out))
    {
        auto const before = bytes_out;
        co_await ready(false);
        if(bytes_out != before)
            limit(patience, late);
    }
    lift();
}

task<bool> transport::handshake(SSL* ssl)
{
    ssl_ = ssl;
    SSL_set_fd(ssl_, socket_.descriptor());
    while(usable())
    {
        forget_errors();
        auto const n = SSL_do_handshake(ssl_);
        if(n == 1)
        {
            tls_wants_write_ = false;
            co_return intake_.attach(ssl_);
        }
        auto const why = SSL_get_error(ssl_, n);
        if(why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        {
            fail_tls(n);
            co_return false;
        }
        auto const to_read = why == SSL_ERROR_WANT_READ;
        if(to_read)
            socket_.nothing_to_read();
        else
            socket_.no_room();
        co_await ready(to_read);
    }
    co_return false;
}

void transport::stop(failure why)
{
    if(stopped_)
        return;
    stopped_ = true;
    reason_ = why;
    deadline_.disarm();
    wake();
}

void transport::limit(milliseconds after, failure late)
{
    late_ = late;
    deadline_.arm(after);
}

void transport::finish_sending()
{
    if(ssl_)
        SSL_shutdown(ssl_);
    if(socket_.is_open())
        ::shutdown(socket_.descriptor(), SHUT_WR);
}

void transport::close()
{
    deadline_.disarm();
    if(ssl_)
    {
        if(condition_ != condition::broken)
            SSL_shutdown(ssl_);
        SSL_free(std::exchange(ssl_, nullptr));
    }
    socket_.close();
    wake();
}

void transport::abort()
{
    deadline_.disarm();
    linger const at_once{1, 0};
    if(socket_.is_open())
        ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if(ssl_)
        SSL_free(std::exchange(ssl_, nullptr));
    socket_.close();
    wake();
}

task<> transport::quiesce()
{
    while(reading_)
        co_await arrival();
}

} // namespace errata
