#include "problem/rules.hpp"
#include "problem/success.hpp"
#include "routing/body_conditions.hpp"
#include "routing/error_parts.hpp"
#include "routing/field_pairs.hpp"
#include "routing/settings.hpp"

#include <fmt/format.h>

#include <array>

namespace errata
{
namespace
{
using kind = value_shape::kind;

void add_conditions(std::vector<body_condition>& into, yaml_node const& node, reader& in)
{
    read_pointer_conditions(node, in, false,
                            [&](pointer_condition found, yaml_node const&)
                            {
                                into.push_back({.pointer = std::move(found.pointer),
                                                .equals = std::move(found.equals),
                                                .present = found.present,
                                                .kind = found.kind});
                            });
}

/// Statuses as few ranges as they make.
void read_ranges(std::vector<status_range>& into, yaml_node const& node, reader& in)
{
    std::vector<unsigned> statuses;
    read_statuses(statuses, node, in);
    for(auto const status : statuses)
        if(!into.empty() && into.back().high + 1 == status)
            into.back().high = status;
        else
            into.push_back({status, status});
}

section_of<error_rule::condition> const& condition_keys()
{
    using c = error_rule::condition;
    static section_of<c> const keys{
        "rule conditions",
        "Of a list one entry must fit; all keys together must fit.",
        {
            custom<c>("status", status_list_shape(), {}, "Statuses of the upstream.",
                      [](c& into, yaml_node const& node, reader& in) { read_ranges(into.statuses, node, in); }),
            texts("code", &c::codes, "The upstream's own code or the canonical one."),
            texts("dialect", &c::dialects, "Names of dialects, yours or built-in."),
            fields("headers", &c::fields, "Fields of the answer; an empty value: any."),
            custom<c>("body", pointer_conditions_shape(), {}, "JSON pointers into the body.",
                      [](c& into, yaml_node const& node, reader& in) { add_conditions(into.body, node, in); }),
            text("message", &c::message, "RE2 expression, found somewhere in the detail."),
        }};
    return keys;
}

section_of<error_rule::outcome> const& rule_retry_keys()
{
    using o = error_rule::outcome;
    static section_of<o> const keys{"rule retry",
                                    "The retry advice that a rule gives.",
                                    {
                                        flag("allowed", &o::retry_allowed, "May the request be sent again?"),
                                        duration("after", &o::retry_after, "After this wait.", {0, 30.0 * 86'400'000}),
                                    }};
    return keys;
}

section_of<error_rule::outcome> const& outcome_keys()
{
    using o = error_rule::outcome;
    static section_of<o> const keys{
        "rule outcome",
        "What becomes of an error that fits.",
        {
            number("status", &o::status, "Another status.", {400, 599}),
            text("code", &o::code, "The code."),
            text("title", &o::title, "The title."),
            text("detail", &o::detail, "The sentence; empty removes it."),
            custom<o>("retry",
                      {.type = kind::either,
                       .parts = {{.type = kind::flag}, {.type = kind::section, .members = &rule_retry_keys()}}},
                      {}, "The retry advice: true, false or {allowed, after}.",
                      [](o& into, yaml_node const& node, reader& in)
                      {
                          if(!node.is_scalar())
                              read(rule_retry_keys(), into, node, in);
                          else if(auto const allowed = read_flag(node, in))
                              into.retry_allowed = *allowed;
                      }),
            fields("headers", &o::fields, "Fields to replace; an empty value removes."),
            texts("drop", &o::drop,
                  "Canonical members, or JSON pointers into the upstream's body, that do not go out."),
            flag("scrub", &o::scrub, "Nothing that the upstream said survives: no code, detail, details or challenge."),
        },
        [](o& outcome, yaml_node const& node, reader& in)
        {
            // `detail:` with nothing behind it is written on purpose here: it removes the sentence.
            if(auto const* detail = node.member("detail"); detail && detail->is_null())
                outcome.detail = std::string{};
            if(outcome.retry_after && outcome.retry_allowed == false)
                in.wrong(node, "a wait is set, and retrying is not allowed", "`after` only where `allowed` is true");
        }};
    return keys;
}

section_of<error_rule> const& rule_keys()
{
    static section_of<error_rule> const keys{
        "rule",
        "A correction of what recognition found. The first rule that fits is applied.",
        {
            text("name", &error_rule::name, "For explain and logs."),
            one("when", &error_rule::when, condition_keys(), "Which errors; not set: all."),
            one("set", &error_rule::set, outcome_keys(), "What becomes of them.").required_key(),
        }};
    return keys;
}

yaml_node const& place_of(std::string_view complaint, yaml_node const& rule)
{
    auto const* here = &rule;
    for(auto rest = complaint; !rest.empty();)
    {
        auto const dot = std::min(rest.find('.'), rest.size());
        if(auto const* next = here->member(rest.substr(0, dot)))
            here = next;
        rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    return *here;
}

void read_codes(success_rule& into, yaml_node const& node, reader& in)
{
    value_shape const status{.type = kind::number, .least = 400, .most = 599};
    read_named(node, in, "a map of upstream codes to statuses",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   if(auto const n = read_number(status, value, in))
                       into.by_code.insert_or_assign(name.text, static_cast<unsigned>(*n));
               });
}

section_of<success_rule> const& success_keys()
{
    using s = success_rule;
    static section_of<s> const keys{
        "success condition",
        "How a service says in a success that it failed, and which status that error gets.",
        {
            text("name", &s::name, "For logs.").required_key(),
            custom<s>("when", pointer_conditions_shape(), {}, "JSON pointers into the body; all must hold.",
                      [](s& into, yaml_node const& node, reader& in) { add_conditions(into.when, node, in); })
                .required_key(),
            number("status", &s::status, "The status of such an error.", {400, 599}),
            custom<s>("by_code", {.type = kind::named, .parts = {{.type = kind::number, .least = 400, .most = 599}}},
                      {}, "The status for a code of the upstream.", read_codes),
            flag("code_is_status", &s::code_is_status, "A code from 400 to 599, but for 407, is the status."),
        },
        [](s& rule, yaml_node const& node, reader& in)
        {
            if(rule.when.empty() && node.member("when") && node.member("when")->items.empty())
                in.wrong(*node.member("when"), "without a condition every success would be an error",
                         "at least one JSON pointer");
        }};
    return keys;
}

constexpr std::array<std::string_view, 5> presets{"slack", "graphql", "jsonrpc", "soap", "object"};
} // namespace

value_shape rules_shape()
{
    return {.type = kind::list, .parts = {{.type = kind::section, .members = &rule_keys()}}};
}

std::shared_ptr<error_rules const> compile_rules(yaml_node const& node, reader& in)
{
    auto const before = in.failures();
    std::vector<error_rule> rules;
    read_list(node,
              [&](yaml_node const& each)
              {
                  auto const sound = in.failures();
                  error_rule made;
                  read(rule_keys(), made, each, in);
                  made.where = to_text(in.position(each));
                  if(in.failures() != sound)
                      return;
                  // One at a time, so that the second mistaken rule is told too.
                  if(auto const alone = error_rules::build({made}); !alone)
                  {
                      auto const& [unused, key, reason] = alone.error();
                      auto const& place = place_of(key, each);
                      in.wrong(place, fmt::format("{}: {}", key, in.judged(place, reason)));
                  }
                  rules.push_back(std::move(made));
              });
    if(in.failures() != before || rules.empty())
        return nullptr;
    auto built = error_rules::build(std::move(rules));
    return built ? std::make_shared<error_rules const>(*std::move(built)) : nullptr;
}

value_shape success_shape()
{
    return {.type = kind::list,
            .parts = {{.type = kind::either,
                       .parts = {{.type = kind::choice, .choices = {presets.begin(), presets.end()}},
                                 {.type = kind::section, .members = &success_keys()}}}}};
}

std::shared_ptr<success_conditions const> compile_success(yaml_node const& node, reader& in)
{
    auto const before = in.failures();
    std::vector<success_rule> rules;
    read_list(node,
              [&](yaml_node const& each)
              {
                  if(each.is_map())
                      read(success_keys(), rules.emplace_back(), each, in);
                  else if(each.is_scalar() && each.text == "off")
                      return; // a route that does without what the gateway has
                  else if(auto const at = read_choice(
                              {.type = kind::choice, .choices = {presets.begin(), presets.end()}}, each, in))
                      if(auto known = success_conditions::preset(presets[*at]))
                          rules.push_back(*std::move(known));
              });
    return in.failures() == before && !rules.empty() ? std::make_shared<success_conditions const>(std::move(rules))
                                                     : nullptr;
}

} // namespace errata
