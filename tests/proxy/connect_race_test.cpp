#include "proxy/connect_race.hpp"

#include "support/wire.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

namespace errata
{
namespace
{
using namespace std::chrono_literals;
using test::port_of_loopback;

peer_address at(std::string const& address, std::uint16_t port = 80)
{
    return {net::ip::tcp::endpoint(net::ip::make_address(address), port), address};
}

peer_address at(port_of_loopback const& where)
{
    return at("127.0.0.1", where.port());
}

/// Runs one race to its end; `meanwhile` is called once it is under way.
class racing : public testing::Test
{
protected:
    template <class F>
    connect_race::result race(std::vector<peer_address> const& addresses, milliseconds patience, F meanwhile)
    {
        io.restart();
        sockets.start();
        timer_wheel wheel(io);
        connect_race running(sockets, wheel);
        connect_race::result out;
        net::co_spawn(
            io.get_executor(),
            [&]() -> task<>
            {
                out = co_await running.run(addresses, patience);
                wheel.stop();
                sockets.stop();
            },
            [](std::exception_ptr bug)
            {
                if(bug)
                    std::rethrow_exception(bug);
            });
        io.poll();
        meanwhile(running);
        io.run_for(test::patience);
        EXPECT_TRUE(io.stopped()) << "something is still waiting";
        return out;
    }
    connect_race::result race(std::vector<peer_address> const& addresses, milliseconds patience = 5s)
    {
        return race(addresses, patience, [](connect_race&) {});
    }

    // They outlive the socket that won.
    net::io_context io;
    block_pool blocks;
    poller sockets{io, blocks};
    port_of_loopback good;
    port_of_loopback refusing{port_of_loopback::kind::refusing};
    port_of_loopback silent{port_of_loopback::kind::unreachable};
};

TEST_F(racing, is_won_by_the_only_address)
{
    auto const got = race({at(good)});
    ASSERT_TRUE(got.socket);
    EXPECT_TRUE(good.has_caller());
}

TEST_F(racing, goes_on_at_once_after_a_refusal)
{
    std::vector const addresses{at(refusing), at(refusing), at(good)};
    auto const got = race(addresses);
    ASSERT_TRUE(got.socket);
    EXPECT_EQ(got.to->where, at(good).where);
}

TEST_F(racing, does_not_wait_for_an_address_that_is_silent)
{
    std::vector const addresses{at(silent), at(good)};
    auto const got = race(addresses);
    ASSERT_TRUE(got.socket);
    EXPECT_EQ(got.to->where, at(good).where);
}

TEST_F(racing, is_lost_when_all_refuse)
{
    auto const got = race({at(refusing), at(refusing)});
    EXPECT_FALSE(got.socket);
    EXPECT_FALSE(got.late);
    EXPECT_EQ(got.error, net::error::connection_refused);
}

TEST_F(racing, tells_a_refusal_rather_than_a_missing_route)
{
    auto const nowhere = at("255.255.255.255");
    EXPECT_EQ(race({at(refusing), nowhere}).error, net::error::connection_refused);
    EXPECT_EQ(race({nowhere, at(refusing)}).error, net::error::connection_refused);
}

TEST_F(racing, is_won_by_an_address_that_answers_later)
{
    std::optional<test::wire> taken;
    auto const got = race({at(silent)}, 5s, [&](connect_race&) { taken = silent.accept(); });
    EXPECT_TRUE(got.socket);
}

TEST_F(racing, is_lost_to_a_refusal_that_comes_later)
{
    auto const got = race({at(silent)}, 5s, [&](connect_race&) { silent.stop_listening(); });
    EXPECT_FALSE(got.socket);
    EXPECT_FALSE(got.late);
    EXPECT_EQ(got.error, net::error::connection_refused);
}

TEST_F(racing, is_lost_when_time_is_up)
{
    auto const got = race({at(silent), at(refusing)}, 600ms);
    EXPECT_FALSE(got.socket);
    EXPECT_TRUE(got.late);
}

TEST_F(racing, does_not_begin_what_there_is_no_time_for)
{
    auto const got = race({at(silent), at(good)}, 100ms);
    EXPECT_FALSE(got.socket);
    EXPECT_TRUE(got.late);
    EXPECT_FALSE(good.has_caller());
}

TEST_F(racing, ends_when_it_is_stopped)
{
    auto const got = race({at(silent), at(silent)}, 1h, [](connect_race& r) { r.stop(); });
    EXPECT_FALSE(got.socket);
    EXPECT_FALSE(got.late);
}

std::string order(std::vector<peer_address> addresses)
{
    interleave_families(addresses);
    std::string out;
    for(auto const& a : addresses)
        out += a.text + ' ';
    return out;
}

TEST(interleave_families, lets_them_take_turns_and_keeps_the_order_within_each)
{
    EXPECT_EQ(order({at("::1"), at("::2"), at("::3"), at("192.0.2.1"), at("192.0.2.2")}),
              "::1 192.0.2.1 ::2 192.0.2.2 ::3 ");
    EXPECT_EQ(order({at("192.0.2.1"), at("::1"), at("::2"), at("::3")}), "192.0.2.1 ::1 ::2 ::3 ");
    EXPECT_EQ(order({at("192.0.2.1"), at("192.0.2.2")}), "192.0.2.1 192.0.2.2 ");
    EXPECT_EQ(order({}), "");
}

} // namespace
} // namespace errata
