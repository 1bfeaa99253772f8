#include "head_cases.hpp"
#include "proxy/head_writer.hpp"

#include <gmock/gmock.h>

#include <optional>
#include <string>

namespace errata
{
namespace
{
using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto malformed = failure::malformed_request;
using test::accepted;

std::string get(std::string const& fields)
{
    return "GET / HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n";
}

std::string with_target(std::string const& target, std::string const& method = "GET")
{
    return method + " " + target + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
}

std::string with_host(std::string const& value)
{
    return "GET / HTTP/1.1\r\nHost:" + value + "\r\n\r\n";
}

std::vector<test::head_case> const request_cases{
    // request line
    {"9112 3", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", accepted},
    {"9112 3", "get / HTTP/1.1\r\nHost: a\r\n\r\n", accepted},
    {"9112 3", "M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", accepted},
    {"9112 3", "!#$%&'*+-.^_`|~ / HTTP/1.1\r\nHost: a\r\n\r\n", accepted},
    {"9112 3", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET(/) / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET: / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "G\xc3\x89T / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "/ HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", "GET\r\nHost: a\r\n\r\n", malformed},
    {"9112 3", std::string(32, 'M') + " / HTTP/1.1\r\nHost: a\r\n\r\n", accepted},
    {"9112 3", std::string(33, 'M') + " / HTTP/1.1\r\nHost: a\r\n\r\n", failure::not_implemented},
    {"9112 3", with_target("/" + std::string(8191, 'a')), accepted},
    {"9112 3", with_target("/" + std::string(8192, 'a')), failure::uri_too_long},
    {"9112 3", with_target("/" + std::string(70000, 'a')), failure::uri_too_long},

    // version
    {"9112 2.3", "GET / HTTP/1.0\r\n\r\n", accepted},
    {"9112 2.3", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", accepted},
    {"9112 2.3", "GET / HTTP/1.9\r\nHost: a\r\n\r\n", accepted},
    {"9112 2.3", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", failure::http_version},
    {"9112 2.3", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", failure::http_version},
    {"9112 2.3", "GET / HTTP/3.1\r\nHost: a\r\n\r\n", failure::http_version},
    {"9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", failure::http_version},
    {"9112 2.3", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / HTTP/11\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / HTTP/1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / HTTP/2\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / http/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / HTTP /1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / HTTP/1,1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / HTTP/1.x\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / HTTP/+1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / HTTPS/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.3", "GET / ICY/1.1\r\nHost: a\r\n\r\n", malformed},
    {"1945 4.1", "GET /\r\n\r\n", malformed},

    // empty lines and line ends
    {"9112 2.2", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", accepted},
    {"9112 2.2", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.2", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.2", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\nHost: a\r\n\r\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\r\nHost: a\n\r\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\n\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\nHost: a\n\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n \r\n\r\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", malformed},
    {"9112 2.2", "GET / HTTP/1.1\r\n\tX: b\r\nHost: a\r\n\r\n", malformed},

    // targets
    {"9112 3.2.1", with_target("/where?q=now"), accepted},
    {"9112 3.2.1", with_target("//a//b"), accepted},
    {"9112 3.2.1", with_target("/a%20b?c=%zz"), accepted},
    {"9112 3.2.1", with_target("/?filter[name]={\"a\"|'b'}^`\\<>"), accepted},
    {"9112 3.2.1", with_target("where"), malformed},
    {"9112 3.2.1", with_target("?q"), malformed},
    {"9112 3.2.1", with_target("a.example/b"), malformed},
    {"9112 3.2.1", with_target(""), malformed},
    {"9112 3.2", with_target("/a#fragment"), malformed},
    {"9112 3.2", with_target("http://a.example/a#fragment"), malformed},
    {"9112 3.2", with_target("/caf\xc3\xa9"), malformed},
    {"9112 3.2", with_target("/a\x80"), malformed},
    {"9112 3.2", with_target("/a\x7f"), malformed},
    {"9112 3.2", with_target("/a\0b"s), malformed},
    {"9112 3.2", with_target("/a\x01"), malformed},
    {"9112 3.2", with_target("/a\x1b[0m"), malformed},
    {"9112 3.2.2", with_target("http://b.example/"), accepted},
    {"9112 3.2.2", with_target("HTTP://b.example:8080/a?b"), accepted},
    {"9112 3.2.2", with_target("https://b.example"), accepted},
    {"9112 3.2.2", with_target("http://b.example?q=1"), accepted},
    {"9112 3.2.2", with_target("http:///a"), malformed},
    {"9112 3.2.2", with_target("http://"), malformed},
    {"9112 3.2.2", with_target("http:/a"), malformed},
    {"9112 3.2.2", with_target("ftp://b.example/"), malformed},
    {"9112 3.2.2", with_target("javascript:alert(1)"), malformed},
    {"9110 4.2.4", with_target("http://user@b.example/"), malformed},
    {"9110 4.2.4", with_target("http://user:pass@b.example/"), malformed},
    {"9112 3.2.2", with_target("http://b.example:port/"), malformed},
    {"9112 3.2.2", with_target("http://b.example:65536/"), malformed},
    {"9112 3.2.2", "GET http://b.example/ HTTP/1.1\r\n\r\n", malformed},
    {"9112 3.2.2", "GET http://b.example/ HTTP/1.1\r\nHost: a b\r\n\r\n", malformed},
    {"9112 3.2.3", with_target("b.example:443", "CONNECT"), accepted},
    {"9112 3.2.3", with_target("[::1]:443", "CONNECT"), accepted},
    {"9112 3.2.3", with_target("b.example", "CONNECT"), malformed},
    {"9112 3.2.3", with_target("b.example:", "CONNECT"), malformed},
    {"9112 3.2.3", with_target("/", "CONNECT"), malformed},
    {"9112 3.2.3", with_target("http://b.example:443/", "CONNECT"), malformed},
    {"9112 3.2.3", with_target("b.example:443"), malformed},
    {"9112 3.2.4", with_target("*", "OPTIONS"), accepted},
    {"9112 3.2.4", with_target("*"), malformed},
    {"9112 3.2.4", with_target("*", "options"), malformed},
    {"9112 3.2.4", with_target("*/a", "OPTIONS"), malformed},

    // Host
    {"9112 3.2", "GET / HTTP/1.1\r\n\r\n", malformed},
    {"9112 3.2", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", malformed},
    {"9112 3.2", "GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n", malformed},
    {"9112 3.2", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", malformed},
    {"9110 7.2", with_host("a.example:8080"), accepted},
    {"9110 7.2", with_host("a.example:"), accepted},
    {"9110 7.2", with_host(" \t a.example \t "), accepted},
    {"9110 7.2", with_host("127.0.0.1:80"), accepted},
    {"9110 7.2", with_host("[::1]"), accepted},
    {"9110 7.2", with_host("[2001:db8::7]:8443"), accepted},
    {"9110 7.2", with_host("my_service.internal"), accepted},
    {"9110 7.2", with_host("xn--bcher-kva.example"), accepted},
    {"9110 7.2", with_host("a%41.example"), accepted},
    {"9110 7.2", with_host(""), malformed},
    {"9110 7.2", with_host("  "), malformed},
    {"9110 7.2", with_host(":80"), malformed},
    {"9110 7.2", with_host("a b"), malformed},
    {"9110 7.2", with_host("a,b"), malformed},
    {"9110 7.2", with_host("a, a"), malformed},
    {"9110 7.2", with_host("a/b"), malformed},
    {"9110 7.2", with_host("a?b"), malformed},
    {"9110 7.2", with_host("a#b"), malformed},
    {"9110 7.2", with_host("a\\b"), malformed},
    {"9110 7.2", with_host("a\"b"), malformed},
    {"9110 7.2", with_host("a<b>"), malformed},
    {"9110 7.2", with_host("user@a"), malformed},
    {"9110 7.2", with_host("user:pass@a"), malformed},
    {"9110 7.2", with_host("http://a"), malformed},
    {"9110 7.2", with_host("a:b"), malformed},
    {"9110 7.2", with_host("a:0"), malformed},
    {"9110 7.2", with_host("a:-1"), malformed},
    {"9110 7.2", with_host("a:+80"), malformed},
    {"9110 7.2", with_host("a: 80"), malformed},
    {"9110 7.2", with_host("a:65536"), malformed},
    {"9110 7.2", with_host("a:000080"), malformed},
    {"9110 7.2", with_host("a:80:80"), malformed},
    {"9110 7.2", with_host("a%4"), malformed},
    {"9110 7.2", with_host("a%zz"), malformed},
    {"9110 7.2", with_host("caf\xc3\xa9"), malformed},
    {"9110 7.2", with_host("a\0b"s), malformed},
    {"9110 7.2", with_host("::1"), malformed},
    {"9110 7.2", with_host("[::1"), malformed},
    {"9110 7.2", with_host("[]"), malformed},
    {"9110 7.2", with_host("[::g]"), malformed},
    {"9110 7.2", with_host("[fe80::1%25eth0]"), malformed},
    {"9110 7.2", with_host("[::1]a"), malformed},
    {"9110 7.2", with_host("[127.0.0.1]"), malformed},
    {"9110 7.2", with_host(std::string(256, 'a')), malformed},

    // field lines
    {"9112 5", get("X:a\r\n"), accepted},
    {"9112 5", get("X: \t a \t \r\n"), accepted},
    {"9112 5", get("X:\r\n"), accepted},
    {"9112 5", get("X: a:b\tc\r\n"), accepted},
    {"9110 5.5", get("X: caf\xe9 \xff\r\n"), accepted},
    {"9112 5.1", get("X : a\r\n"), malformed},
    {"9112 5.1", get("X\t: a\r\n"), malformed},
    {"9112 5.1", get("Content-Length : 5\r\n"), malformed},
    {"9112 5.1", get("Transfer-Encoding : chunked\r\n"), malformed},
    {"9112 5.2", get("X: a\r\n b\r\n"), malformed},
    {"9112 5.2", get("X: a\r\n\tb\r\n"), malformed},
    {"9112 5", get(": a\r\n"), malformed},
    {"9112 5", get("X\r\n"), malformed},
    {"9112 5", get("X a\r\n"), malformed},
    {"9112 5", get("X Y: a\r\n"), malformed},
    {"9110 5.1", get("X(y): a\r\n"), malformed},
    {"9110 5.1", get("X/y: a\r\n"), malformed},
    {"9110 5.1", get("\"X\": a\r\n"), malformed},
    {"9110 5.1", get("X\xc3\xa9: a\r\n"), malformed},
    {"9110 5.5", get("X: a\0b\r\n"s), malformed},
    {"9110 5.5", get("X\0Y: a\r\n"s), malformed},
    {"9110 5.5", get("X: a\x0b\r\n"), malformed},
    {"9110 5.5", get("X: a\x7f\r\n"), malformed},

    // content
    {"9112 6.2", get("Content-Length: 5\r\n"), accepted},
    {"9112 6.2", get("Content-Length: 0\r\n"), accepted},
    {"9112 6.2", get("Content-Length: 005\r\n"), accepted},
    {"9112 6.2", get("Content-Length: 9223372036854775807\r\n"), accepted},
    {"9112 6.3", get("Content-Length: 9223372036854775808\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 18446744073709551621\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 99999999999999999999999\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5, 5\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5,6\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5,\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5\r\nContent-Length: 5\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5\r\nContent-Length: 6\r\n"), malformed},
    {"9112 6.3", get("Content-Length:\r\n"), malformed},
    {"9112 6.3", get("Content-Length: +5\r\n"), malformed},
    {"9112 6.3", get("Content-Length: -5\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 0x5\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5 0\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5.0\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5e1\r\n"), malformed},
    {"9112 6.3", get("Content-Length: \"5\"\r\n"), malformed},
    {"9112 6.3", get("Content-Length: 5;a\r\n"), malformed},
    {"9112 6.3", get("Content-Length: \xd9\xa5\r\n"), malformed},
    {"9112 6.1", get("Transfer-Encoding: chunked\r\n"), accepted},
    {"9112 6.1", get("Transfer-Encoding: Chunked\r\n"), accepted},
    {"9112 6.3", get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), malformed},
    {"9112 6.3", get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), malformed},
    {"9112 6.3", get("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), malformed},
    {"9112 6.3", get("Transfer-Encoding: identity\r\n"), malformed},
    {"9112 6.3", get("Transfer-Encoding: gzip\r\n"), malformed},
    {"9112 6.3", get("Transfer-Encoding: chunked, gzip\r\n"), malformed},
    {"9112 6.3", get("Transfer-Encoding: xchunked\r\n"), malformed},
    {"9112 6.1", get("Transfer-Encoding: gzip, chunked\r\n"), failure::not_implemented},
    {"9112 6.1", get("Transfer-Encoding: gzip;level=9, chunked\r\n"), failure::not_implemented},
    {"9112 6.1", get("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"), failure::not_implemented},
    {"9112 6.1", get("Transfer-Encoding: chunked, chunked\r\n"), malformed},
    {"9112 6.1", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), malformed},
    {"9112 6.1", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), malformed},
    {"9112 7", get("Transfer-Encoding: chunked;q=1\r\n"), malformed},
    {"9112 7", get("Transfer-Encoding: \"chunked\"\r\n"), malformed},
    {"9112 7", get("Transfer-Encoding: ,chunked\r\n"), malformed},
    {"9112 7", get("Transfer-Encoding: chunked,\r\n"), malformed},
    {"9112 7", get("Transfer-Encoding:\r\n"), malformed},
    {"9112 7", get("Transfer-Encoding: chunked gzip\r\n"), malformed},
    {"9112 7",
     get("Transfer-Encoding: \x0b"
         "chunked\r\n"),
     malformed},
    {"9112 7", get("Transfer_Encoding: chunked\r\n"), accepted},
    {"9112 6.1", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", malformed},
    {"9112 6.1", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", malformed},

    // expectations
    {"9110 10.1.1", get("Expect: 100-Continue\r\nContent-Length: 5\r\n"), accepted},
    {"9110 10.1.1", get("Expect: 100-continue\r\n"), accepted},
    {"9110 10.1.1", get("Expect: a miracle\r\n"), failure::expectation_failed},
    {"9110 10.1.1", get("Expect: 100-continue, more\r\n"), failure::expectation_failed},
    {"9110 10.1.1", "GET / HTTP/1.0\r\nExpect: a miracle\r\n\r\n", accepted},

    // sizes
    {"6585 5", get("X: " + std::string(60000, 'a') + "\r\n"), accepted},
    {"6585 5", get("X: " + std::string(65536, 'a') + "\r\n"), failure::request_headers_too_large},
};

parse_result parse(std::string_view bytes, head& out)
{
    return request_parser{}.parse(bytes, {}, out);
}

head parsed(std::string const& bytes)
{
    head h;
    EXPECT_EQ(parse(bytes, h).status, parse_status::complete) << bytes;
    return h;
}

auto const parse_with = [](request_parser& parser, std::string_view bytes, head& out)
{ return parser.parse(bytes, {}, out); };

TEST(request_head, is_accepted_or_refused_as_the_rfc_says)
{
    test::expect_verdicts<request_parser>(request_cases, parse_with);
}

TEST(request_head, reads_the_same_however_its_bytes_come_in)
{
    test::expect_verdicts_byte_by_byte<request_parser>(request_cases, parse_with);
}

TEST(request_head, is_refused_before_it_is_complete_where_no_rest_could_help)
{
    for(auto const& beginning : {"\x16\x03\x01"s, "GET / HTTP/1.1\n"s, "GET /\r\n"s, "GET / HTTP/2.0\r\n"s,
                                 "GET /\x80 HTTP/1.1\r\n"s, "GET / HTTP/1.1\r\nX: \0"s})
    {
        head h;
        EXPECT_EQ(parse(beginning, h).status, parse_status::failed) << testing::PrintToString(beginning);
    }
}

TEST(request_head, that_never_ends_is_refused_at_its_limit)
{
    head h;
    EXPECT_EQ(parse(std::string(9000, 'A'), h).why, failure::uri_too_long);
    EXPECT_EQ(parse("GET /" + std::string(9000, 'a'), h).why, failure::uri_too_long);
    auto const fields = parse("GET / HTTP/1.1\r\nX: " + std::string(65536, 'a'), h);
    EXPECT_EQ(fields.status, parse_status::failed);
    EXPECT_EQ(fields.why, failure::request_headers_too_large);
}

TEST(request_head, may_have_as_many_fields_as_the_limit_says)
{
    std::string fields;
    for(int i = 0; i < 99; ++i)
        fields += "X: a\r\n";
    head h;
    EXPECT_EQ(parse(get(fields), h).status, parse_status::complete);
    EXPECT_EQ(parse(get(fields + "X: a\r\n"), h).why, failure::request_headers_too_large);
}

TEST(request_head, ends_where_the_next_message_begins)
{
    head h;
    auto const first = "\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n"s;
    auto const r = parse(first + "GET /2 HTTP/1.1\r\n\0\n"s, h);
    EXPECT_EQ(r.status, parse_status::complete);
    EXPECT_EQ(r.consumed, first.size());
}

TEST(request_head, gives_its_parts_as_views_into_the_bytes)
{
    auto const bytes = "POST /a?b=c HTTP/1.1\r\nHost: a.example:81\r\nX-Y: \t z \r\nContent-length: 12\r\n\r\n"s;
    auto const h = parsed(bytes);
    EXPECT_EQ(h.method, "POST");
    EXPECT_EQ(h.target, "/a?b=c");
    EXPECT_EQ(h.path_and_query, "/a?b=c");
    EXPECT_EQ(h.host, "a.example");
    EXPECT_EQ(h.authority, "a.example:81");
    EXPECT_THAT(h.fields, ElementsAre(field{"Host", "a.example:81"}, field{"X-Y", "z"}, field{"Content-length", "12"}));
    EXPECT_THAT(h.ids, ElementsAre(field_id::host, field_id::other, field_id::content_length));
    EXPECT_TRUE(h.has(field_id::host));
    EXPECT_FALSE(h.has(field_id::via));
    EXPECT_EQ(h.value(field_id::content_length), "12");
    EXPECT_EQ(h.value(field_id::via), "");
    EXPECT_EQ(h.body, framing::length);
    EXPECT_EQ(h.content_length, 12U);
    for(auto const& f : h.fields)
        EXPECT_TRUE(f.name.data() >= bytes.data() && f.value.data() + f.value.size() <= bytes.data() + bytes.size());
}

TEST(request_head, leaves_nothing_behind_in_the_head_it_fills)
{
    head h;
    parse("PUT http://b.example?x HTTP/1.0\r\nConnection: keep-alive, X\r\nContent-Length: 7\r\n\r\n", h);
    parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n", h);
    EXPECT_EQ(h.fields.size(), 1U);
    EXPECT_EQ(h.ids.size(), 1U);
    EXPECT_THAT(h.nominated, IsEmpty());
    EXPECT_EQ(h.body, framing::none);
    EXPECT_EQ(h.content_length, 0U);
    EXPECT_EQ(h.host, "a");
    EXPECT_EQ(h.minor, 1U);
}

struct route_case
{
    std::string bytes, host, authority, path;
};

TEST(request_head, is_routed_by_its_target_first_and_by_host_otherwise)
{
    route_case const cases[] = {
        {"GET http://b.example:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "b.example", "b.example:81", "/x?y"},
        {"GET http://b.example HTTP/1.1\r\nHost: a\r\n\r\n", "b.example", "b.example", "/"},
        {"GET http://b.example?y HTTP/1.1\r\nHost: a\r\n\r\n", "b.example", "b.example", "/?y"},
        {"OPTIONS http://b.example HTTP/1.1\r\nHost: a\r\n\r\n", "b.example", "b.example", "*"},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "a", "a", "*"},
        {"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "[::1]", "[::1]:80", "/"},
        {"GET / HTTP/1.1\r\nHost: a:\r\n\r\n", "a", "a", "/"},
        {"GET / HTTP/1.0\r\n\r\n", "", "", "/"},
        {"CONNECT b.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", "b.example", "b.example:443", ""},
    };
    for(auto const& c : cases)
    {
        head h;
        ASSERT_EQ(parse(c.bytes, h).status, parse_status::complete) << c.bytes;
        EXPECT_EQ(h.host, c.host) << c.bytes;
        EXPECT_EQ(h.authority, c.authority) << c.bytes;
        EXPECT_EQ(h.path_and_query, c.path) << c.bytes;
    }
}

struct persistence_case
{
    std::string version, fields;
    bool keep_alive;
};

TEST(request_head, keeps_the_connection_as_version_and_options_say)
{
    persistence_case const cases[] = {
        {"HTTP/1.1", "", true},
        {"HTTP/1.1", "Connection: close\r\n", false},
        {"HTTP/1.1", "Connection: foo, CLOSE\r\n", false},
        {"HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
        {"HTTP/1.1", "Connection: closed\r\n", true},
        {"HTTP/1.0", "", false},
        {"HTTP/1.0", "Connection: Keep-Alive\r\n", true},
        {"HTTP/1.0", "Connection: keep-alive, close\r\n", false},
        {"HTTP/1.0", "Proxy-Connection: keep-alive\r\n", false},
    };
    for(auto const& c : cases)
        EXPECT_EQ(parsed("GET / " + c.version + "\r\nHost: a\r\n" + c.fields + "\r\n").keep_alive, c.keep_alive)
            << c.version << ' ' << c.fields;
}

struct upgrade_case
{
    std::string head;
    bool upgrade;
};

TEST(request_head, asks_for_an_upgrade_only_with_the_option_in_http_1_1)
{
    upgrade_case const cases[] = {
        {"HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket", true},
        {"HTTP/1.1\r\nUpgrade: websocket", false},
        {"HTTP/1.1\r\nConnection: upgrade", false},
        {"HTTP/1.1\r\nConnection: upgrade\r\nUpgrade:", false},
        {"HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket", false},
        {"HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA", false},
        {"HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket, H2C", false},
    };
    for(auto const& c : cases)
    {
        auto const bytes = "GET / " + c.head + "\r\nHost: a\r\n\r\n";
        head h;
        parse(bytes, h);
        EXPECT_EQ(h.upgrade, c.upgrade) << c.head;
        EXPECT_EQ(h.upgrade_protocol, c.upgrade ? "websocket" : "") << c.head;
    }
}

TEST(request_head, expects_continue_only_in_http_1_1_and_with_content)
{
    EXPECT_TRUE(parsed(get("Expect: 100-continue\r\nContent-Length: 1\r\n")).expect_continue);
    EXPECT_TRUE(parsed(get("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")).expect_continue);
    EXPECT_FALSE(parsed(get("Expect: 100-continue\r\n")).expect_continue);
    EXPECT_FALSE(parsed("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n").expect_continue);
}

std::vector<std::string> hop_by_hop(head const& h)
{
    std::vector<std::string> names;
    for(std::size_t i = 0; i < h.fields.size(); ++i)
        if(h.is_hop_by_hop(i))
            names.emplace_back(h.fields[i].name);
    return names;
}

TEST(request_head, tells_the_fields_that_end_at_this_hop)
{
    auto const bytes = get("Connection: X-Mine, close\r\nKeep-Alive: 5\r\nProxy-Connection: a\r\nTE: trailers\r\n"
                           "Upgrade: b\r\nX-MINE: c\r\nX-Yours: d\r\nProxy-Authorization: e\r\nHTTP2-Settings: f\r\n"
                           "Trailer: g\r\nAccept: h\r\n");
    EXPECT_THAT(hop_by_hop(parsed(bytes)), ElementsAre("Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade",
                                                       "X-MINE", "Proxy-Authorization", "HTTP2-Settings", "Trailer"));
}

TEST(request_head, announces_trailers_further_when_it_is_chunked)
{
    EXPECT_THAT(hop_by_hop(parsed(get("Transfer-Encoding: chunked\r\nTrailer: X\r\n"))),
                ElementsAre("Transfer-Encoding"));
}

// "Connection: X-Forwarded-For" and the like are known ways to take a field away from the upstream that the gateway has
// already relied on.
TEST(request_head, does_not_lose_framing_routing_or_credentials_to_a_connection_option)
{
    auto const bytes =
        get("Connection: Content-Length, Host, Content-Type, Authorization, X-Forwarded-For, X-Request-Id, "
            "Cache-Control, X-Own\r\nContent-Length: 0\r\nContent-Type: a/b\r\nAuthorization: c\r\n"
            "X-Forwarded-For: d\r\nX-Request-Id: e\r\nCache-Control: f\r\nX-Own: g\r\n");
    EXPECT_THAT(hop_by_hop(parsed(bytes)), ElementsAre("Connection", "X-Own"));
}

TEST(request_head, tells_upstream_where_the_client_is_if_it_has_an_address)
{
    struct forwarding
    {
        char const *address, *theirs, *written;
    };
    constexpr char client[] = "192.0.2.1", socket[] = "", none[] = "", proxy[] = "X-Forwarded-For: 203.0.113.7\r\n",
                   standard[] = "Forwarded: for=203.0.113.7\r\n";
    for(auto const& each : {forwarding{client, none, "X-Forwarded-For: 192.0.2.1\r\n"},
                            {client, proxy, "X-Forwarded-For: 203.0.113.7, 192.0.2.1\r\n"},
                            {client, standard, "Forwarded: for=203.0.113.7, for=192.0.2.1;proto=http\r\n"},
                            {socket, proxy, "X-Forwarded-For: 203.0.113.7\r\n"},
                            {socket, standard, "Forwarded: for=203.0.113.7, for=unknown;proto=http\r\n"},
                            {socket, none, "\r\nX-Forwarded-Proto: http\r\n"}})
    {
        auto const bytes = get(each.theirs);
        auto const from = parsed(bytes);
        request_edits edits;
        edits.target = from.path_and_query;
        edits.host = edits.client_host = from.authority;
        edits.client_address = each.address;
        edits.trusted = true;
        out_buffer out;
        write_request_head(from, edits, out);
        EXPECT_THAT(std::string{out.view()}, testing::HasSubstr(each.written));
        EXPECT_THAT(std::string{out.view()}, testing::Not(testing::HasSubstr("X-Forwarded-For: \r\n")));
    }
}

TEST(field_id, is_found_for_every_spelling_of_a_name_and_for_no_other)
{
    EXPECT_EQ(id_of("Transfer-Encoding"), field_id::transfer_encoding);
    EXPECT_EQ(id_of("TRANSFER-ENCODING"), field_id::transfer_encoding);
    EXPECT_EQ(id_of("te"), field_id::te);
    EXPECT_EQ(id_of("Access-Control-Expose-Headers"), field_id::access_control_expose_headers);
    for(auto const* name : {"", "t", "tf", "Transfer_Encoding", "Transfer-Encodin", "Transfer-Encoding2", "Hos\x14",
                            "X-Forwarded-Fox", "Access-Control-Expose-Headers2"})
        EXPECT_EQ(id_of(name), field_id::other) << name;
}

} // namespace
} // namespace errata
