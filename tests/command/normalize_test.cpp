#include "command/normalize.hpp"

#include "command/running.hpp"
#include "command/sample.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace errata
{
namespace
{
namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

using test::outcome;

outcome normalized(normalize_options const& options, std::string const& input)
{
    std::istringstream in{input};
    std::ostringstream out, err;
    console io{in, out, err, [](std::string const&) { return std::nullopt; }};
    auto const status = run_normalize(options, io);
    return {status, out.str(), err.str()};
}

json::object line(std::string const& input)
{
    normalize_options options;
    options.jsonl = true;
    auto const got = normalized(options, input + "\n");
    EXPECT_EQ(got.status, exit_good) << got.err;
    return json::parse(got.out).as_object();
}
} // namespace

TEST(normalize_command, prints_the_complete_answer)
{
    normalize_options options;
    options.status = 404;
    options.fields = {"Content-Type: application/json", "ETag: \"x\"", "Transfer-Encoding: chunked"};
    auto const got = normalized(options, R"({"message":"no such user"})");
    EXPECT_EQ(got.status, exit_good);
    EXPECT_THAT(got.out, testing::StartsWith("HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n"));
    EXPECT_THAT(got.out, HasSubstr("\r\n\r\n{\"type\":\"about:blank\""));
    EXPECT_THAT(got.out, HasSubstr(R"("detail":"no such user")"));
    EXPECT_THAT(got.out, Not(HasSubstr("ETag")));
    EXPECT_THAT(got.out, Not(HasSubstr("chunked")));
}

TEST(normalize_command, frames_what_goes_out_as_it_came)
{
    normalize_options options;
    options.status = 200;
    EXPECT_EQ(normalized(options, "fine").out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine");
}

TEST(normalize_command, refuses_a_field_without_a_colon)
{
    normalize_options options;
    options.fields = {"nonsense"};
    EXPECT_EQ(normalized(options, "").status, exit_usage);
}

TEST(normalize_command, says_which_lines_are_no_samples_and_goes_on)
{
    normalize_options options;
    options.jsonl = true;
    auto const got = normalized(options, "{\n\n{\"id\":1}\n{\"id\":2,\"status\":404}\n");
    EXPECT_EQ(got.status, exit_mistakes);
    EXPECT_EQ(got.err, "errata: line 1: not a JSON object\nerrata: line 3: no status\n");
    EXPECT_EQ(json::parse(got.out).at("id").to_number<int>(), 2);
}

TEST(normalize_lines, tell_what_was_recognised_before_any_mapping)
{
    auto const got = line(R"({"id":"a-1","status":429,"headers":{"content-type":"application/json","retry-after":"3"},)"
                          R"("body":"{\n \"message\":\"Slow down, please.\",\n \"code\":50014,\"a\":[\n1]}"})");
    EXPECT_EQ(got.at("id").as_string(), "a-1");
    EXPECT_EQ(got.at("status").to_number<int>(), 429);
    EXPECT_TRUE(got.at("rewritten").as_bool());
    EXPECT_EQ(got.at("headers").at("Retry-After").as_string(), "3");
    EXPECT_EQ(got.at("body").at("code").as_string(), "RATE_LIMIT_EXCEEDED");
    auto const& recognized = got.at("recognized").as_object();
    EXPECT_EQ(recognized.at("detail").as_string(), "Slow down, please.");
    EXPECT_EQ(recognized.at("code").to_number<int>(), 50014);
    EXPECT_EQ(recognized.at("retry_after_s").to_number<int>(), 3);
    EXPECT_TRUE(recognized.at("errors").as_array().empty());
    EXPECT_TRUE(recognized.at("request_id").is_null());
}

TEST(normalize_lines, recognise_errors_in_success_without_rewriting_them)
{
    auto const got = line(
        R"({"id":1,"status":200,"headers":{"content-type":"application/json"},"body":"{\"ok\":false,\"error\":\"invalid_auth\"}"})");
    EXPECT_FALSE(got.at("rewritten").as_bool());
    EXPECT_EQ(got.at("body").as_string(), R"({"ok":false,"error":"invalid_auth"})");
    EXPECT_EQ(got.at("recognized").at("code").as_string(), "invalid_auth");
}

TEST(normalize_lines, decode_bodies_given_as_base64)
{
    auto const got =
        line(R"({"id":1,"status":400,"headers":{"content-type":"text/plain"},"body_b64":"VGhlIG5hbWUgaXMgdGFrZW4u"})");
    EXPECT_EQ(got.at("body").at("detail").as_string(), "The name is taken.");
}

TEST(normalize_lines, join_a_repeated_field)
{
    auto const got = line(R"({"id":1,"status":404,"headers":{"vary":"Origin"}})");
    EXPECT_EQ(got.at("headers").at("vary").as_string(), "Origin, Accept");
}

TEST(normalize_command, tells_why_the_retry_advice_is_what_it_is_when_asked)
{
    test::scratch files;
    auto const path = files.put("a.yaml", R"(
listeners: [{address: 127.0.0.1:8080}]
routes:
  - {name: plain, match: {path_prefix: /plain}, upstream: http://127.0.0.1:9001}
  - {name: own, upstream: http://127.0.0.1:9001, retry: {statuses: {503: never}}}
retry: {statuses: {500: backoff}}
)");
    struct row
    {
        std::vector<std::string> arguments;
        std::string body, why;
    };
    row const rows[] = {
        {{"-s", "503", "-H", "Retry-After: 7"},
         "",
         "after 7 s: the upstream names the wait in Retry-After  (retry.statuses: built in)"},
        {{"-s", "503", "-H", "retry-after-ms: 1500"},
         "",
         "after 2 s: the upstream names the wait in a field in milliseconds  (retry.statuses: built in)"},
        {{"-s", "503", "-H", "Retry-After: soon"},
         "",
         "after 8 s: backoff; 1 of its hints not plausible  (retry.statuses: built in)"},
        {{"-s", "429", "-H", "Retry-After: 2"},
         R"({"retry_after_ms": 9000})",
         "after 9 s: the upstream names the wait in the body; 1 of its hints contradicted by a later one  "
         "(retry.statuses: built in)"},
        {{"-s", "429", "-m", "POST", "-H", "RateLimit: \"a\";r=0;t=5"},
         "",
         "after 5 s: the upstream names the wait in RateLimit (not safe: it may happen twice)  "
         "(retry.statuses: built in)"},
        {{"-s", "503", "-R", "X-Failed-Requests: 5"},
         "",
         "no: 5 failures reported, 5 attempts at most  (retry.statuses: built in)"},
        {{"-s", "404", "-H", "X-Should-Retry: false"}, "", "no: the upstream says so"},
        {{"-s", "200"}, "", "none: such an answer is left as it is"},
        {{"-s", "500", "-c", path}, "", "after 8 s: backoff  (retry.statuses.500: backoff " + path + ":6:25)"},
        {{"-s", "503", "-c", path, "--route", "own"},
         "",
         "no: a repetition would fail again  (retry.statuses.503: never " + path + ":5:74)"},
    };
    for(auto const& r : rows)
    {
        auto arguments = r.arguments;
        arguments.insert(arguments.begin(), "normalize");
        auto const silent = test::errata_with(arguments, r.body);
        arguments.emplace_back("--why");
        auto const told = test::errata_with(arguments, r.body);
        EXPECT_EQ(told.err, "retry: " + r.why + "\n");
        EXPECT_EQ(told.out, silent.out);
        EXPECT_EQ(silent.err, "");
    }
}

TEST(normalize_lines, tell_why_in_a_member_that_is_there_only_when_asked_for)
{
    std::string const input = R"({"id":1,"status":503,"headers":{"retry-after":"1e99"}})";
    EXPECT_FALSE(line(input).contains("why"));
    normalize_options options;
    options.jsonl = options.why = true;
    auto const got = json::parse(normalized(options, input).out).as_object();
    EXPECT_EQ(got.at("why").as_string(),
              "after 8 s: backoff; 1 of its hints not plausible  (retry.statuses: built in)");
    EXPECT_EQ(got.size(), line(input).size() + 1);
}

TEST(sample, reads_numbers_and_lists_as_field_values)
{
    auto const s =
        read_sample(R"({"status":503,"headers":{"Retry-After":5,"Set-Cookie":["a","b"],"X":null},"body":{"a":1}})");
    ASSERT_TRUE(s);
    EXPECT_EQ(s->fields, (std::vector<std::pair<std::string, std::string>>{
                             {"Retry-After", "5"}, {"Set-Cookie", "a"}, {"Set-Cookie", "b"}}));
    EXPECT_EQ(s->body, R"({"a":1})");
}

} // namespace errata
