#include "routing/settings.hpp"

#include <re2/re2.h>

#include <fmt/format.h>

#include <algorithm>

namespace errata
{
namespace
{
using kind = value_shape::kind;

/// Fields that frame or route a message: editing them would let one request smuggle another.
bool is_ours(std::string_view name)
{
    for(std::string_view fixed : {"connection", "content-length", "transfer-encoding", "host", "te", "trailer",
                                  "upgrade", "keep-alive", "proxy-connection"})
        if(iequals(fixed, name))
            return true;
    return false;
}

std::string objection_to_edit(std::string_view name)
{
    if(!is_token(name))
        return "a field name: letters, digits and dashes";
    return is_ours(name) ? "a field that neither frames nor routes the message" : "";
}

void read_edits(std::vector<std::pair<std::string, std::string>>& into, yaml_node const& node, reader& in)
{
    read_named(node, in, "a map of field names to values",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   auto text = in.text(value, "a field value");
                   if(auto expected = objection_to_edit(name.text); !expected.empty())
                       in.wrong(name, in.shown(name) + " cannot be edited", std::move(expected));
                   else if(text && !is_field_value(*text))
                       in.wrong(value, "a field value holds a control character", "no CR, LF or NUL");
                   else if(text)
                       into.emplace_back(name.text, *std::move(text));
               });
}

key_of<field_edits> edit_key(std::string_view name,
                             std::vector<std::pair<std::string, std::string>> field_edits::*member,
                             std::string_view doc)
{
    value_shape what{.type = kind::named, .parts = {{.type = kind::text, .note = "a field value"}}};
    return custom<field_edits>(name, what, {}, doc,
                               [member](field_edits& into, yaml_node const& node, reader& in)
                               { read_edits(into.*member, node, in); });
}

section_of<field_edits> const& edit_keys()
{
    static section_of<field_edits> const keys{
        "field edits",
        "Fields to set, add and remove. Fields that frame a message cannot be edited.",
        {
            edit_key("set", &field_edits::set, "Replaces whatever is there."),
            edit_key("add", &field_edits::add, "Adds a line beside what is there."),
            texts("remove", &field_edits::remove, "Names of fields to remove.", "a field name", objection_to_edit),
        }};
    return keys;
}

std::string objection_to_replacement(std::string_view text)
{
    auto const clean =
        std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '?' && c != '#'; });
    return clean ? "" : "a path without spaces, ?, # and control characters";
}

std::string objection_to_path(std::string_view text)
{
    return text.starts_with('/') ? objection_to_replacement(text) : "a path that begins with /";
}

section_of<rewrite_settings> const& rewrite_keys()
{
    static section_of<rewrite_settings> const keys{
        "rewrite",
        "The path as the upstream gets it. Without this the target goes out as it came in.",
        {
            custom<rewrite_settings>(
                "strip_prefix",
                {.type = kind::either, .parts = {{.type = kind::flag}, {.type = kind::text, .note = "a path prefix"}}},
                {}, "Prefix to take off; true: the matched `path_prefix`.",
                [](rewrite_settings& into, yaml_node const& node, reader& in)
                {
                    auto text = in.text(node);
                    if(!text)
                        return;
                    if(auto const yes = parse_flag(*text))
                        into.strip_matched = *yes;
                    else if(text->starts_with('/'))
                        into.strip_prefix = *std::move(text);
                    else
                        in.wrong(node, in.shown(node) + " is no prefix", "true, or a path that begins with /");
                }),
            checked_text("replace_prefix", &rewrite_settings::replace_prefix,
                         "What is put in its place; alone: in place of the matched `path_prefix`.", objection_to_path),
            text("regex", &rewrite_settings::regex, "RE2 expression over the path.", "a regular expression"),
            checked_text("replace", &rewrite_settings::replace,
                         "What its first match becomes; \\1 to \\9 are its groups.", objection_to_replacement),
        },
        [](rewrite_settings& rewrite, yaml_node const& node, reader& in)
        {
            auto const by_prefix = rewrite.strip_prefix || rewrite.replace_prefix || rewrite.strip_matched;
            if(by_prefix && !rewrite.regex.empty())
                in.wrong(node, "a prefix and a regular expression cannot both rewrite the path",
                         "`strip_prefix`/`replace_prefix`, or `regex` with `replace`");
            if(!rewrite.regex.empty() != (node.member("replace") != nullptr))
                in.wrong(node, "`regex` and `replace` go together", "both");
            else if(!rewrite.regex.empty() && check_pattern(rewrite.regex, *node.member("regex"), in))
            {
                std::string error;
                if(!RE2{rewrite.regex, RE2::Quiet}.CheckRewriteString(rewrite.replace, &error))
                    in.wrong(*node.member("replace"),
                             fmt::format("the replacement does not fit the expression: {}", error),
                             "\\1 to \\9 for groups that are there");
            }
        }};
    return keys;
}

