// What two parsers could read differently must not reach the upstream at all.
#include "gateway_fixture.hpp"

namespace errata::test
{
namespace
{
using namespace std::string_literals;

constexpr auto smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

class smuggling : public gateway_fixture
{
};

TEST_F(smuggling, is_refused_before_the_upstream_sees_a_byte)
{
    start();
    auto const with = [](std::string const& fields)
    { return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + smuggled; };
    std::string const vectors[] = {
        with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        with("Content-Length: 5\r\nContent-Length: 6\r\n"),
        with("Content-Length: 5\r\nContent-Length: 5\r\n"),
        with("Content-Length: 5, 5\r\n"),
        with("Content-Length: +5\r\n"),
        with("Content-Length: 5 5\r\n"),
        with("Content-Length: 0x5\r\n"),
        with("Content-Length: -1\r\n"),
        with("Content-Length: 18446744073709551621\r\n"),
        with("Content-Length:\r\n"),
        with("Content-Length : 5\r\n"),
        with("Content-Length\t: 5\r\n"),
        with("Content-Length: 5\rX: a\r\n"),
        with("Content-Length: 5\nX: a\r\n"),
        with("X: a\nContent-Length: 5\r\n"),
        with("X: a\r\n Content-Length: 5\r\n"),
        with("\0Content-Length: 5\r\n"s),
        with("Content-Length: 5\0\r\n"s),
        with("Transfer-Encoding: xchunked\r\n"),
        with("Transfer-Encoding: chunked, identity\r\n"),
        with("Transfer-Encoding: identity, chunked\r\n"),
        with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        with("Transfer-Encoding: chunked\r\nTransfer-encoding: x\r\n"),
        with("Transfer-Encoding:\x0b"
             "chunked\r\n"),
        with("Transfer-Encoding: chunked\x0b\r\n"),
        with("Transfer-Encoding\r\n: chunked\r\n"),
        with("Transfer-Encoding: \r\n chunked\r\n"),
        with("Transfer-Encoding : chunked\r\n"),
        with("Transfer-Encoding: \"chunked\"\r\n"),
        with("Transfer-Encoding: chunked;a=b\r\n"),
        with("X: a\r\nTransfer-Encoding\xff: chunked\r\n"),
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"s + smuggled,
        "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n"s + smuggled,
        "POST  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a@b\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    for(auto const& bytes : vectors)
    {
        SCOPED_TRACE(testing::PrintToString(bytes.substr(0, 120)));
        auto client = sent(bytes);
        auto const answer = read_response(client);
        EXPECT_TRUE(answer.status == 400 || answer.status == 501) << answer.status;
        EXPECT_EQ(answer.value("Connection"), "close");
        EXPECT_TRUE(client.closes()) << "what follows is never read as a request";
        EXPECT_FALSE(upstream.has_caller());
    }
}

TEST_F(smuggling, in_chunked_content_ends_both_connections)
{
    start();
    std::string const bodies[] = {
        "5\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "5\r\nhelloXX0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nX : a\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
    };
    for(auto const& body : bodies)
    {
        SCOPED_TRACE(testing::PrintToString(body));
        auto client =
            sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body + get("/smuggled"));
        auto const answer = read_response(client);
        EXPECT_EQ(answer.status, 400U);
        EXPECT_TRUE(client.closes());
        while(upstream.has_caller())
        {
            auto server = upstream.accept();
            auto const seen = server.read_all();
            EXPECT_EQ(seen.find("/smuggled"), std::string::npos) << seen;
            EXPECT_EQ(seen.find("\r\n0\r\n\r\n"), std::string::npos) << seen;
        }
    }
}

TEST_F(smuggling, has_no_way_through_connection_options)
{
    start();
    auto client =
        sent("POST / HTTP/1.1\r\nHost: a\r\nConnection: Content-Length\r\nContent-Length: 5\r\n\r\nhello" + get("/2"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request(server).body, "hello");
    server.send(response("200 OK", "1"));
    EXPECT_EQ(read_request(server).target, "/2");
    server.send(response("200 OK", "2"));
    EXPECT_EQ(read_response(client).body, "1");
    EXPECT_EQ(read_response(client).body, "2");
}

} // namespace
} // namespace errata::test
