#include "head_cases.hpp"

#include <gmock/gmock.h>

#include <optional>
#include <string>

namespace errata
{
namespace
{
using namespace std::string_literals;

constexpr auto malformed = failure::malformed_response;
using test::accepted;

std::string ok(std::string const& fields)
{
    return "HTTP/1.1 200 OK\r\n" + fields + "\r\n";
}

std::vector<test::head_case> const response_cases{
    // status line
    {"9112 4", "HTTP/1.1 200 OK\r\n\r\n", accepted},
    {"9112 4", "HTTP/1.1 200 \r\n\r\n", accepted},
    {"9112 4", "HTTP/1.1 404 Nicht gefunden, \tleider\r\n\r\n", accepted},
    {"9112 4", "HTTP/1.1 404 Introuvable \xe9\r\n\r\n", accepted},
    {"9112 4", "HTTP/1.0 200 OK\r\n\r\n", accepted},
    {"9110 2.5", "HTTP/1.7 200 OK\r\n\r\n", accepted},
    {"9112 4", "HTTP/1.1 200\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1  200 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1\t200 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 200\tOK\r\n\r\n", malformed},
    {"9112 4", " HTTP/1.1 200 OK\r\n\r\n", malformed},
    {"9112 4", "\r\nHTTP/1.1 200 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 2000 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 20 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 2x0 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 +20 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 -20 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 0xc8 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 \xd9\xa2\xd9\xa0 OK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 200 O\0K\r\n\r\n"s, malformed},
    {"9112 4", "HTTP/1.1 200 O\rK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 200 O\x1bK\r\n\r\n", malformed},
    {"9112 4", "HTTP/1.1 200 O\x7fK\r\n\r\n", malformed},
    {"9110 15", "HTTP/1.1 000 Zero\r\n\r\n", malformed},
    {"9110 15", "HTTP/1.1 099 Low\r\n\r\n", malformed},
    {"9110 15", "HTTP/1.1 100 Continue\r\n\r\n", accepted},
    {"9110 15", "HTTP/1.1 599 High\r\n\r\n", accepted},
    {"9110 15", "HTTP/1.1 600 Too high\r\n\r\n", malformed},
    {"9110 15", "HTTP/1.1 999 Blocked\r\n\r\n", malformed},
    {"9112 2.3", "http/1.1 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "HTTP/2.0 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "HTTP/2 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "HTTP/0.9 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "HTTP/1.10 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "HTTP/1 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "HTTP/ 1.1 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "HTTPS/1.1 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "ICY 200 OK\r\n\r\n", malformed},
    {"9112 2.3", "220 mail.example ESMTP ready\r\n", malformed},
    {"9112 2.3", "<html>hello</html>", malformed},
    {"9112 2.3", "{\"ok\": true}\r\n\r\n", malformed},
    {"9112 2.3", "\x15\x03\x03\x00\x02\x02\x28"s, malformed},
    {"9112 2.3", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", std::string(100, '\0'), malformed},

    // line ends
    {"9112 2.2", "HTTP/1.1 200 OK\n\n", malformed},
    {"9112 2.2", "HTTP/1.1 200 OK\r\nX: a\n\r\n", malformed},
    {"9112 2.2", "HTTP/1.1 200 OK\r\nX: a\r\n\n", malformed},
    {"9112 2.2", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", malformed},
    {"9112 2.2", "HTTP/1.1 200 OK\r\n X: a\r\n\r\n", malformed},

    // field lines
    {"9112 5", ok("X:\r\nY: \xff\tb\r\n"), accepted},
    {"9112 5", ok("Set-Cookie: a=\"b c\"; Path=/\r\nSet-Cookie: d=e\r\n"), accepted},
    {"9112 5.1", ok("X : a\r\n"), malformed},
    {"9112 5.1", ok("Content-Length : 3\r\n"), malformed},
    {"9112 5.2", ok("X: a\r\n b\r\n"), malformed},
    {"9112 5.2", ok("X: a\r\n\tb\r\n"), malformed},
    {"9112 5", ok(": a\r\n"), malformed},
    {"9112 5", ok("no colon\r\n"), malformed},
    {"9112 5", ok("X\r\n"), malformed},
    {"9110 5.1", ok("X(y): a\r\n"), malformed},
    {"9110 5.1", ok("X\xe9: a\r\n"), malformed},
    {"9110 5.5", ok("X: a\0\r\n"s), malformed},
    {"9110 5.5", ok("X: a\x08\r\n"), malformed},

    // framing
    {"9112 6.2", ok("Content-Length: 3\r\n"), accepted},
    {"9112 6.2", ok("Content-Length: 0003\r\n"), accepted},
    {"9112 6.3", ok("Content-Length: 3\r\nContent-Length: 3\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: 3\r\nContent-Length: 4\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: 3, 3\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: 3,4\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: -3\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: +3\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: 0x3\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: 3 bytes\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: abc\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length:\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: 9223372036854775808\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: 18446744073709551619\r\n"), failure::framing},
    {"9112 6.3", ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), failure::framing},
    {"9112 6.3", ok("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), failure::framing},
    {"9112 6.3", ok("Transfer-Encoding: gzip\r\nContent-Length: 3\r\n"), failure::framing},
    {"9112 6.1", ok("Transfer-Encoding: CHUNKED\r\n"), accepted},
    {"9112 6.1", ok("Transfer-Encoding: gzip, chunked\r\n"), failure::transfer_coding},
    {"9112 6.1", ok("Transfer-Encoding: gzip\r\n"), failure::transfer_coding},
    {"9112 6.1", ok("Transfer-Encoding: identity\r\n"), failure::transfer_coding},
    {"9112 6.1", ok("Transfer-Encoding: chunked, chunked\r\n"), failure::framing},
    {"9112 6.1", ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), failure::framing},
    {"9112 6.1", ok("Transfer-Encoding: chunked, gzip\r\n"), failure::framing},
    {"9112 7", ok("Transfer-Encoding: chunked;a=b\r\n"), failure::framing},
    {"9112 7", ok("Transfer-Encoding: (chunked)\r\n"), failure::framing},
    {"9112 7", ok("Transfer-Encoding:\r\n"), failure::framing},
    {"9112 6.1", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", failure::framing},

    // sizes
    {"9110 5.4", ok("X: " + std::string(60000, 'a') + "\r\n"), accepted},
    {"9110 5.4", ok("X: " + std::string(70000, 'a') + "\r\n"), failure::response_headers_too_large},
    {"9110 5.4", "HTTP/1.1 200 " + std::string(70000, 'a'), failure::response_headers_too_large},
};

parse_result parse(std::string_view bytes, std::string_view method, head& out)
{
    return response_parser{}.parse(bytes, {}, method, out);
}

auto const parse_with = [](response_parser& parser, std::string_view bytes, head& out)
{ return parser.parse(bytes, {}, "GET", out); };

TEST(response_head, is_accepted_or_refused_as_the_rfc_says)
{
    test::expect_verdicts<response_parser>(response_cases, parse_with);
}

TEST(response_head, reads_the_same_however_its_bytes_come_in)
{
    test::expect_verdicts_byte_by_byte<response_parser>(response_cases, parse_with);
}

TEST(response_head, is_refused_at_the_first_byte_of_another_protocol)
{
    for(auto const& beginning : {"2"s, "h"s, "HTTP/2"s, "HTTPS"s, "\x15"s, "<"s})
    {
        head h;
        EXPECT_EQ(parse(beginning, "GET", h).status, parse_status::failed) << beginning;
    }
    head h;
    EXPECT_EQ(parse("HTTP/1.", "GET", h).status, parse_status::need_more);
}

TEST(response_head, may_have_as_many_fields_as_the_limit_says)
{
    std::string fields;
    for(int i = 0; i < 100; ++i)
        fields += "X: a\r\n";
    head h;
    EXPECT_EQ(parse(ok(fields), "GET", h).status, parse_status::complete);
    EXPECT_EQ(parse(ok(fields + "X: a\r\n"), "GET", h).why, failure::response_headers_too_large);
}

struct content_case
{
    std::string method, bytes;
    framing body;
    bool keep_alive;
};

TEST(response_head, says_how_its_content_ends)
{
    content_case const cases[] = {
        {"GET", ok(""), framing::until_close, false},
        {"GET", ok("Content-Length: 0\r\n"), framing::length, true},
        {"GET", ok("Content-Length: 0\r\nConnection: close\r\n"), framing::length, false},
        {"GET", ok("Transfer-Encoding: chunked\r\n"), framing::chunked, true},
        {"GET", "HTTP/1.0 200 OK\r\n\r\n", framing::until_close, false},
        {"GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", framing::length, false},
        {"GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n", framing::length, true},
        {"HEAD", ok(""), framing::none, true},
        {"HEAD", ok("Content-Length: 5\r\n"), framing::none, true},
        {"HEAD", ok("Transfer-Encoding: chunked\r\n"), framing::none, true},
        {"head", ok("Content-Length: 5\r\n"), framing::length, true},
        {"GET", "HTTP/1.1 204 No Content\r\n\r\n", framing::none, true},
        {"GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", framing::none, true},
        {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", framing::none, true},
        {"GET", "HTTP/1.1 103 Early Hints\r\n\r\n", framing::none, true},
        {"GET", "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", framing::length, true},
    };
    for(auto const& c : cases)
    {
        head h;
        ASSERT_EQ(parse(c.bytes, c.method, h).status, parse_status::complete) << c.bytes;
        EXPECT_EQ(h.body, c.body) << c.method << ' ' << c.bytes;
        EXPECT_EQ(h.keep_alive, c.keep_alive) << c.method << ' ' << c.bytes;
        EXPECT_FALSE(h.request);
    }
}

TEST(response_head, gives_status_and_reason)
{
    head h;
    auto const bytes = "HTTP/1.0 503 Try  later\r\nRetry-After: 5\r\n\r\nbody"s;
    auto const r = parse(bytes, "GET", h);
    EXPECT_EQ(r.consumed, bytes.size() - 4);
    EXPECT_EQ(h.status, 503U);
    EXPECT_EQ(h.reason, "Try  later");
    EXPECT_EQ(h.minor, 0U);
    EXPECT_EQ(h.value(field_id::retry_after), "5");
}

TEST(response_head, names_the_protocol_it_switches_to)
{
    head h;
    parse("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "GET", h);
    EXPECT_TRUE(h.upgrade);
    EXPECT_EQ(h.upgrade_protocol, "websocket");
    EXPECT_EQ(h.body, framing::none);
}

} // namespace
} // namespace errata
