#include "command/running.hpp"

using namespace errata;
using namespace errata::test;
using testing::HasSubstr;

namespace
{
constexpr char const* config = R"(
listeners: [{address: 127.0.0.1:8080}]
upstreams:
  users: {endpoints: [http://127.0.0.1:9001], timeouts: {response: 10s}}
  rest: {endpoints: [http://127.0.0.1:9002]}
routes:
  - name: users
    match: {host: api.example.com, path_prefix: /v1/users, methods: [GET]}
    upstream: users
    errors: {body: compatible}
    request_headers: {set: {Authorization: hunter2}}
  - {name: rest, match: {path_prefix: /rest}, upstream: rest}
errors: {type_base: "https://errors.example.com/", body: canonical}
)";
} // namespace

TEST(explain, names_route_upstream_and_the_place_of_every_setting)
{
    scratch files;
    auto const path = files.put("a.yaml", config);
    auto const r = errata_with({"explain", "-c", path, "GET", "http://API.example.com:8080/v1/./users/7?x=1"});
    EXPECT_EQ(r.status, exit_good) << r.err;
    EXPECT_THAT(r.out, HasSubstr("route     users  (" + path + ":7:5)"));
    EXPECT_THAT(r.out, HasSubstr("matches   host api.example.com, path prefix /v1/users, method GET"));
    EXPECT_THAT(r.out, HasSubstr("upstream  users: http://127.0.0.1:9001"));
    EXPECT_THAT(r.out, HasSubstr("target    /v1/./users/7?x=1"));
    EXPECT_THAT(r.out, testing::ContainsRegex("errors.body +compatible +[^ ]*a.yaml:10:20"));
    EXPECT_THAT(r.out, testing::ContainsRegex("errors.type_base +https://errors.example.com/ +[^ ]*a.yaml:13:21"));
    EXPECT_THAT(r.out, testing::ContainsRegex("upstream.timeouts.response +10s"));
    EXPECT_THAT(r.out, testing::Not(HasSubstr("canonical "))) << "overridden by the route";
    EXPECT_THAT(r.out, testing::Not(HasSubstr("hunter2")));
}

TEST(explain, tells_why_there_is_no_route)
{
    scratch files;
    auto const path = files.put("a.yaml", config);
    auto const wrong_method = errata_with({"explain", "-c", path, "PUT", "http://api.example.com/v1/users"});
    EXPECT_EQ(wrong_method.status, exit_mistakes);
    EXPECT_THAT(wrong_method.out, HasSubstr("405 METHOD_NOT_ALLOWED, Allow: GET"));
    auto const nowhere = errata_with({"explain", "-c", path, "GET", "/nowhere"});
    EXPECT_EQ(nowhere.status, exit_mistakes);
    EXPECT_THAT(nowhere.out, HasSubstr("404 ROUTE_NOT_FOUND"));
}

TEST(explain, shows_what_becomes_of_a_sample_answer)
{
    scratch files;
    auto const path = files.put("a.yaml", config);
    auto const r = errata_with({"explain", "-c", path, "GET", "/rest", "--status", "503", "-R", "Retry-After: 7", "-R",
                                "Content-Type: application/json", "--body", "-"},
                               R"({"message":"busy"})");
    EXPECT_EQ(r.status, exit_good) << r.err;
    EXPECT_THAT(r.out, HasSubstr("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_THAT(r.out, HasSubstr("\r\nRetry-After: 7\r\n"));
    EXPECT_THAT(r.out, HasSubstr(R"("detail":"busy")"));
    EXPECT_THAT(
        r.out,
        HasSubstr("retry     after 7 s: the upstream names the wait in Retry-After  (retry.statuses: built in)"));
}

TEST(explain, takes_the_host_from_a_field_and_writes_json)
{
    scratch files;
    auto const path = files.put("a.yaml", config);
    auto const r = errata_with({"explain", "--json", "-c", path, "GET", "/v1/users", "-H", "Host: api.example.com"});
    EXPECT_EQ(r.status, exit_good) << r.err;
    EXPECT_THAT(r.out, HasSubstr(R"("route":"users")"));
}

TEST(explain, of_what_is_no_target_is_a_usage_mistake)
{
    scratch files;
    EXPECT_EQ(errata_with({"explain", "-c", files.put("a.yaml", config), "GET", "/a%zz"}).status, exit_usage);
}

TEST(explain, names_the_rule_that_was_applied_and_where_it_stands)
{
    scratch files;
    auto const path = files.put("a.yaml", R"(
listeners: [{address: 127.0.0.1:8080}]
upstreams:
  app: {endpoints: [http://127.0.0.1:9001]}
routes:
  - name: all
    upstream: app
    errors:
      rules:
        - {name: teapots, when: {status: 418}, set: {code: TEAPOT}}
        - {name: hidden, when: {status: 403}, set: {status: 404, scrub: true}}
  - {name: plain, match: {path_prefix: /plain}, upstream: http://127.0.0.1:9002}
)");
    auto const hidden = errata_with({"explain", "-c", path, "GET", "/x", "--status", "403"});
    EXPECT_THAT(hidden.out, HasSubstr("rule      hidden  (" + path + ":11:11)"));
    EXPECT_THAT(hidden.out, HasSubstr("upstream  app: http://127.0.0.1:9001  (" + path + ":4:3)"));
    EXPECT_THAT(hidden.out, HasSubstr("answer    404 Not Found"));
    auto const other = errata_with({"explain", "-c", path, "GET", "/x", "--status", "500"});
    EXPECT_THAT(other.out, HasSubstr("rule      none of 2 fits"));
    auto const plain = errata_with({"explain", "-c", path, "GET", "/plain", "--status", "500"});
    EXPECT_THAT(plain.out, HasSubstr("rule      none configured"));
    EXPECT_THAT(plain.out, HasSubstr("(" + path + ":12:59)"));
    auto const json = errata_with({"explain", "--json", "-c", path, "GET", "/x", "--status", "403"});
    EXPECT_THAT(json.out, HasSubstr(R"("rule":"hidden","rule_at":")" + path + R"(:11:11")"));
}

TEST(explain, names_the_place_of_a_dialect_and_of_what_decided_about_the_retry)
{
    scratch files;
    auto const path = files.put("a.yaml", R"(
listeners: [{address: 127.0.0.1:8080}]
routes:
  - name: all
    upstream: http://127.0.0.1:9001
    retry:
      statuses: {5xx: never, 503: backoff}
      backoff: {factor: 2}
    errors:
      rules: [{when: {status: 418}, set: {retry: {allowed: true, after: 3s}}}]
      dialects:
        - {name: acme, when: {body: {/acme_error: {present: true}}}, detail: /acme_error}
        - {name: acme, when: {body: {/acme_fault: {present: true}}}, detail: /acme_fault}
retry:
  statuses: {429: backoff, 503: never}
  backoff: {base: 1s, factor: 3}
  default_wait_429: 9s
  unsafe: refuse
)");
    struct row
    {
        char const *method, *status, *body;
        std::string wanted;
    };
    row const rows[] = {
        {"GET", "500", R"({"acme_error":"x"})", "dialect   acme (95 %)  (" + path + ":12:11)\n"},
        {"GET", "500", R"({"acme_fault":"x"})", "dialect   acme (95 %)  (" + path + ":13:11)\n"},
        {"GET", "500", R"({"message":"x"})", "dialect   generic (70 %)  (read by meaning)\n"},
        {"GET", "500", "", "dialect   none\n"},
        {"GET", "404", R"({"error":"not_found","error_description":"x"})", "  (built in)\n"},
        {"GET", "500", "", "retry     no: a repetition would fail again  (retry.statuses.5xx: never " + path + ":7:"},
        {"GET", "503", "", "retry     after 1 s: backoff  (retry.statuses.503: backoff " + path + ":7:"},
        {"GET", "503", "", ", retry.backoff.factor: 2 " + path + ":8:"},
        {"GET", "503", "", ", retry.backoff.base: 1s " + path + ":16:"},
        {"GET", "429", "", "retry     after 1 s: backoff  (retry.statuses.429: backoff " + path + ":15:"},
        {"GET", "404", "", "retry     no: a repetition would fail again  (retry.statuses: built in)\n"},
        {"GET", "418", "", "retry     after 3 s: a rule says so  (" + path + ":10:"},
        {"POST", "504", "", "retry     no: not idempotent, refused by policy  (retry.unsafe: refuse " + path + ":18:"},
    };
    for(auto const& r : rows)
        EXPECT_THAT(errata_with({"explain", "-c", path, r.method, "/x", "--status", r.status, "-R",
                                 "Content-Type: application/json", "--body", "-"},
                                r.body)
                        .out,
                    HasSubstr(r.wanted));
    auto const json = errata_with({"explain", "--json", "-c", path, "GET", "/x", "--status", "503", "-R",
                                   "Content-Type: application/json", "--body", "-"},
                                  R"({"acme_error":"x"})");
    EXPECT_THAT(json.out, HasSubstr(R"("dialect_at":")" + path + R"(:12:11")"));
    EXPECT_THAT(json.out,
                HasSubstr(R"("retry_settings":[{"name":"retry.statuses.503","value":"backoff","at":")" + path));
}
