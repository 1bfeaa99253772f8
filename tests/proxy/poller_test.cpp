#include "proxy/poller.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>

namespace errata
{
namespace
{
/// A socket that is watched, and its peer.
struct pair_of_sockets
{
    explicit pair_of_sockets(poller& home)
    {
        int both[2];
        if(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both) != 0)
            throw std::runtime_error("no sockets");
        peer = both[1];
        ours = polled_socket(home, both[0]);
        ours.tell(
            [](void* self)
            {
                auto& it = *static_cast<pair_of_sockets*>(self);
                ++it.woken;
                if(it.then)
                    it.then();
            },
            this);
    }
    pair_of_sockets(pair_of_sockets const&) = delete;
    pair_of_sockets& operator=(pair_of_sockets const&) = delete;
    ~pair_of_sockets() { ::close(peer); }

    void says(std::string_view bytes) const { EXPECT_EQ(::send(peer, bytes.data(), bytes.size(), 0), bytes.size()); }
    void ends() const { ::shutdown(peer, SHUT_WR); }

    polled_socket ours;
    int peer = -1;
    int woken = 0;
    std::function<void()> then;
};

class polled : public testing::Test
{
public:
    polled() { sockets.start(); }
    ~polled() override
    {
        sockets.stop();
        turn();
    }

protected:
    /// Everything that is due happens.
    void turn()
    {
        io.restart();
        io.poll();
    }
    /// What registering a socket itself tells is over.
    void settle()
    {
        turn();
        one.woken = two.woken = 0;
        one.ours.nothing_to_read();
        two.ours.nothing_to_read();
    }

    net::io_context io;
    block_pool blocks;
    poller sockets{io, blocks};
    pair_of_sockets one{sockets}, two{sockets};
};

TEST_F(polled, wakes_whom_it_was_told_when_bytes_arrive)
{
    settle();
    one.says("x");
    turn();
    EXPECT_EQ(one.woken, 1);
    EXPECT_TRUE(one.ours.readable());
    EXPECT_EQ(two.woken, 0);
    EXPECT_FALSE(two.ours.readable());
    turn();
    EXPECT_EQ(one.woken, 1) << "once for what is new, not again for what is still there";
}

TEST_F(polled, reads_on_after_the_last_bytes_where_the_end_came_with_them)
{
    settle();
    one.says("x");
    two.says("x");
    two.ends();
    turn();
    one.ours.drained();
    two.ours.drained();
    EXPECT_FALSE(one.ours.readable());
    EXPECT_TRUE(two.ours.readable()) << "nothing else will tell of the end";
}

TEST_F(polled, hears_of_an_end_that_comes_later)
{
    settle();
    one.says("x");
    turn();
    one.ours.drained();
    one.ends();
    turn();
    EXPECT_EQ(one.woken, 2);
    EXPECT_TRUE(one.ours.readable());
}

TEST_F(polled, knows_what_happened_before_anybody_was_told)
{
    settle();
    one.ours.tell(nullptr, nullptr);
    one.says("x");
    turn();
    EXPECT_EQ(one.woken, 0);
    polled_socket const moved(std::move(one.ours));
    EXPECT_TRUE(moved.readable());
    EXPECT_FALSE(one.ours.is_open());
}

TEST_F(polled, tells_of_room_again_after_there_was_none)
{
    settle();
    std::string const much(1 << 20, 'x');
    while(::send(one.ours.descriptor(), much.data(), much.size(), MSG_NOSIGNAL) > 0)
    {
    }
    one.ours.no_room();
    turn();
    EXPECT_FALSE(one.ours.writable());
    EXPECT_EQ(one.woken, 0);
    std::string taken(much.size(), '\0');
    while(::recv(one.peer, taken.data(), taken.size(), 0) > 0)
    {
    }
    turn();
    EXPECT_TRUE(one.ours.writable());
}

TEST_F(polled, tells_of_room_that_came_before_it_was_asked_for)
{
    settle();
    one.ours.no_room();
    EXPECT_FALSE(one.ours.writable());
    turn();
    EXPECT_TRUE(one.ours.writable());
    EXPECT_EQ(one.woken, 1);
}

TEST_F(polled, is_not_woken_by_room_that_nobody_wants)
{
    turn();
    EXPECT_EQ(one.woken, 0);
    EXPECT_TRUE(one.ours.writable());
}

TEST_F(polled, is_not_told_of_a_socket_that_another_has_closed_meanwhile)
{
    settle();
    one.says("x");
    two.says("x");
    // Both are in what the kernel reports at once; whoever comes first closes the other.
    one.then = [&] { two.ours.close(); };
    two.then = [&] { one.ours.close(); };
    turn();
    EXPECT_EQ(one.woken + two.woken, 1);
}

TEST_F(polled, is_not_told_of_a_socket_that_another_has_destroyed_meanwhile)
{
    settle();
    one.says("x");
    two.says("x");
    one.then = [&] { polled_socket const gone(std::move(two.ours)); };
    two.then = [&] { polled_socket const gone(std::move(one.ours)); };
    turn();
    EXPECT_EQ(one.woken + two.woken, 1);
}

TEST_F(polled, wakes_soon_but_never_at_once)
{
    settle();
    one.ours.wake_soon();
    one.ours.wake_soon();
    EXPECT_EQ(one.woken, 0);
    turn();
    EXPECT_EQ(one.woken, 1) << "asked for twice in a turn is once";
}

TEST_F(polled, wakes_soon_also_whom_a_closed_socket_has_left_waiting)
{
    settle();
    one.ours.close();
    one.ours.wake_soon();
    turn();
    EXPECT_EQ(one.woken, 1);
    EXPECT_FALSE(one.ours.is_open());
}

TEST_F(polled, lets_others_go_first_where_one_asks_again_and_again)
{
    settle();
    int others = 0;
    one.then = [&]
    {
        if(one.woken < 1000)
            one.ours.wake_soon();
        else
            EXPECT_EQ(others, 1);
    };
    two.then = [&] { ++others; };
    one.ours.wake_soon();
    two.says("x");
    turn();
    EXPECT_EQ(one.woken, 1000);
    EXPECT_EQ(others, 1);
}

TEST_F(polled, goes_on_after_what_one_of_them_has_thrown)
{
    settle();
    for(auto* const each : {&one, &two})
    {
        each->then = [] { throw std::runtime_error("a bug"); };
        each->says("x");
        each->ours.wake_soon();
    }
    int bugs = 0;
    for(int tries = 0; tries < 10; ++tries)
        try
        {
            turn();
        }
        catch(std::runtime_error const&)
        {
            ++bugs;
        }
    EXPECT_EQ(bugs, 4) << "of each what it had read, and what it had asked for";
    one.then = two.then = nullptr;
    one.says("x");
    turn();
    EXPECT_EQ(one.woken, 3);
}

TEST_F(polled, wakes_also_after_it_has_stopped)
{
    settle();
    sockets.stop();
    one.ours.wake_soon();
    turn();
    EXPECT_EQ(one.woken, 1);
    EXPECT_EQ(io.poll(), 0U) << "nothing waits any more";
}

TEST_F(polled, closes_what_it_cannot_watch)
{
    int const file = ::open("/dev/null", O_RDONLY | O_CLOEXEC); // always ready: epoll refuses it
    EXPECT_THROW(polled_socket(sockets, file), boost::system::system_error);
    EXPECT_EQ(::fcntl(file, F_GETFD), -1);
}

} // namespace
} // namespace errata
