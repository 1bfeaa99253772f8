// How a gateway ends: readiness first, then the listeners, then what is under way.
#include "operating.hpp"

#include <csignal>
#include <memory>

namespace errata::test
{
namespace
{

class draining : public testing::Test
{
protected:
    void start(std::string const& drain = "drain: {deadline: 30s}\n")
    {
        auto text = operated(up.url(), drain);
        text.replace(text.find("upstream: up}"), 13, "upstream: up, upgrade: true}");
        gateway = std::make_unique<gateway_process>(text);
    }
    /// A request that has reached the upstream.
    wire under_way(wire& client, std::string const& fields = {})
    {
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
        auto service = up.accept();
        (void)read_request(service);
        return service;
    }

    port_of_loopback up;
    std::unique_ptr<gateway_process> gateway;
};

TEST_F(draining, lets_tunnels_finish)
{
    start();
    auto client = gateway->connect();
    auto service = under_way(client, "Connection: Upgrade\r\nUpgrade: echo\r\n");
    service.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    EXPECT_EQ(read_response_head(client).status, 101U);
    gateway->signal(SIGTERM);
    ASSERT_TRUE(gateway->logs("draining"));
    client.send("still here?");
    EXPECT_EQ(service.read_exactly(11), "still here?");
    service.send("yes");
    EXPECT_EQ(client.read_exactly(3), "yes");
    service.close();
    EXPECT_TRUE(client.closes());
    EXPECT_EQ(gateway->stop(), 0);
}

TEST_F(draining, answers_what_is_not_done_by_the_deadline)
{
    start("drain: {deadline: 200ms}\n");
    auto client = gateway->connect();
    auto const service = under_way(client);
    gateway->signal(SIGTERM);
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(boost::json::parse(answer.body).at("code").as_string(), "GATEWAY_DRAINING");
    EXPECT_EQ(answer.value("Connection"), "close");
    EXPECT_EQ(answer.value("Retry-After"), "1");
    EXPECT_EQ(gateway->stop(), 0);
}

TEST_F(draining, ends_at_once_at_the_second_signal)
{
    start("drain: {delay: 10m, deadline: 1h}\n");
    auto client = gateway->connect();
    auto const service = under_way(client);
    gateway->signal(SIGTERM);
    ASSERT_TRUE(gateway->logs("draining"));
    gateway->signal(SIGTERM);
    EXPECT_EQ(read_response(client).status, 503U);
    EXPECT_TRUE(comes_true([&] { return !gateway->running(); }));
    EXPECT_EQ(gateway->stop(), 0);
}

TEST_F(draining, takes_new_connections_for_the_delay_and_none_after_it)
{
    start("drain: {delay: 500ms, deadline: 30s}\n");
    auto client = gateway->connect();
    auto service = under_way(client);
    gateway->signal(SIGTERM);
    ASSERT_TRUE(gateway->logs("draining"));
    auto const refused = [&]
    {
        try
        {
            (void)gateway->connect();
            return false;
        }
        catch(broken_wire const&)
        {
            return true;
        }
    };
    EXPECT_TRUE(comes_true(refused));
    service.send(response("200 OK", "whole"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.body, "whole");
    EXPECT_EQ(answer.value("Connection"), "close");
    EXPECT_EQ(gateway->stop(), 0);
}

} // namespace
} // namespace errata::test
