#pragma once

#include "proxy/net.hpp"
#include "proxy/op_memory.hpp"
#include "proxy/page_slots.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <cstdint>
#include <sys/epoll.h>

namespace errata
{

class polled_socket;

/// Watches the sockets of one shard, listening ones and connections: an epoll of its own, whose descriptor the event
/// loop waits for like any other.
///
/// Asio's reactor tries each read when it is started, to find nothing on a connection that is kept alive: two calls a
/// request. This one remembers what the kernel has said and reads only then. It asks for EPOLLRDHUP too, so that an end
/// that came together with the last bytes is not missed after a read that took less than there was room for
/// (epoll(7), "Q9").
class poller
{
public:
    /// Called when there is something new about the socket, or somebody asked for it with `wake_soon`. May destroy the
    /// socket.
    using waker = void (*)(void* owner);

    poller(net::io_context& io, block_pool& blocks);
    poller(poller const&) = delete;
    poller& operator=(poller const&) = delete;

    /// From here on the loop waits for the sockets, until `stop`. What `wake_soon` asked for is done also afterwards.
    void start();
    void stop() noexcept;

private:
    friend class polled_socket;
    /// One socket. It stays where it is while its owners change.
    struct watched : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>
    {
        watched(poller& p, int d) noexcept : home(p), descriptor(d) {}

        poller& home;
        int descriptor;
        waker wake = nullptr;
        void* owner = nullptr;
        bool readable = false;    ///< a read may find something
        bool writable = true;     ///< a write may find room
        bool over = false;        ///< the peer has ended, or an error waits to be read: reading says which
        bool awaits_room = false; ///< the kernel has been asked for it: most sockets never need to
    };
    using watched_list = boost::intrusive::list<watched, boost::intrusive::constant_time_size<false>>;

    [[nodiscard]] watched* add(int descriptor);
    void remove(watched* w) noexcept;
    void forget(watched const& w) noexcept;
    bool watch(watched& w, int how, std::uint32_t also) noexcept;
    void wake_soon(watched& w);
    void post();
    void wait();
    void turn();

    template <void (poller::*Do)()>
    struct handler
    {
        using allocator_type = op_memory::allocator<std::byte>;
        [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*memory); }
        void operator()(error_code ec = {}) const
        {
            if(!ec)
                (self->*Do)();
        }

        poller* self;
        op_memory* memory;
    };
    void ready();
    void posted();

    net::posix::basic_stream_descriptor<executor> epoll_;
    page_slots slots_;
    std::array<epoll_event, 128> events_{};
    int next_ = 0, count_ = 0; ///< those of `events_` that are still to be told
    watched_list due_;         ///< to be woken in the next turn
    watched_list turn_;        ///< to be woken in this one
    bool turning_ = false, posted_ = false, stopped_ = false;
    op_memory wait_memory_, post_memory_;
};

/// A socket, non-blocking, closed with its owner. Movable; whom to wake moves with `tell`.
class polled_socket
{
public:
    polled_socket() = default;
    /// Takes over the descriptor, closing it where that fails: throws std::bad_alloc or boost::system::system_error.
    polled_socket(poller& home, int descriptor) : it_(home.add(descriptor)) {}
    polled_socket(polled_socket&& other) noexcept : it_(std::exchange(other.it_, nullptr)) {}
    polled_socket& operator=(polled_socket&& other) noexcept
    {
        std::swap(it_, other.it_);
        return *this;
    }
    ~polled_socket()
    {
        if(it_)
            it_->home.remove(it_);
    }

    [[nodiscard]] bool is_open() const noexcept { return it_ && it_->descriptor >= 0; }
    [[nodiscard]] int descriptor() const noexcept { return it_->descriptor; }
    /// Whoever is told stays so until `close` and destruction.
    void close() noexcept;

    /// Whom to wake from now on; null: nobody.
    void tell(poller::waker wake, void* owner) noexcept { it_->wake = wake, it_->owner = owner; }
    /// Wakes whoever is told, in the loop's next turn.
    void wake_soon() { it_->home.wake_soon(*it_); }

    /// May a read find something? Until `drained` says that it did not.
    [[nodiscard]] bool readable() const noexcept { return it_->readable; }
    /// All has been read that was there. What the peer's end or an error left is still to be read.
    void drained() noexcept { it_->readable = it_->over; }
    /// A read would have blocked.
    void nothing_to_read() noexcept { it_->readable = false; }
    [[nodiscard]] bool writable() const noexcept { return it_->writable; }
    /// A write would have blocked, or a connection is not made yet: there is room when it is.
    void no_room() noexcept;

private:
    poller::watched* it_ = nullptr;
};

} // namespace errata
