#include "support/gateway_process.hpp"
#include "support/message.hpp"

#include <gtest/gtest.h>

namespace errata::test
{
namespace
{

class demo_upstream : public testing::Test
{
protected:
    message get(std::string const& path, std::string const& method = "GET")
    {
        auto client = upstream.connect();
        client.send(method + " " + path + " HTTP/1.1\r\nHost: demo\r\n\r\n");
        return read_response(client, method);
    }

    gateway_process upstream{std::vector<std::string>{"demo", "--upstream"}};
};

TEST_F(demo_upstream, lists_its_paths)
{
    auto const page = get("/");
    EXPECT_EQ(page.status, 200U);
    EXPECT_NE(page.body.find("/half-head"), std::string::npos);
    EXPECT_NE(page.body.find("502 UPSTREAM_INCOMPLETE"), std::string::npos);
}

TEST_F(demo_upstream, answers_errors_of_many_shapes)
{
    EXPECT_EQ(get("/convention/5").status, 402U);
    EXPECT_EQ(get("/error/gzip").value("Content-Encoding"), "gzip");
    EXPECT_EQ(get("/status/418").status, 418U);
    EXPECT_EQ(get("/retry-after?s=17").value("Retry-After"), "17");
    EXPECT_EQ(get("/nowhere").status, 404U);
    EXPECT_GT(get("/error/big?kib=300").body.size(), 300U * 1024);
}

TEST_F(demo_upstream, sends_no_content_to_head)
{
    auto client = upstream.connect();
    client.send("HEAD /error/html HTTP/1.1\r\nHost: demo\r\n\r\nGET /ok HTTP/1.1\r\nHost: demo\r\n\r\n");
    EXPECT_EQ(read_response(client, "HEAD").status, 500U);
    EXPECT_EQ(read_response(client).body, R"({"ok": true})");
}

TEST_F(demo_upstream, breaks_connections)
{
    EXPECT_THROW(get("/half-head"), broken_wire);
    EXPECT_THROW(get("/bad-status"), broken_wire);
    EXPECT_FALSE(get("/cut").complete);
    EXPECT_FALSE(get("/cut/chunked").complete);

    auto client = upstream.connect();
    client.send("GET /reset HTTP/1.1\r\nHost: demo\r\n\r\n");
    EXPECT_TRUE(client.closes());
    EXPECT_TRUE(client.was_reset());
}

TEST_F(demo_upstream, survives_clients_that_misbehave)
{
    for(auto const* bytes :
        {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab", "\x16\x03\x01"})
    {
        auto client = upstream.connect();
        client.send(bytes);
        client.reset();
    }
    EXPECT_EQ(get("/ok").status, 200U);
}

TEST_F(demo_upstream, ends_with_sigterm_whatever_its_clients_do)
{
    auto stalled = upstream.connect();
    stalled.send("GET /stall HTTP/1.1\r\nHost: demo\r\n\r\n");
    auto dripping = upstream.connect();
    dripping.send("GET /drip HTTP/1.1\r\nHost: demo\r\n\r\n");
    EXPECT_EQ(dripping.read_exactly(1), "H");
    EXPECT_EQ(upstream.stop(), 0);
}

} // namespace
} // namespace errata::test
