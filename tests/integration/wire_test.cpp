// The tools of these tests are tested first: what follows is worth as much as they are.
#include "support/message.hpp"

#include <gtest/gtest.h>

namespace errata::test
{
namespace
{

TEST(wire, carries_bytes_and_the_end)
{
    port_of_loopback up;
    auto client = wire::connect(up.port());
    auto server = up.accept();
    client.send("abc\r\ndef");
    EXPECT_EQ(server.read_until("\r\n"), "abc\r\n");
    EXPECT_EQ(server.read_exactly(2), "de");
    client.close_write();
    EXPECT_EQ(server.read_all(), "f");
    EXPECT_FALSE(server.was_reset());
    EXPECT_EQ(server.received(), "abc\r\ndef");
}

TEST(wire, tells_a_reset_from_a_close)
{
    port_of_loopback up;
    auto client = wire::connect(up.port());
    auto server = up.accept();
    server.send("a");
    EXPECT_EQ(client.read_exactly(1), "a");
    server.reset();
    EXPECT_TRUE(client.closes());
    EXPECT_TRUE(client.was_reset());
}

TEST(port_of_loopback, knows_whether_somebody_called)
{
    port_of_loopback up;
    EXPECT_FALSE(up.has_caller());
    auto const client = wire::connect(up.port());
    EXPECT_TRUE(up.has_caller());
}

TEST(port_of_loopback, refuses_when_told)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    EXPECT_THROW((void)wire::connect(nobody.port()), broken_wire);
}

TEST(message, is_read_with_its_content)
{
    port_of_loopback up;
    auto client = wire::connect(up.port());
    auto server = up.accept();
    client.send("POST /a?b HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("hello") + chunk("!") +
                "0\r\nX-Sum: 6\r\n\r\n");
    auto const request = read_request(server);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/a?b");
    EXPECT_EQ(request.value("host"), "c");
    EXPECT_EQ(request.body, "hello!");
    EXPECT_EQ(request.trailers, "X-Sum: 6\r\n");

    server.send(response("404 Not Found", "gone", "X: 1\r\nX: 2\r\n"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 404U);
    EXPECT_EQ(answer.value("X"), "1, 2");
    EXPECT_EQ(answer.body, "gone");
    EXPECT_TRUE(answer.complete);
}

TEST(message, that_is_cut_is_not_complete)
{
    for(std::string const cut : {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"})
    {
        port_of_loopback up;
        auto client = wire::connect(up.port());
        auto server = up.accept();
        server.send(cut);
        server.close();
        auto const answer = read_response(client);
        EXPECT_FALSE(answer.complete);
        EXPECT_EQ(answer.body, "half");
    }
}

TEST(message, that_is_not_http_is_refused)
{
    for(auto const* head : {"HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200 OK\nX: a\r\n\r\n", "ICY 200 OK\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nX : a\r\n\r\n", "HTTP/1.1 200 OK\r\nX\r\n\r\n"})
        EXPECT_THROW((void)parse_head(head), broken_wire) << head;
}

} // namespace
} // namespace errata::test
