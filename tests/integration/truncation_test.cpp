// A message that is cut must look cut to the client: half an answer that is taken for a whole one is the worst a
// gateway can do.
#include "gateway_fixture.hpp"

namespace errata::test
{
namespace
{

struct cut_case
{
    std::string name;
    std::string version;
    std::string bytes;
    bool reset;
};

class truncation : public gateway_fixture
{
};

TEST_F(truncation, stays_visible)
{
    start({.upstream = "timeouts: {idle: 200ms}"});
    cut_case const cases[] = {
        {"length, closed", "1.1", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nonly half", false},
        {"length, reset", "1.1", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nonly half", true},
        {"chunked, closed between chunks", "1.1",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("half"), false},
        {"chunked, closed inside a chunk", "1.1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
         false},
        {"chunked, closed before the trailer's end", "1.1",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("half") + "0\r\n", false},
        {"chunked, reset", "1.1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("half"), true},
        {"chunked, bad size", "1.1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("half") + "zz\r\n",
         false},
        {"chunked, junk after a chunk", "1.1",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalfX\r\n0\r\n\r\n", false},
        {"until close, reset", "1.1", "HTTP/1.1 200 OK\r\n\r\nonly half", true},
        {"chunked to HTTP/1.0, closed", "1.0", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("half"),
         false},
        {"until close to HTTP/1.0, reset", "1.0", "HTTP/1.1 200 OK\r\n\r\nonly half", true},
    };
    for(auto const& c : cases)
    {
        SCOPED_TRACE(c.name);
        auto client = sent("GET / HTTP/" + c.version + "\r\nHost: a\r\n\r\n");
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(c.bytes);
        // The head has reached the client before anything goes wrong.
        auto const answer = read_response_head(client);
        EXPECT_EQ(answer.status, 200U);
        if(c.reset)
            server.reset();
        else
            server.close();
        auto const rest = client.read_all();
        EXPECT_EQ(rest.find("\r\n0\r\n"), std::string::npos) << "a last chunk was made up";
        EXPECT_NE(rest.substr(0, 3), "0\r\n") << "a last chunk was made up";
        auto const delimited = answer.has("Content-Length") || answer.has("Transfer-Encoding");
        EXPECT_TRUE(delimited || client.was_reset()) << "a clean end of content that has none";
    }
}

TEST_F(truncation, that_shows_before_anything_went_out_is_told)
{
    start();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\nhalf\n0\n\n");
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 502U);
    EXPECT_EQ(text(own_error(answer), "code"), "UPSTREAM_FRAMING");
}

TEST_F(truncation, shows_when_the_upstream_falls_silent)
{
    start({.upstream = "timeouts: {idle: 200ms}"});
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nonly half");
    auto const answer = read_response(client);
    EXPECT_FALSE(answer.complete);
    EXPECT_TRUE(server.closes());
}

// The upstream must be able to tell, too: what it got is not the whole request.
TEST_F(truncation, of_a_request_reaches_the_upstream_as_one)
{
    start();
    for(std::string const begun :
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nonly half",
         "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly half\r\n"})
    {
        auto client = sent(begun);
        auto server = upstream.accept();
        (void)read_request_head(server);
        EXPECT_NE(server.read_until("half").size(), 0U);
        client.close();
        EXPECT_EQ(server.read_all().find("0\r\n\r\n"), std::string::npos);
    }
}

} // namespace
} // namespace errata::test
