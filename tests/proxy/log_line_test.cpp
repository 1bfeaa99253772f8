#include "proxy/log_line.hpp"

#include <boost/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace errata
{
namespace
{

using namespace std::chrono_literals;
namespace json = boost::json;

std::string line_of(log_line line, access_record const& r)
{
    std::array<char, 8192> room{};
    line_sink out{room};
    EXPECT_TRUE(line.write(r, out));
    return {room.data(), out.size()};
}

access_record a_bad_gateway()
{
    access_record r;
    r.time = std::chrono::sys_days{std::chrono::year{2026} / 2 / 3} + 4h + 5min + 6s + 78ms;
    r.request_id = "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c";
    r.client = "192.0.2.9";
    r.method = "GET";
    r.host = "api.example.com";
    r.path = "/v1/users";
    r.protocol = "HTTP/1.1";
    r.status = 502;
    r.bytes_out = 312;
    r.total = 1'234'567us;
    r.connect = 5us;
    r.route = "users";
    r.upstream = "users";
    r.endpoint = "127.0.0.1:9001";
    r.attempts = 2;
    r.origin = "gateway";
    r.cause = "connect_refused";
    r.proxy_status = "connection_refused";
    r.code = "UPSTREAM_REFUSED";
    r.retry = "allowed";
    r.retry_after = 8;
    return r;
}

TEST(json_line, tells_what_there_is_and_leaves_out_the_rest)
{
    auto const line = line_of(log_line::json(), a_bad_gateway());
    EXPECT_EQ(json::parse(line), json::parse(R"({
        "time": "2026-02-03T04:05:06.078Z", "request_id": "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c", "client": "192.0.2.9",
        "method": "GET", "host": "api.example.com", "path": "/v1/users", "protocol": "HTTP/1.1", "status": 502,
        "bytes_in": 0, "bytes_out": 312, "total_ms": 1234.567, "connect_ms": 0.005,
        "route": "users", "upstream": "users", "endpoint": "127.0.0.1:9001", "attempts": 2, "origin": "gateway",
        "cause": "connect_refused", "proxy_status": "connection_refused", "code": "UPSTREAM_REFUSED",
        "retry": "allowed", "retry_after": 8})"));
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    EXPECT_EQ(line.back(), '\n');
}

TEST(json_line, of_an_empty_record_is_json)
{
    EXPECT_EQ(json::parse(line_of(log_line::json(), {})),
              json::parse(R"({"time": "1970-01-01T00:00:00.000Z", "status": 0, "bytes_in": 0, "bytes_out": 0})"));
}

TEST(json_line, escapes_what_could_forge_a_line_or_move_a_terminal)
{
    std::pair<std::string_view, std::string_view> const rows[] = {
        {"plain", "plain"},
        {"a\"b", R"(a\"b)"},
        {"a\\", R"(a\\)"},
        {"\",\"status\":200,\"x\":\"", R"(\",\"status\":200,\"x\":\")"},
        {"a\r\nb", R"(a\u000d\u000ab)"},
        {std::string_view{"\0", 1}, R"(\u0000)"},
        {"\x1b[2J\x7f", R"(\u001b[2J\u007f)"},
        {"\xc2\x9b"
         "2J",
         R"(\u009b2J)"},
        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        {"\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xff", R"(\ufffd)"},
        {"\xc3", R"(\ufffd)"},
        {"\xc0\xaf", R"(\ufffd\ufffd)"},
        {"\xed\xa0\x80", R"(\ufffd\ufffd\ufffd)"},
        {"\xf4\x90\x80\x80", R"(\ufffd\ufffd\ufffd\ufffd)"},
        {"\xe2\x82", R"(\ufffd\ufffd)"},
    };
    for(auto const& [text, wanted] : rows)
    {
        std::array<char, 256> room{};
        line_sink out{room};
        put_json_text(out, text);
        EXPECT_EQ(std::string_view(room.data(), out.size()), wanted);
    }
}

TEST(json_line, stays_one_json_object_whatever_bytes_it_holds)
{
    for(int first = 0; first < 256; ++first)
        for(int const second :
            {0x00, 0x09, 0x0a, 0x0d, 0x22, 0x5c, 0x7f, 0x80, 0x9b, 0xa0, 0xbf, 0xc2, 0xed, 0xf4, 0xff})
        {
            char const bytes[] = {char(first), char(second), 'x', char(first)};
            auto r = a_bad_gateway();
            r.path = {bytes, sizeof bytes};
            auto const line = line_of(log_line::json(), r);
            json::error_code ec;
            auto const parsed = json::parse(line, ec);
            ASSERT_FALSE(ec) << first << ' ' << second << ": " << line;
            ASSERT_EQ(parsed.at("status"), 502);
            ASSERT_EQ(std::ranges::count_if(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }), 1);
        }
}

TEST(json_line, finds_a_bad_byte_wherever_it_is)
{
    std::pair<char, std::string> const rows[] = {{'"', R"(\")"},        {'\\', R"(\\)"},       {'\n', R"(\u000a)"},
                                                 {'\0', R"(\u0000)"},   {'\x1f', R"(\u001f)"}, {'\x7f', R"(\u007f)"},
                                                 {'\x80', R"(\ufffd)"}, {'\xff', R"(\ufffd)"}};
    for(auto const& [bad, wanted] : rows)
        for(std::size_t size = 1; size < 40; ++size)
            for(std::size_t at = 0; at < size; ++at)
                for(char const filler : {' ', '!', 'a', '~'})
                {
                    std::string text(size, filler);
                    text[at] = bad;
                    std::array<char, 256> room{};
                    line_sink out{room};
                    put_json_text(out, text);
                    ASSERT_EQ(std::string_view(room.data(), out.size()),
                              std::string(at, filler) + wanted + std::string(size - at - 1, filler));
                }
}

TEST(text_line, follows_the_pattern)
{
    std::pair<std::string_view, std::string_view> const rows[] = {
        {"{status} {method}", "502 GET\n"},
        {"[{time}] {total_ms}", "[2026-02-03T04:05:06.078Z] 1234.567\n"},
        {"{dialect}|{retry_after}|{first_byte_ms}|{trace_id}", "-|8|-|-\n"},
        {"{unknown} {", "{unknown} {\n"},
        {"{status}{status}", "502502\n"},
        {"constant", "constant\n"},
        {"{\"status\":{status}}", "{\"status\":502}\n"},
        {"", "192.0.2.9 [2026-02-03T04:05:06.078Z] \"GET /v1/users\" 502 312 1234.567ms users 127.0.0.1:9001 "
             "connect_refused "
             "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c\n"},
    };
    for(auto const& [pattern, wanted] : rows)
        EXPECT_EQ(line_of(log_line::text(pattern), a_bad_gateway()), wanted) << pattern;
}

TEST(text_line, escapes_what_could_forge_a_line)
{
    auto r = a_bad_gateway();
    r.path = "/\"\r\n\x1b\\\xff\xc3\xbc";
    EXPECT_EQ(line_of(log_line::text("\"{path}\""), r), "\"/\\x22\\x0d\\x0a\\x1b\\x5c\\xff\xc3\xbc\"\n");
}

TEST(log_line, says_when_it_does_not_fit)
{
    auto const whole = line_of(log_line::json(), a_bad_gateway()).size();
    std::vector<char> room(whole);
    for(std::size_t size = 0; size < whole; ++size)
    {
        line_sink out{std::span{room}.first(size)};
        EXPECT_FALSE(log_line::json().write(a_bad_gateway(), out)) << size;
        EXPECT_LE(out.size(), size);
    }
    line_sink out{room};
    EXPECT_TRUE(log_line::json().write(a_bad_gateway(), out));
}

TEST(log_line, shows_the_right_second_when_it_is_used_again)
{
    auto line = log_line::text("{time}");
    auto r = a_bad_gateway();
    for(auto const& [later, wanted] :
        {std::pair{0ms, "2026-02-03T04:05:06.078Z\n"}, std::pair{900ms, "2026-02-03T04:05:06.978Z\n"},
         std::pair{922ms, "2026-02-03T04:05:07.000Z\n"}, std::pair{71'693'922ms, "2026-02-04T00:00:00.000Z\n"}})
    {
        std::array<char, 64> room{};
        line_sink out{room};
        auto at = r;
        at.time += later;
        EXPECT_TRUE(line.write(at, out));
        EXPECT_EQ(std::string_view(room.data(), out.size()), wanted);
    }
}

} // namespace
} // namespace errata