section_of<maintenance_config> const& maintenance_keys()
{
    static section_of<maintenance_config> const keys{
        "maintenance",
        "Answers everything with 503 MAINTENANCE.",
        {
            flag("on", &maintenance_config::on, "The switch."),
            text("detail", &maintenance_config::detail, "The sentence that clients read."),
            custom<maintenance_config>("until", {.type = kind::text, .note = "a time such as 2026-07-01T06:00:00Z"}, {},
                                       "End of the window: Retry-After counts down to it.",
                                       [](maintenance_config& into, yaml_node const& node, reader& in)
                                       {
                                           auto const text = in.text(node);
                                           if(!text)
                                               return;
                                           if(into.until = parse_time(*text); !into.until)
                                               in.wrong(node, in.shown(node) + " is no time",
                                                        "a time in UTC such as 2026-07-01T06:00:00Z");
                                       }),
        }};
    return keys;
}

section_of<cors_config> const& cors_keys()
{
    static section_of<cors_config> const keys{
        "cors",
        "Lets browsers read errors that the gateway itself answers; preflights are granted where the upstream cannot "
        "answer "
        "them. Upstream answers keep their own CORS fields.",
        {
            texts("origins", &cors_config::origins, "Origins that may read them; \"*\" for any.",
                  "an origin such as https://app.example.com")
                .required_key(),
            flag("credentials", &cors_config::credentials, "Also with credentials."),
        }};
    return keys;
}

section_of<route_timeouts> const& timeout_keys()
{
    static section_of<route_timeouts> const keys{
        "route timeouts",
        "Override the upstream's.",
        {
            duration("response", &route_timeouts::response, "To the response head.", {1, 86'400'000}),
            duration("total", &route_timeouts::total, "To the response head, repeats included; off: none.",
                     {0, 86'400'000}),
        }};
    return keys;
}

/// An entry for a member of route_settings::made.
template <class Make>
key_of<route_settings> of_route(Make make)
{
    key_of<route> inner = make();
    auto put = inner.put;
    inner.put = [put](void* into, yaml_node const& node, reader& in)
    { put(&static_cast<route_settings*>(into)->made, node, in); };
    return {static_cast<key const&>(inner)};
}

key_of<route_settings> overrides(std::string_view name, yaml_node const* route_settings::*member, section const& keys,
                                 std::string_view doc)
{
    return custom<route_settings>(name, {.type = kind::section, .members = &keys}, {}, doc,
                                  [member](route_settings& into, yaml_node const& node, reader&)
                                  { into.*member = &node; });
}
} // namespace

section_of<hold_config> const& hold_keys()
{
    using by = hold_config::key_kind;
    static section_of<hold_config> const keys{
        "hold",
        "A caller that was told to wait and comes back early is answered here: 429 or 503 RETRY_TOO_EARLY with what "
        "remains.",
        {
            flag("enabled", &hold_config::enabled, "Being there switches it on."),
            choice("key", &hold_config::key,
                   {{"address", by::address}, {"field", by::field}, {"authorization", by::authorization}},
                   "What tells callers apart."),
            text("field", &hold_config::field, "With key: field, its name."),
            number("table", &hold_config::table, "Callers remembered at a time.", {1, 10'000'000}),
            duration("max_hold", &hold_config::max_hold, "Longest time a caller is held.", {1, 86'400'000}),
        },
        [](hold_config& hold, yaml_node const& node, reader& in)
        {
            if((hold.key == by::field) != !hold.field.empty() || (!hold.field.empty() && !is_token(hold.field)))
                in.wrong(node, "`key: field` and `field:` go together", "key: field with field: X-Api-Key, or neither");
        }};
    return keys;
}

