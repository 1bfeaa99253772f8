#include "routing/loading.hpp"

#include "problem/dialect.hpp"
#include "problem/rules.hpp"
#include "problem/success.hpp"

using namespace errata;
using namespace errata::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace
{
error_policy const& errors_of(loaded const& l)
{
    return *l.config->errors;
}
} // namespace

TEST(rules, are_read_into_the_policy)
{
    auto const l = load_or_fail(framed_routes + R"(
errors:
  rules:
    - name: hide
      when: {status: [403, 5xx], code: [SECRET], dialect: aws, headers: {X-A: b}, body: {/ok: false, /x: {present: false}, /e: {kind: object}}, message: "no such"}
      set: {status: 404, code: GONE, title: T, detail: "", retry: {allowed: true, after: 3s}, headers: {X-B: c, X-C: }, drop: [details, /a/b], scrub: true}
    - {when: {status: 404}, set: {retry: false}}
)");
    ASSERT_TRUE(errors_of(l).rules);
    auto const& rules = errors_of(l).rules->all();
    ASSERT_EQ(rules.size(), 2u);
    EXPECT_EQ(rules[0].when.statuses, (std::vector<status_range>{{403, 403}, {500, 599}}));
    EXPECT_THAT(rules[0].when.dialects, ElementsAre("aws"));
    EXPECT_EQ(rules[0].when.body,
              (std::vector<body_condition>{{.pointer = "/ok", .equals = "false"},
                                           {.pointer = "/x", .equals = {}, .present = false},
                                           {.pointer = "/e", .equals = {}, .kind = document::kind::object}}));
    EXPECT_EQ(rules[0].set.detail, "");
    EXPECT_EQ(rules[0].set.retry_after, std::chrono::seconds{3});
    EXPECT_THAT(rules[0].set.fields, ElementsAre(testing::Pair("X-B", "c"), testing::Pair("X-C", "")));
    EXPECT_THAT(rules[0].set.drop, ElementsAre("details", "/a/b"));
    EXPECT_TRUE(rules[0].set.scrub);
    EXPECT_EQ(rules[1].set.retry_allowed, false);
}

TEST(rules_of_a_route, stand_in_place_of_the_gateway_s)
{
    auto const l = load_or_fail(frame + R"(
routes:
  - {name: own, match: {path: /a}, upstream: app, errors: {rules: [{set: {status: 404}}]}}
  - {name: inherited, upstream: app, errors: {body: compatible}}
errors:
  rules: [{name: one, set: {scrub: true}}, {name: two, set: {scrub: true}}]
)");
    auto const routes = l.config->routes->all();
    EXPECT_EQ(routes[0].second.errors->rules->all().size(), 1u);
    EXPECT_EQ(routes[1].second.errors->rules, l.config->errors->rules);
}

TEST(every_mistaken_rule, is_told_with_its_place)
{
    auto const told = report(load_text(framed_routes + R"(errors:
  rules:
    - when: {message: "(" }
      set: {scrub: true}
    - when: {status: 200x}
      set: {drop: [nonsense]}
    - set: {drop: [nonsense], status: 302}
    - set: {retry: {allowed: false, after: 3s}}
)",
                                       "errata.yaml", no_environment));
    EXPECT_THAT(told, HasSubstr("errata.yaml:6:23: error: when.message: "));
    EXPECT_THAT(told, HasSubstr("errata.yaml:8:22: error: `200x` is no status"));
    EXPECT_THAT(told, HasSubstr("errata.yaml:10:39: error: `302` is out of bounds"));
    EXPECT_THAT(told, HasSubstr("errata.yaml:11:12: error: a wait is set, and retrying is not allowed"));
}

TEST(dialect_of_the_user, stands_before_the_built_in_ones)
{
    auto const l = load_or_fail(framed_routes + R"(
errors:
  dialects:
    - name: acme
      when:
        status: 400-599
        headers: {X-Acme: {present: true}, Content-Type: {contains: json}}
        form: json
        body: {/acme: 1, /fault: {kind: object}, /fault/text: {matches: "."}}
      detail: [/fault/text]
      code: /fault/no
      retry_after: {/fault/wait_ms: milliseconds}
      errors:
        - {at: /fault/fields, field: /name, detail: /why}
)");
    ASSERT_TRUE(errors_of(l).dialects);
    EXPECT_EQ(errors_of(l).dialects->size(),
              []
                  {
                      dialect_table t;
                      t.add_builtin();
                      return t.size();
                  }() +
                  1);
}

TEST(mistaken_dialect, is_told_with_the_place_of_its_condition)
{
    auto const told = report(load_text(framed_routes + R"(errors:
  dialects:
    - name: acme
      when:
        body:
          /a: {present: true}
          /b: {matches: "("}
      detail: fault/text
    - name: other
      when:
        body:
          /b: {matches: "("}
)",
                                       "errata.yaml", no_environment));
    EXPECT_THAT(told, HasSubstr("errata.yaml:11:15: error: `fault/text` cannot stand here"));
    EXPECT_THAT(told, HasSubstr("errata.yaml:15:15: error: when[0].matches: "));
}

TEST(success_conditions, are_presets_and_own_ones)
{
    auto const l = load_or_fail(framed_routes + R"(
errors:
  success: [slack, {name: acme, when: {/state: failed}, status: 400, by_code: {gone: 410}, code_is_status: true}]
)");
    ASSERT_TRUE(errors_of(l).success);
    EXPECT_THAT(messages(framed_routes + "errors: {success: slak}\n"), ElementsAre("`slak` is not a choice here"));
}

TEST(template_of_the_user, is_a_preset_a_map_or_json_text)
{
    for(std::string const skeleton : {"openai", "{error: {code: \"{code}\", \"n\": 1}}", "'{\"c\": \"{code}\"}'"})
    {
        auto const l = load_or_fail(framed_routes + "errors: {template: " + skeleton + "}\n");
        ASSERT_TRUE(l.config) << skeleton;
        EXPECT_TRUE(errors_of(l).skeleton) << skeleton;
        EXPECT_EQ(errors_of(l).render, rendering::custom) << skeleton;
    }
}

TEST(template_of_the_user, that_cannot_be_used_is_told_with_its_reason)
{
    EXPECT_THAT(messages(framed_routes + "errors: {template: {a: \"{nonsense}\"}}\n"),
                ElementsAre(HasSubstr("the template cannot be used: ")));
    EXPECT_THAT(messages(framed_routes + "errors: {render: template}\n"),
                ElementsAre("`render: template` needs a `template`"));
}
