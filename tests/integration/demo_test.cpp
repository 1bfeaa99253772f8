#include "support/gateway_process.hpp"
#include "support/message.hpp"

#include <gtest/gtest.h>

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
