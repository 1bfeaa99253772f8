#pragma once

#include "proxy/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

namespace errata
{

namespace net = boost::asio;
using boost::system::error_code;

/// The vocabulary of everything asynchronous. A concrete executor: no type erasure on the hot path.
using executor = net::io_context::executor_type;

template <class T = void>
using task = net::awaitable<T, executor>;

/// Completion token: `auto [ec, n] = co_await operation(nothrow)`. Deferred, so that the operation adds no coroutine
/// frame of its own.
inline constexpr net::as_tuple_t<net::deferred_t> nothrow{};

/// TCP and Unix-domain connections alike, where Asio reads them (the gateway's own do through `polled_socket`).
using stream_socket = net::basic_stream_socket<net::generic::stream_protocol, executor>;

using std::chrono::milliseconds;

/// What the last system call of this thread failed with.
[[nodiscard]] inline error_code last_error() noexcept
{
    return {errno, boost::system::system_category()};
}

/// Something that one coroutine of this thread waits for and somebody else of this thread announces. `notify` resumes
/// the waiter at once, on the notifier's stack; without a waiter it does nothing, so the fact itself is kept elsewhere.
/// An event must outlive its waiter.
class event
{
    struct starter
    {
        event* self;
        template <class Handler>
        void operator()(Handler&& h) const
        {
            self->waiter_.emplace(std::forward<Handler>(h));
        }
    };

public:
    event() = default;
    event(event const&) = delete;
    event& operator=(event const&) = delete;

    [[nodiscard]] auto wait()
    {
        return net::async_initiate<net::deferred_t const, void()>(starter{this}, net::deferred);
    }
    [[nodiscard]] bool awaited() const noexcept { return waiter_.has_value(); }

    void notify()
    {
        if(!waiter_)
            return;
        auto resume = std::move(*waiter_);
        waiter_.reset();
        resume();
    }

private:
    // The handler's type is Asio's own; naming it spares a type-erased function per wait.
    std::optional<net::detail::awaitable_async_op_handler<void(), executor>> waiter_;
};

} // namespace errata
