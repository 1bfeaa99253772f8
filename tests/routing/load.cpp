#include "routing/loading.hpp"

using namespace errata;
using namespace errata::test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

namespace
{
constexpr char const* example = R"(
version: 1
threads: auto
listeners:
  - address: 0.0.0.0:8080
admin: {address: 127.0.0.1:9901}
telemetry: {address: 0.0.0.0:9902}
upstreams:
  users:
    endpoints: [http://127.0.0.1:9001, {url: http://127.0.0.1:9002, weight: 3}]
    timeouts: {connect: 1s, response: 10s}
routes:
  - name: users
    match: {host: api.example.com, path_prefix: /v1/users, methods: [GET, POST]}
    upstream: users
    errors: {body: compatible, mode: rewrite}
errors:
  type_base: https://errors.example.com/
  max_body: 256KiB
  codes: {50014: INVALID_TOKEN}
retry:
  statuses: {429: when-hinted, 500: when-declared, "502-504": backoff, 529: backoff}
  backoff: {base: 8s, factor: 8, attempts: 5}
)";
} // namespace

TEST(configuration, opens_the_admin_port_only_to_whom_it_can_tell_apart)
{
    auto const open = testing::Contains(HasSubstr("open to others"));
    auto const admin = [](std::string const& members)
    { return messages(framed_routes + "admin: {" + members + "}\n"); };
    std::string const mutual = "tls: {certificates: [{certificate: a, key: a}], client_ca: ca";
    EXPECT_THAT(admin("address: 0.0.0.0:9901"), open);
    EXPECT_THAT(admin("address: 0.0.0.0:9901, " + mutual + ", client_required: false}"), open);
    EXPECT_THAT(admin("address: 127.0.0.1:9901"), testing::Not(open));
    EXPECT_THAT(admin("address: 0.0.0.0:9901, token: secret"), testing::Not(open));
    EXPECT_THAT(admin("address: 0.0.0.0:9901, " + mutual + "}"), testing::Not(open));
}

TEST(configuration, of_the_documented_shape_is_read_whole)
{
    auto const l = load_or_fail(example);
    ASSERT_TRUE(l.config);
    auto const& c = *l.config;
    EXPECT_EQ(c.threads, 0u);
    ASSERT_EQ(c.listeners.size(), 1u);
    EXPECT_EQ(c.listeners[0].address, "0.0.0.0");
    EXPECT_EQ(c.listeners[0].port, 8080);
    ASSERT_TRUE(c.admin);
    EXPECT_EQ(c.admin->port, 9901);
    ASSERT_TRUE(c.telemetry);
    EXPECT_EQ(c.telemetry->address, "0.0.0.0");
    ASSERT_EQ(c.upstreams.size(), 1u);
    EXPECT_EQ(c.upstreams[0].name, "users");
    ASSERT_EQ(c.upstreams[0].endpoints.size(), 2u);
    EXPECT_EQ(c.upstreams[0].endpoints[1].weight, 3u);
    EXPECT_EQ(c.upstreams[0].endpoints[1].port, 9002);
    EXPECT_EQ(c.upstreams[0].timeouts.response, 10s);
    EXPECT_EQ(c.upstreams[0].timeouts.idle, 60s);
    ASSERT_EQ(c.routes->all().size(), 1u);
    auto const& r = c.routes->all()[0].second;
    EXPECT_EQ(r.name, "users");
    EXPECT_EQ(r.errors->body, body_policy::compatible);
    EXPECT_EQ(r.errors->type_base, "https://errors.example.com/");
    EXPECT_EQ(r.errors->codes.at("50014"), "INVALID_TOKEN");
    EXPECT_EQ(c.errors->body, body_policy::canonical);
    EXPECT_EQ(r.retry, c.retry);
    EXPECT_EQ(c.retry->rule_for(503), retry_rule::backoff);
    EXPECT_EQ(c.retry->base, 8s);
    EXPECT_THAT(l.mistakes, testing::IsEmpty());
}

TEST(route, is_found_by_the_loaded_table)
{
    auto const l = load_or_fail(example);
    auto const found = l.config->routes->find({"API.example.com", "/v1/users/7", "GET", {}});
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.found->name, "users");
    EXPECT_EQ(l.config->routes->find({"api.example.com", "/v1/users", "DELETE", {}}).allow, "GET, POST");
    EXPECT_FALSE(l.config->routes->find({"other.example.com", "/v1/users", "GET", {}}).found);
}

TEST(routes, with_equal_overrides_share_one_policy)
{
    auto const l = load_or_fail(frame + R"(
routes:
  - {name: a, match: {path: /a}, upstream: app, errors: {body: compatible}, retry: {flag: off}}
  - {name: b, match: {path: /b}, upstream: app, errors: {body: compatible}, retry: {flag: off}}
  - {name: c, match: {path: /c}, upstream: app}
)");
    auto const routes = l.config->routes->all();
    EXPECT_EQ(routes[0].second.errors, routes[1].second.errors);
    EXPECT_EQ(routes[0].second.retry, routes[1].second.retry);
    EXPECT_EQ(routes[2].second.errors, l.config->errors);
    EXPECT_NE(routes[0].second.errors, l.config->errors);
}

