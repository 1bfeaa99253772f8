#include "proxy/transport.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>

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
} // namespace

transport::transport(executor io, timer_wheel& wheel, block_pool& blocks)
    : socket_(io), in_(blocks),
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

void transport::open(stream_socket&& socket)
{
    socket_ = std::move(socket);
    error_code ignored;
    socket_.native_non_blocking(true, ignored);
    condition_ = condition::open;
    stopped_ = deaf_ = false;
    error_ = {};
    tls_problem_ = {};
    bytes_in = bytes_out = 0;
}

struct transport::read_handler
{
    template <class T>
    struct allocator
    {
        using value_type = T;
        read_memory* memory;

        explicit allocator(read_memory& m) noexcept : memory(&m) {}
        template <class U>
        allocator(allocator<U> const& other) noexcept : memory(other.memory)
        {
        }
        [[nodiscard]] T* allocate(std::size_t n) { return static_cast<T*>(memory->take(n * sizeof(T))); }
        void deallocate(T* p, std::size_t) noexcept { memory->give(p); }
        friend bool operator==(allocator const&, allocator const&) = default;
    };
    using allocator_type = allocator<void*>;
    [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(self->read_memory_); }

    transport* self;
    void operator()(error_code ec, std::size_t n) const { self->complete(ec, n); }
    void operator()(error_code ec) const { self->complete(ec, 0); } // readiness: OpenSSL wants to write
};

void transport::arm()
{
    if(reading_ || condition_ != condition::open || stopped_ || !socket_.is_open())
        return;
    begin_read();
}

void transport::begin_read()
{
    if(ssl_)
    {
        if(intake_.holds_something(ssl_) && tls_read())
            return;
        reading_ = true;
        return tls_wait();
    }
    make_room();
    reading_ = true;
    socket_.async_read_some(net::buffer(in_.space(), in_.room()), read_handler{this});
}

void transport::make_room()
{
    if(in_.room() != 0)
        return;
    in_.compact();
    if(in_.room() == 0)
        in_.reserve(in_.capacity() ? in_.capacity() * 2 : block_pool::small);
}

void transport::complete(error_code ec, std::size_t n)
{
    if(!socket_.is_open()) // closed while this completion was queued
        return settle();
    if(ssl_)
        return tls_complete(ec, n);
    in_.commit(n);
    bytes_in += n;
    if(ec == net::error::eof)
        condition_ = condition::ended;
    else if(ec && ec != net::error::operation_aborted)
        fail(ec);
    settle();
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
        return false;
    }
    if(why == SSL_ERROR_ZERO_RETURN)
        condition_ = condition::ended;
    else
        fail_tls(n);
    return true;
}

void transport::tls_wait()
{
    if(tls_wants_write_)
        return socket_.async_wait(net::socket_base::wait_write, read_handler{this});
    auto& room = intake_.room();
    socket_.async_read_some(net::buffer(room.space(), room.room()), read_handler{this});
}

void transport::tls_complete(error_code ec, std::size_t n)
{
    intake_.arrived(n);
    if(ec == net::error::eof)
        intake_.end(); // OpenSSL knows whether it was announced
    else if(ec && ec != net::error::operation_aborted)
        fail(ec);
    if((ec && ec != net::error::eof) || tls_read() || stopped_)
        return settle();
    tls_wait(); // a part of a record, or none with content
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
        auto const n = send_pieces(socket_.native_handle(), out);
        if(n >= 0)
        {
            bytes_out += static_cast<std::size_t>(n);
            out.sent(static_cast<std::size_t>(n));
            continue;
        }
        if(errno == EINTR)
            continue;
        if(errno == EAGAIN || errno == EWOULDBLOCK)
            return false;
        error_ = error_code(errno, boost::system::system_category());
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
        auto const [ec] = co_await socket_.async_wait(net::socket_base::wait_write, nothrow);
        if(ec && ec != net::error::operation_aborted)
            fail(ec);
        if(bytes_out != before)
            limit(patience, late);
    }
    lift();
}

task<bool> transport::handshake(SSL* ssl)
{
    ssl_ = ssl;
    SSL_set_fd(ssl_, socket_.native_handle());
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
        auto const [ec] = co_await socket_.async_wait(
            why == SSL_ERROR_WANT_READ ? net::socket_base::wait_read : net::socket_base::wait_write, nothrow);
        if(ec && ec != net::error::operation_aborted)
            fail(ec);
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
    error_code ignored;
    socket_.cancel(ignored);
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
    error_code ignored;
    socket_.shutdown(net::socket_base::shutdown_send, ignored);
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
    error_code ignored;
    socket_.close(ignored);
}

void transport::abort()
{
    deadline_.disarm();
    error_code ignored;
    socket_.set_option(net::socket_base::linger(true, 0), ignored);
    if(ssl_)
        SSL_free(std::exchange(ssl_, nullptr));
    socket_.close(ignored);
}

task<> transport::quiesce()
{
    while(reading_)
        co_await arrival();
}

} // namespace errata
