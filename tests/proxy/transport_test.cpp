#include "proxy/transport.hpp"

#include "proxy/spawn.hpp"

#include <gtest/gtest.h>

#include <string>
#include <sys/socket.h>

namespace errata
{
namespace
{
using namespace std::chrono_literals;

class connection : public testing::Test
{
public:
    connection()
    {
        int both[2];
        if(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both) != 0)
            throw std::runtime_error("no sockets");
        peer = both[1];
        sockets.start();
        ours.open(polled_socket(sockets, both[0]));
    }
    ~connection() override
    {
        ours.close();
        turn();
        EXPECT_FALSE(ours.pending());
        sockets.stop();
        wheel.stop();
        turn();
        ::close(peer);
    }

protected:
    void turn()
    {
        io.restart();
        io.poll();
    }
    void says(std::string_view bytes) const { EXPECT_EQ(::send(peer, bytes.data(), bytes.size(), 0), bytes.size()); }
    void ends() const { ::shutdown(peer, SHUT_WR); }
    /// Runs until nothing moves; `ours` is read to its end in the meantime, as far as it comes.
    void read_all()
    {
        spawn(
            io,
            [&]() -> task<>
            {
                while(ours.state() == transport::condition::open && !ours.stopped())
                {
                    co_await ours.more();
                    got += ours.in().data();
                    ours.in().clear();
                }
            },
            [this](std::exception_ptr const&) { read_to_end = true; });
        turn();
    }
    /// Sends more than fits; `sent` once that is over.
    void sends_much()
    {
        out.add(much);
        EXPECT_FALSE(ours.send_now(out));
        spawn(
            io, [this] { return ours.send_rest(out, 60s, failure::write_timeout); },
            [this](std::exception_ptr const&) { sent = true; });
    }

    std::string const much = std::string(4 << 20, 'x');
    send_queue out;
    bool sent = false;
    net::io_context io;
    block_pool blocks;
    timer_wheel wheel{io};
    poller sockets{io, blocks};
    transport ours{wheel, blocks};
    int peer = -1;
    std::string got;
    bool read_to_end = false;
};

TEST_F(connection, hears_an_end_that_came_with_the_last_bytes)
{
    says("all of it");
    ends();
    read_all();
    EXPECT_EQ(got, "all of it");
    EXPECT_TRUE(read_to_end);
    EXPECT_EQ(ours.state(), transport::condition::ended);
}

TEST_F(connection, hears_while_nobody_waits_that_the_end_came_with_the_last_bytes)
{
    static int told;
    told = 0;
    ours.watch([](void*) { ++told; }, nullptr);
    ours.arm();
    turn();
    says("an answer");
    ends();
    turn();
    EXPECT_EQ(told, 1);
    EXPECT_EQ(ours.state(), transport::condition::open);
    ours.in().clear();
    ours.arm(); // as an idle connection does
    turn();
    EXPECT_EQ(told, 2);
    EXPECT_EQ(ours.state(), transport::condition::ended);
}

TEST_F(connection, reads_on_where_there_was_more_than_room)
{
    std::string const several_blocks(50'000, 'x');
    says(several_blocks);
    ends();
    read_all();
    EXPECT_EQ(got, several_blocks);
    EXPECT_TRUE(read_to_end);
}

TEST_F(connection, reads_what_came_before_anybody_read)
{
    says("early");
    turn();
    EXPECT_FALSE(ours.pending());
    ours.arm();
    EXPECT_TRUE(ours.pending()) << "never at once: whoever arms may still look at what is in the buffer";
    turn();
    EXPECT_FALSE(ours.pending());
    EXPECT_EQ(ours.in().data(), "early");
}

TEST_F(connection, waits_where_nothing_came)
{
    read_all();
    EXPECT_FALSE(read_to_end);
    EXPECT_TRUE(ours.pending());
    ours.stop(failure::client_closed);
    EXPECT_TRUE(ours.pending()) << "whoever waits is resumed by the loop, not by who stops it";
    turn();
    EXPECT_FALSE(ours.pending());
    EXPECT_TRUE(ours.stopped());
}

TEST_F(connection, ends_the_read_that_was_pending_when_it_closes)
{
    ours.arm();
    ours.close();
    EXPECT_TRUE(ours.pending());
    turn();
    EXPECT_FALSE(ours.pending());
}

TEST_F(connection, sends_the_rest_when_there_is_room_again)
{
    sends_much();
    std::string piece(1 << 20, '\0');
    std::size_t arrived = 0;
    for(int turns = 0; !sent && turns < 1000; ++turns)
    {
        turn();
        for(ssize_t n = 0; (n = ::recv(peer, piece.data(), piece.size(), 0)) > 0;)
            arrived += static_cast<std::size_t>(n);
    }
    EXPECT_TRUE(sent);
    for(ssize_t n = 0; (n = ::recv(peer, piece.data(), piece.size(), 0)) > 0;)
        arrived += static_cast<std::size_t>(n);
    EXPECT_EQ(arrived, much.size());
}

TEST_F(connection, gives_up_sending_to_a_peer_that_is_gone)
{
    sends_much();
    turn();
    EXPECT_FALSE(sent);
    ::close(std::exchange(peer, -1));
    turn();
    EXPECT_TRUE(sent) << "there is nobody to send to";
    EXPECT_FALSE(ours.usable());
}

TEST_F(connection, reads_and_sends_at_once)
{
    std::string const much(4 << 20, 'x');
    send_queue out;
    out.add(much);
    EXPECT_FALSE(ours.send_now(out));
    bool sent = false;
    spawn(
        io, [&] { return ours.send_rest(out, 60s, failure::write_timeout); },
        [&](std::exception_ptr const&) { sent = true; });
    says("meanwhile");
    ends();
    read_all();
    EXPECT_EQ(got, "meanwhile");
    EXPECT_TRUE(read_to_end);
    EXPECT_FALSE(sent) << "the peer has only ended what it says";
    ours.stop(failure::client_closed);
    turn();
    EXPECT_TRUE(sent) << "stopped";
}

} // namespace
} // namespace errata