TEST(every_mistake, is_told_at_once_in_order)
{
    EXPECT_THAT(messages(R"(
listeners: [{address: nonsense}]
upstreams: {app: {endpoints: [http://127.0.0.1:9000], timeout: {connect: 1s}}}
routes:
  - {upstream: ap}
retry: {backoff: {base: 8}}
)"),
                ElementsAre("`nonsense` is no address to listen on", "there is no key `timeout` here",
                            "there is no upstream `ap`", "`8` is a duration without its unit"));
}

TEST(mistake, shows_its_place_its_line_and_what_was_expected)
{
    auto const l = load_text(framed_routes + "retry:\n  statuses: {503: allways}\n", "errata.yaml", no_environment);
    ASSERT_EQ(l.mistakes.size(), 1u);
    EXPECT_EQ(describe(l.mistakes[0]), "errata.yaml:5:19: error: `allways` is not a choice here\n"
                                       "    5 |   statuses: {503: allways}\n"
                                       "                          ^\n"
                                       "      expected never, when-hinted, when-declared, backoff or after-1s\n");
}

TEST(unknown_key, is_answered_with_the_nearest_one)
{
    auto const l = load_text(framed_routes + "telemtry: {address: 0.0.0.0:9902}\n", "errata.yaml", no_environment);
    ASSERT_EQ(l.mistakes.size(), 1u);
    EXPECT_EQ(l.mistakes[0].expected, "`telemetry` (did you mean that?)");
}

TEST(path_prefix, of_an_asterisk_is_refused_as_no_request_begins_with_it)
{
    load_or_fail(frame + "routes: [{upstream: app, match: {path: \"*\"}}]\n");
    EXPECT_THAT(messages(frame + "routes: [{upstream: app, match: {path_prefix: \"*\"}}]\n"),
                testing::Contains("`*` is no path"));
}

TEST(host, of_a_route_may_end_in_the_root_s_dot)
{
    for(std::string const host : {"Api.Example.", "*.Example."})
    {
        auto const l = load_or_fail(frame + "routes: [{upstream: app, match: {host: \"" + host + "\"}}]\n");
        for(auto const asked : {"api.example", "api.example."})
            EXPECT_TRUE(l.config->routes->find({asked, "/", "GET", {}}).found) << host << ' ' << asked;
    }
}

TEST(upstream_of_a_route, that_is_empty_is_a_mistake)
{
    for(auto const& before : {frame, frame.substr(0, frame.find("upstreams"))})
        for(std::string const name : {"\"\"", "\"${NAME:-}\""})
            EXPECT_THAT(messages(before + "routes: [{upstream: " + name + "}]\n"),
                        testing::Contains(HasSubstr("no upstream")))
                << before << name;
}

TEST(environment_variable, is_put_in_with_its_default)
{
    auto const yaml = "listeners: [{address: \"0.0.0.0:${PORT:-8080}\"}]\n"
                      "upstreams: {app: {endpoints: [\"${URL}\"]}}\n"
                      "routes: [{upstream: app, match: {path: /a$$b}}]\n";
    auto const l = load_or_fail(yaml, environment_of({{"URL", "http://10.0.0.1:1234"}}));
    EXPECT_EQ(l.config->listeners[0].port, 8080);
    EXPECT_EQ(l.config->upstreams[0].endpoints[0].port, 1234);
    EXPECT_EQ(l.config->routes->all()[0].first.path, "/a$b");
}

TEST(environment_variable, that_is_missing_is_a_mistake)
{
    EXPECT_THAT(messages("listeners: [{address: \"${ADDRESS}\"}]\n" + framed_routes.substr(frame.find("upstreams"))),
                testing::Contains("the environment variable ADDRESS is not set"));
}

TEST(value_from_the_environment, never_shows_in_a_mistake)
{
    auto const secret = environment_of({{"TOKEN", "hunter2-hunter2"}});
    for(std::string const yaml :
        {"admin: {address: \"${TOKEN}\"}\n", "threads: \"${TOKEN}\"\n", "name: \"a b ${TOKEN}\"\n",
         "errors: {max_body: \"${TOKEN}\"}\n", "trusted_proxies: [\"${TOKEN}\"]\n",
         "errors: {codes: {1: \"${TOKEN}\"}}\n", "retry: {attempt_fields: [\"${TOKEN} x\"]}\n",
         "errors: {rules: [{set: {drop: [detail, \"${TOKEN}\"]}}]}\n",
         "errors: {rules: [{when: {message: \"${TOKEN}(\"}, set: {code: A}}]}\n",
         "errors: {dialects: [{name: a, when: {status: 400}, code: \"${TOKEN}\"}]}\n",
         "errors: {dialects: [{name: a, when: {status: 400}, errors: {at: \"${TOKEN}\"}}]}\n",
         "errors: {dialects: [{name: a, when: {body: {/a: {matches: \"${TOKEN}(\"}}}}]}\n",
         "errors: {template: {a: {b: \"{x-${TOKEN}}\"}}}\n"})
    {
        auto const told = report(load_text(framed_routes + yaml, "errata.yaml", secret));
        EXPECT_THAT(told, HasSubstr("error:")) << yaml;
        EXPECT_THAT(told, testing::Not(HasSubstr("hunter2"))) << yaml;
    }
}
