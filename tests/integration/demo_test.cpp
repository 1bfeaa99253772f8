#include "support/gateway_process.hpp"
#include "support/message.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace errata::test
{
namespace
{

TEST(demo, shows_what_clients_get_and_goes_on_until_told)
{
    gateway_process demo{std::vector<std::string>{"demo"}};
    ASSERT_TRUE(demo.logs("Both go on")) << demo.log();
    auto const shown = demo.log();
    for(auto const* expected :
        {"UPSTREAM_REFUSED", "UPSTREAM_MALFORMED", "UPSTREAM_RESPONSE_TIMEOUT", "INSUFFICIENT_BALANCE",
         "Retry-After: 65", "(resets the connection)", "curl -i http://127.0.0.1:"})
        EXPECT_NE(shown.find(expected), std::string::npos) << expected;
    EXPECT_EQ(shown.find('\x1b'), std::string::npos) << "colour only on a terminal";

    auto client = demo.connect();
    client.send("GET /convention/5 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(read_response(client).status, 402U);
    EXPECT_EQ(demo.stop(), 0);
}

TEST(demo, gets_no_request_through_where_it_says_so)
{
    gateway_process demo{std::vector<std::string>{"demo"}};
    std::istringstream listed(demo.log().substr(demo.log().find("no request gets through")));
    std::string line, path;
    std::getline(listed, line);
    unsigned seen = 0;
    for(; std::getline(listed, line) && line.starts_with("  /"); ++seen)
    {
        std::istringstream(line) >> path;
        auto const promised = line.substr(line.rfind("-> ") + 3);
        auto client = demo.connect();
        client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        auto const answer = read_response(client);
        EXPECT_EQ(std::to_string(answer.status), promised.substr(0, 3)) << line;
        EXPECT_NE(answer.body.find("\"code\":\"" + promised.substr(4) + '"'), std::string::npos) << line << answer.body;
    }
    EXPECT_EQ(seen, 9U);
}

TEST(demo, closes_and_switches_and_reads_as_it_says)
{
    gateway_process demo{std::vector<std::string>{"demo"}};
    ASSERT_TRUE(demo.logs("Both go on")); // its own requests are over: the connection that is kept is ours
    auto client = demo.connect();
    client.send("GET /close/next HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(read_response(client).status, 200U);
    client.send("POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    auto const closed = read_response(client);
    EXPECT_NE(closed.body.find("UPSTREAM_CLOSED_IDLE"), std::string::npos) << closed.status << closed.body;
    client.send("GET /switch/other HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    EXPECT_NE(read_response(client).body.find("UPGRADE_FAILED"), std::string::npos);

    auto uploading = demo.connect();
    uploading.send("POST /stall/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    std::string const block(1 << 20, 'x');
    while(uploading.sends_within(block, std::chrono::milliseconds(100)))
    {
        // until nobody on the way has room any more
    }
    EXPECT_NE(read_response(uploading).body.find("UPSTREAM_WRITE_TIMEOUT"), std::string::npos);
    EXPECT_EQ(demo.stop(), 0);
}

TEST(demo, ends_early_when_told)
{
    gateway_process demo{std::vector<std::string>{"demo"}};
    EXPECT_EQ(demo.stop(), 0);
}

TEST(demo, takes_the_ports_it_is_given)
{
    port_of_loopback taken;
    gateway_process demo{std::vector<std::string>{"demo", "--upstream", "--upstream-port", "0"}};
    EXPECT_THROW(gateway_process(std::vector<std::string>{"demo", "--upstream-port", std::to_string(taken.port())}),
                 broken_wire);
}

} // namespace
} // namespace errata::test
