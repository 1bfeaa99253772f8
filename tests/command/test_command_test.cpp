#include "command/json_subset.hpp"
#include "command/running.hpp"

using namespace errata;
using namespace errata::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace
{
std::string const frame = "listeners: [{address: 127.0.0.1:8080}]\n"
                          "routes: [{name: all, upstream: http://127.0.0.1:9000, match: {path_prefix: /a}}]\n";

outcome tested(scratch& files, std::string const& tests, std::vector<std::string> more = {})
{
    std::vector<std::string> arguments{"test", files.put("a.yaml", frame + "tests:\n" + tests)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return errata_with(arguments);
}
} // namespace

TEST(test_command, passes_what_is_so)
{
    scratch files;
    auto const r = tested(files, R"(
  - name: as it is
    request: {url: /a}
    upstream: {status: 429, headers: {Retry-After: "7"}, body: {message: slow}}
    expect: {route: all, target: /a, status: 429, headers: {Retry-After: "7", X-None: null}, body: {detail: slow, help: null, retry: {after: 7}}}
)");
    EXPECT_EQ(r.status, exit_good) << r.out << r.err;
    EXPECT_EQ(r.out, "ok    as it is\n1 test, 0 failed\n");
}

TEST(test_command, tells_every_difference_with_its_place)
{
    scratch files;
    auto const r = tested(files, R"(
  - name: as it is not
    request: {url: /a}
    upstream: {status: 404, body: {message: gone}}
    expect: {route: other, target: /b, status: 410, headers: {Retry-After: "7", Content-Type: null}, body: {detail: here, code: X, nested: {a: 1}}}
)");
    EXPECT_EQ(r.status, exit_mistakes);
    for(auto const* line :
        {"FAIL  as it is not  (", "route: expected other, got all", "target: expected /b, got /a",
         "status: expected 410, got 404", "header Retry-After: expected 7, got nothing",
         "header Content-Type: expected none, got application/problem+json",
         R"(body.detail: expected "here", got "gone")", R"(body.code: expected "X", got "RESOURCE_NOT_FOUND")",
         R"(body.nested: expected {"a":1}, got nothing)", "1 test, 1 failed"})
        EXPECT_THAT(r.out, HasSubstr(line));
}

TEST(test_command, plays_failures_and_refusals)
{
    scratch files;
    auto const r = tested(files, R"(
  - {name: refused, request: {url: /a}, failure: connect_refused, expect: {status: 502, body: {code: UPSTREAM_REFUSED}}}
  - {name: no route, request: {url: /b}, failure: no_route, expect: {status: 404, body: {code: ROUTE_NOT_FOUND}}}
  - {name: never gets there, request: {url: /b}, upstream: {status: 500}, expect: {status: 404}}
)");
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.out, HasSubstr("ok    refused\nok    no route\nFAIL  never gets there"));
    EXPECT_THAT(r.out, HasSubstr("the request reaches no upstream: no_route"));
}

TEST(test_command, tells_mistakes_in_tests_like_mistakes_in_settings)
{
    scratch files;
    auto const r = tested(files, R"(
  - {name: a, failure: conect_refused, expect: {statuss: 502}}
  - {name: b, expect: {status: 502}}
)");
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.err, HasSubstr("`connect_refused` (did you mean that?)"));
    EXPECT_THAT(r.err, HasSubstr("there is no key `statuss` here"));
    EXPECT_THAT(r.err, HasSubstr("a test needs one thing to happen"));
}

TEST(test_command, without_tests_does_not_pass)
{
    scratch files;
    EXPECT_EQ(errata_with({"test", files.put("a.yaml", frame)}).status, exit_mistakes);
}

TEST(test_command, writes_a_junit_report)
{
    scratch files;
    auto const report = files.path() + "/report.xml";
    (void)tested(files, "  - {name: 'a < b', request: {url: /a}, upstream: {status: 404}, expect: {status: 410}}\n",
                 {"--junit", report});
    std::ostringstream text;
    text << std::ifstream{report}.rdbuf();
    EXPECT_THAT(text.str(), HasSubstr("<testsuite name=\"errata\" tests=\"1\" failures=\"1\">"));
    EXPECT_THAT(text.str(), HasSubstr("<testcase name=\"a &lt; b\""));
    EXPECT_THAT(text.str(), HasSubstr("<failure message=\"status: expected 410, got 404\">"));
}

TEST(json_differences, ask_only_for_what_is_wanted)
{
    EXPECT_THAT(json_differences(R"({"a":{"b":1}})", R"({"a":{"b":1.0,"c":2},"d":3})"), testing::IsEmpty());
    EXPECT_THAT(json_differences(R"({"a":null})", R"({})"), testing::IsEmpty());
    EXPECT_THAT(json_differences(R"({"a":null})", R"({"a":1})"), ElementsAre("body.a: expected nothing, got 1"));
    EXPECT_THAT(json_differences(R"({"a":[1,2]})", R"({"a":[1,3]})"), ElementsAre("body.a[1]: expected 2, got 3"));
    EXPECT_THAT(json_differences(R"({"a":[1]})", R"({"a":[1,3]})"), ElementsAre("body.a: expected [1], got [1,3]"));
    EXPECT_THAT(json_differences(R"("text")", "text"), testing::IsEmpty());
    EXPECT_THAT(json_differences(R"({"a":1})", ""), ElementsAre("body: expected JSON, got nothing"));
}