section_of<rate_limit_config> const& rate_limit_keys()
{
    static section_of<rate_limit_config> const keys{
        "rate_limit",
        "So many requests of all clients together, spread evenly; what is too much is answered with 429 "
        "RATE_LIMIT_EXCEEDED and the time until the next one may pass.",
        {
            flag("enabled", &rate_limit_config::enabled, "Being there switches it on."),
            number("requests", &rate_limit_config::requests, "How many.", {1, 10'000'000}),
            duration("per", &rate_limit_config::per, "In which time.", {1, 86'400'000}),
            number("burst", &rate_limit_config::burst, "How many may come at once.", {1, 10'000'000}),
        }};
    return keys;
}

section_of<route_settings> const& route_keys()
{
    static section_of<route_settings> const keys{
        "route",
        "Which requests go where, and how their errors are treated.",
        {
            of_route(
                [] {
                    return text("name", &route::name, "For logs, metrics and explain; not set: its place in the file.");
                }),
            one("match", &route_settings::match, match_keys(), "Conditions; not set: every request."),
            custom<route_settings>("upstream", {.type = kind::text, .note = "the name of an upstream, or a URL"}, {},
                                   "Where the requests go: a name under `upstreams`, or a URL.",
                                   [](route_settings& into, yaml_node const& node, reader& in)
                                   {
                                       into.upstream_node = &node;
                                       auto name = in.text(node, "the name of an upstream");
                                       if(name && name->empty())
                                           in.wrong(node, in.shown(node) + " is no upstream",
                                                    "the name of an upstream, or a URL");
                                       else if(name)
                                           into.upstream = *std::move(name);
                                   })
                .required_key(),
            overrides("errors", &route_settings::errors, error_keys(), "Overrides of `errors` at the top."),
            overrides("retry", &route_settings::retry, retry_keys(), "Overrides of `retry` at the top."),
            custom<route_settings>("rewrite", {.type = kind::section, .members = &rewrite_keys()}, {},
                                   "The path as the upstream gets it.",
                                   [](route_settings& into, yaml_node const& node, reader& in)
                                   {
                                       into.rewrite_node = &node;
                                       read(rewrite_keys(), into.rewrite, node, in);
                                   }),
            of_route(
                [] {
                    return one("request_headers", &route::request_fields, edit_keys(),
                               "Edits of the request's fields.");
                }),
            of_route(
                [] {
                    return one("response_headers", &route::response_fields, edit_keys(),
                               "Edits of the response's fields.");
                }),
            of_route(
                [] { return switched("hold", &route::hold, hold_keys(), "Keep callers to the wait they were told."); }),
            of_route(
                [] {
                    return switched("rate_limit", &route::rate_limit, rate_limit_keys(),
                                    "Let no more requests through than this.");
                }),
            of_route(
                []
                {
                    return switched("shield", &route::shield, shield_keys(),
                                    "Respect the upstream's wish to be left alone; goes before the upstream's own.");
                }),
            of_route(
                []
                { return one("maintenance", &route::maintenance, maintenance_keys(), "Answer everything with 503."); }),
            of_route([]
                     { return one("cors", &route::cors, cors_keys(), "Let browsers read the gateway's own errors."); }),
            one("timeouts", &route_settings::timeouts, timeout_keys(), "Override the upstream's."),
            of_route(
                [] {
                    return size("max_body", &route::max_body,
                                "Largest request body; then 413 PAYLOAD_TOO_LARGE; off: no limit.");
                }),
            of_route(
                []
                {
                    return flag("require_length", &route::require_length,
                                "Refuse chunked content with 411 LENGTH_REQUIRED: for services that do not take it.");
                }),
            of_route([]
                     { return flag("upgrade", &route::allow_upgrade, "Let WebSocket and other upgrades through."); }),
        }};
    return keys;
}

} // namespace errata
