#include "routing/error_parts.hpp"
#include "routing/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errata
{
namespace
{
bool is_code(std::string_view text)
{
    return !text.empty() && text.size() <= 64 && text.front() >= 'A' && text.front() <= 'Z' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string objection_to_base(std::string_view text)
{
    auto const web = text.starts_with("https://") || text.starts_with("http://") || text.starts_with("urn:") ||
                     text.starts_with('/');
    auto const clean = std::all_of(text.begin(), text.end(),
                                   [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>'; });
    return text.empty() || (web && clean) ? ""
                                          : "a URI that codes are appended to, such as https://errors.example.com/";
}

std::string objection_to_field(std::string_view text)
{
    return !text.empty() && is_field_value(text) ? "" : "a field value without control characters";
}

std::string objection_to_name(std::string_view text)
{
    return is_token(text) ? "" : "a field name: letters, digits and dashes";
}

void read_codes(error_settings& into, yaml_node const& node, reader& in)
{
    read_named(node, in, "a map of upstream codes to codes, such as 50014: INVALID_TOKEN",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   auto code = in.text(value, "a code such as INVALID_TOKEN");
                   if(!code)
                       return;
                   if(!is_code(*code))
                       in.wrong(value, in.shown(value) + " is not written like a code",
                                "UPPER_SNAKE letters, such as INVALID_TOKEN, at most 64");
                   else
                       into.policy.codes.insert_or_assign(name.text, *std::move(code));
               });
}

/// A list that is compiled when all of `errors` is read.
key_of<error_settings> kept(std::string_view name, yaml_node const* error_settings::*member, value_shape what,
                            std::string_view doc)
{
    return custom<error_settings>(name, std::move(what), {}, doc,
                                  [member](error_settings& into, yaml_node const& node, reader&)
                                  { into.*member = &node; });
}

/// The members of error_settings::policy, as pointers that the entries can be made from.
template <class M, class Make>
key_of<error_settings> of_policy(M error_policy::*member, Make make)
{
    key_of<error_policy> inner = make(member);
    auto put = inner.put;
    inner.put = [put](void* into, yaml_node const& node, reader& in)
    { put(&static_cast<error_settings*>(into)->policy, node, in); };
    return {static_cast<key const&>(inner)};
}

section_of<error_settings> const& catalog_keys()
{
    static section_of<error_settings> const keys{
        "catalog",
        "The documents behind the `type` URIs.",
        {
            custom<error_settings>(
                "path", {.type = value_shape::kind::text, .note = "a path such as /problems/"}, {},
                "Where they are served on the public listeners.",
                [](error_settings& into, yaml_node const& node, reader& in)
                {
                    auto const path = in.text(node);
                    if(path && !(path->starts_with('/') && path->ends_with('/') && is_field_value(*path)))
                        in.wrong(node, in.shown(node) + " is not such a path", "a path that begins and ends with /");
                    else if(path)
                        into.catalog_path = *path;
                })
                .required_key(),
        }};
    return keys;
}

section_of<retry_policy> const& backoff_keys()
{
    static section_of<retry_policy> const keys{
        "backoff",
        "wait(n) = base * factor^(n-1) for the n-th failure; after `attempts` retrying is no longer advised.",
        {
            duration("base", &retry_policy::base, "First wait.", {1, 86'400'000}),
            number("factor", &retry_policy::factor, "What each wait is multiplied by.", {1, 100}),
            number("attempts", &retry_policy::attempts, "After so many failures: exhausted.", {1, 1000}),
            duration("cap", &retry_policy::cap, "Longest wait; not set: none.", {1, 30.0 * 86'400'000}),
            share("jitter", &retry_policy::jitter, "Share added at random, upward only."),
        },
        [](retry_policy& retry, yaml_node const& node, reader& in)
        {
            if(retry.cap && *retry.cap < retry.base)
                in.wrong(node, "`cap` is shorter than `base`", "a cap of at least the base");
        }};
    return keys;
}

choices_of<retry_rule> const& rules()
{
    static choices_of<retry_rule> const known{{"never", retry_rule::never},
                                              {"when-hinted", retry_rule::when_hinted},
                                              {"when-declared", retry_rule::when_declared},
                                              {"backoff", retry_rule::backoff},
                                              {"after-1s", retry_rule::one_second}};
    return known;
}

void read_rules(retry_policy& into, yaml_node const& node, reader& in)
{
    value_shape const words{.type = value_shape::kind::choice, .choices = rules().words()};
    read_named(node, in, "a map of statuses to rules, such as \"502-504\": backoff",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   std::vector<unsigned> statuses;
                   if(!parse_statuses(name.text, statuses) || statuses.front() < 400)
                   {
                       in.wrong(name, in.shown(name) + " is no error status",
                                "a status such as 503, 502-504 or 5xx, from 400 to 599");
                       return;
                   }
                   if(auto const rule = read_choice(words, value, in))
                       for(auto const status : statuses)
                           into.by_status[status - 100] = rules()[*rule].second;
               });
}
} // namespace

section_of<error_settings> const& error_keys()
{
    using p = error_policy;
    static section_of<error_settings> const keys{
        "errors",
        "How upstream errors are recognised and what clients get. At the top for the gateway; in a route its "
        "overrides.",
        {
            of_policy(&p::mode,
                      [](auto m)
                      {
                          return choice("mode", m,
                                        {{"rewrite", error_mode::rewrite},
                                         {"observe", error_mode::observe},
                                         {"off", error_mode::off}},
                                        "rewrite: clients get the canonical error; observe: the original goes out, "
                                        "what would have been sent is counted and logged; off: nothing is looked at.");
                      }),
            of_policy(&p::body,
                      [](auto m)
                      {
                          return choice(
                              "body", m,
                              {{"canonical", body_policy::canonical},
                               {"compatible", body_policy::compatible},
                               {"passthrough", body_policy::passthrough}},
                              "canonical: the error alone; compatible: the upstream's own object with the canonical "
                              "members added; passthrough: untouched, only retry headers are put right.");
                      }),
            of_policy(&p::render,
                      [](auto m)
                      {
                          return choice(
                              "render", m,
                              {{"problem", rendering::problem},
                               {"envelope", rendering::envelope},
                               {"template", rendering::custom}},
                              "problem: RFC 9457; envelope: {\"error\": {...}}; template: as `template` says.");
                      }),
            of_policy(&p::exposed,
                      [](auto m)
                      {
                          return choice("expose", m,
                                        {{"safe", expose::safe}, {"all", expose::all}, {"none", expose::none}},
                                        "safe: internals (stack traces, paths, SQL, secrets) never reach the client; "
                                        "all: everything does; none: no upstream text does.");
                      }),
            of_policy(&p::plain_json, [](auto m)
                      { return flag("plain_json", m, "application/json in place of application/problem+json."); }),
            of_policy(
                &p::type_base,
                [](auto m)
                {
                    return checked_text(
                        "type_base", m,
                        "The `type` of an error is this followed by its code in kebab-case; not set: about:blank.",
                        objection_to_base);
                }),
            of_policy(&p::max_body,
                      [](auto m) {
                          return size("max_body", m, "Error bodies are read up to this, decoded.", {1024, 64 << 20});
                      }),
            of_policy(&p::body_deadline,
                      [](auto m)
                      {
                          return duration("body_deadline", m,
                                          "Time for reading an error body; then the answer comes from the status.",
                                          {1, 60'000});
                      }),
            of_policy(&p::max_depth,
                      [](auto m) {
                          return number("max_depth", m, "JSON and XML nested deeper is cut.", {4, 512});
                      }),
            of_policy(&p::challenge,
                      [](auto m) {
                          return checked_text("challenge", m, "WWW-Authenticate for a 401 that lacks it.",
                                              objection_to_field);
                      }),
            of_policy(&p::allow, [](auto m)
                      { return checked_text("allow", m, "Allow for a 405 that lacks it.", objection_to_field); }),
            of_policy(
                &p::aws_and_grpc, [](auto m)
                { return flag("all_protocols", m, "Also touch gRPC, gRPC-Web, Connect and AWS-protocol answers."); }),
            custom<error_settings>(
                "codes",
                {.type = value_shape::kind::named,
                 .parts = {{.type = value_shape::kind::text, .note = "a code such as INVALID_TOKEN"}}},
                {}, "Upstream codes, numeric or odd, to codes of yours.", read_codes),
            custom<error_settings>("catalog", {.type = value_shape::kind::section, .members = &catalog_keys()}, {},
                                   "Serve the documents behind the `type` URIs (top level only).",
                                   [](error_settings& into, yaml_node const& node, reader& in)
                                   { read(catalog_keys(), into, node, in); }),
            kept("dialects", &error_settings::dialects, dialects_shape(),
                 "Your own dialects, tried before the built-in ones."),
            kept("rules", &error_settings::rules, rules_shape(),
                 "What to change about errors that fit: the first rule wins. In a route: in place of the gateway's."),
            custom<error_settings>(
                "template", {.type = value_shape::kind::any}, {},
                "Your own rendering: a preset (envelope, openai, oauth) or a JSON skeleton whose strings hold "
                "placeholders such as \"{code}\". Being there, it sets `render: template`.",
                [](error_settings& into, yaml_node const& node, reader&)
                {
                    into.skeleton = &node;
                    into.policy.render = rendering::custom;
                }),
            kept("success", &error_settings::success, success_shape(),
                 "Errors inside success: presets and conditions."),
        },
        [](error_settings& errors, yaml_node const& node, reader& in)
        {
            if(errors.policy.render == rendering::custom && !errors.skeleton)
                in.wrong(node, "`render: template` needs a `template`", "template: a preset or a skeleton");
        }};
    return keys;
}

section_of<retry_policy> const& retry_keys()
{
    static section_of<retry_policy> const keys{
        "retry",
        "What clients are told about retrying. At the top for the gateway; in a route its overrides.",
        {
            custom<retry_policy>(
                "statuses",
                {.type = value_shape::kind::named,
                 .parts = {{.type = value_shape::kind::choice, .choices = rules().words()}}},
                {}, "The rule for a status, a range or a class: {429: when-hinted, \"502-504\": backoff}.", read_rules),
            custom<retry_policy>(
                "backoff", {.type = value_shape::kind::section, .members = &backoff_keys()}, {}, "The schedule.",
                [](retry_policy& into, yaml_node const& node, reader& in) { read(backoff_keys(), into, node, in); }),
            duration("default_wait_429", &retry_policy::default_wait_429,
                     "Wait for a 429 without a hint; not set: such a 429 is not retried.", {1, 30.0 * 86'400'000}),
            choice("flag", &retry_policy::flag,
                   {{"decided", retry_flag::decided}, {"own", retry_flag::own}, {"off", retry_flag::off}},
                   "X-Should-Retry: decided: on every error; own: on the gateway's own; off: never."),
            custom<retry_policy>(
                "unsafe", {.type = value_shape::kind::choice, .choices = {"advise", "refuse"}}, "advise",
                "An upstream's 502, 503, 504 or 52x on a method that is not idempotent: advise retrying with safe: "
                "false, or refuse.",
                [](retry_policy& into, yaml_node const& node, reader& in)
                {
                    if(auto const at =
                           read_choice({.type = value_shape::kind::choice, .choices = {"advise", "refuse"}}, node, in))
                        into.refuse_unsafe = *at == 1;
                }),
            flag("rate_limit_fields", &retry_policy::rate_limit_fields,
                 "Write RateLimit and RateLimit-Policy too where a quota is used up."),
            texts("attempt_fields", &retry_policy::attempt_fields,
                  "Further request fields in which clients count their failures.", "a field name", objection_to_name),
        }};
    return keys;
}

} // namespace errata
