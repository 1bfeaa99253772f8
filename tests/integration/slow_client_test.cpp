// Clients that take their time, or too much room: bounded in time, memory and number.
#include "gateway_fixture.hpp"

#include <thread>
#include <vector>

namespace errata::test
{
namespace
{
using namespace std::chrono_literals;

class slow_clients : public gateway_fixture
{
};

TEST_F(slow_clients, must_keep_the_rate_that_is_asked)
{
    start({.listener = "timeouts: {body: 60s, min_rate: 1000}"});
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(100, 'x'));
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    // Each octet would be in time for `body`; together they are far too slow.
    while(!client.speaks_within(50ms) && client.try_send("x"))
    {
    }
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 408U);
    EXPECT_EQ(text(own_error(answer), "code"), "REQUEST_TIMEOUT");
    EXPECT_TRUE(server.closes() || !server.received().empty());
}

TEST_F(slow_clients, are_not_blamed_for_a_slow_upstream)
{
    start({.listener = "timeouts: {min_rate: 1000000}"});
    std::string const content(4 << 20, 'x');
    auto client = connect();
    client.shrink_buffers(1 << 20);
    std::thread uploading([&] { client.try_send(post(content)); });
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    std::this_thread::sleep_for(2500ms); // longer than a client may be silent
    EXPECT_EQ(server.read_exactly(content.size()), content);
    uploading.join();
    server.send(response("200 OK", "slow but whole"));
    EXPECT_EQ(read_response(client).body, "slow but whole");
}

TEST_F(slow_clients, have_no_more_connections_than_their_address_may)
{
    start({.listener = "limits: {connections_per_client: 2}"});
    auto first = sent("GET / HTTP/1.1\r\nHost: first\r\n");
    auto second = sent("GET / HTTP/1.1\r\nHost: second\r\n");
    auto third = sent(get());
    auto const refused = read_response(third);
    EXPECT_EQ(refused.status, 503U);
    EXPECT_NE(refused.body.find("GATEWAY_OVERLOADED"), std::string::npos);
    EXPECT_TRUE(third.closes());

    first.close();
    auto const bound = std::chrono::steady_clock::now() + patience;
    for(bool admitted = false; !admitted;)
    {
        ASSERT_LT(std::chrono::steady_clock::now(), bound) << "a connection that ended still counts";
        auto next = sent(get());
        if(!upstream.has_caller(100ms))
            continue;
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(response("200 OK", "admitted", "Connection: close\r\n"));
        EXPECT_EQ(read_response(next).body, "admitted");
        admitted = true;
    }
}

// Slowloris: heads that never end.
TEST_F(slow_clients, cost_bounded_memory_and_hold_nobody_up)
{
    start({.listener = "timeouts: {head: 3s}"});
    auto const before = gateway->resident_bytes();
    std::vector<wire> slow;
    for(int i = 0; i < 400; ++i)
        slow.push_back(sent("GET / HTTP/1.1\r\nHost: a\r\nX: "));
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "served"));
    EXPECT_EQ(read_response(client).body, "served");
    EXPECT_LT(gateway->peak_resident_bytes(), before + (48u << 20));
    for(auto& s : slow)
        s.try_send("x");
    for(auto& s : slow)
        EXPECT_EQ(read_response(s).status, 408U);
}

} // namespace
} // namespace errata::test
