// Which requests a route takes: the keys under `match`.
#include "routing/settings.hpp"

#include <re2/re2.h>

#include <fmt/format.h>

#include <algorithm>

namespace errata
{
namespace
{
using kind = value_shape::kind;

bool is_host_pattern(std::string_view host)
{
    if(host.starts_with("*."))
        host.remove_prefix(2);
    if(host.starts_with('['))
        return host.ends_with(']');
    return !host.empty() && host.size() <= 253 && host.front() != '.' &&
           std::all_of(host.begin(), host.end(),
                       [](char c)
                       {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                  c == '-' || c == '.' || c == '_' || c == ':';
                       });
}

/// In small letters and without the root's empty label, as requests are matched.
std::string normal_host(std::string host)
{
    for(auto& c : host)
        if(c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + ('a' - 'A'));
    if(host.ends_with('.'))
        host.pop_back();
    return host;
}

void read_hosts(route_match& into, yaml_node const& node, reader& in)
{
    into.hosts.clear();
    read_list(node,
              [&](yaml_node const& each)
              {
                  auto host = in.text(each, "a host name");
                  if(!host || *host == "*")
                      return;
                  if(!is_host_pattern(*host))
                      in.wrong(each, in.shown(each) + " is no host name",
                               "a name without a port, such as api.example.com or *.example.com");
                  else if(auto name = normal_host(*std::move(host));
                          std::find(into.hosts.begin(), into.hosts.end(), name) == into.hosts.end())
                      into.hosts.push_back(std::move(name));
              });
}

void read_methods(route_match& into, yaml_node const& node, reader& in)
{
    into.methods.clear();
    read_list(node,
              [&](yaml_node const& each)
              {
                  auto method = in.text(each, "a method");
                  if(!method)
                      return;
                  auto const small =
                      std::any_of(method->begin(), method->end(), [](char c) { return c >= 'a' && c <= 'z'; });
                  if(!is_token(*method) || method->size() > 32 || small)
                      in.wrong(each, in.shown(each) + " is no method", "a method in capitals, such as GET or POST");
                  else if(std::find(into.methods.begin(), into.methods.end(), *method) == into.methods.end())
                      into.methods.push_back(*std::move(method));
              });
}

/// Requests are matched by their normal path: a condition that is written otherwise would never hold.
void check_path(route_match::path_kind kind, std::string const& path, yaml_node const& node, reader& in)
{
    if(!path.starts_with('/') && !(path == "*" && kind == route_match::path_kind::exact))
        return in.wrong(node, in.shown(node) + " is no path", "a path that begins with /");
    if(path.find_first_of("?#") != std::string::npos)
        return in.wrong(node, in.shown(node) + " has a query; routes match on the path alone",
                        "a path without ? and #");
    std::string buffer;
    auto const normal = normalize_path(path, buffer);
    if(!normal)
        in.wrong(node, in.shown(node) + " can be in no request", "a path of URI characters and whole escapes");
    else if(*normal != path)
        in.wrong(node, in.shown(node) + " is not how requests are matched",
                 "the normal form " + (path == node.text ? std::string{*normal} : ""));
}

auto path_reader(route_match::path_kind what)
{
    return [what](route_match& into, yaml_node const& node, reader& in)
    {
        auto path = in.text(node, "a path");
        if(!path)
            return;
        if(into.kind != route_match::path_kind::any)
            in.wrong(node, "this match has a path condition already", "one of `path`, `path_prefix` and `path_regex`");
        if(what == route_match::path_kind::regex)
            check_pattern(*path, node, in);
        else
            check_path(what, *path, node, in);
        into.kind = what;
        into.path = *std::move(path);
    };
}

void read_field_condition(route_match& into, yaml_node const& name, yaml_node const& value, reader& in)
{
    route_match::field_condition condition{.name = name.text, .value = {}};
    if(!is_token(name.text))
        in.wrong(name, in.shown(name) + " is no field name", "letters, digits and dashes");
    if(value.is_map() && value.items.size() == 1 && value.names[0].text == "regex")
    {
        auto pattern = in.text(value.items[0], "a regular expression");
        if(!pattern || !check_pattern(*pattern, value.items[0], in))
            return;
        condition.regex = true;
        condition.value = *std::move(pattern);
    }
    else if(value.is_map() && value.items.size() == 1 && value.names[0].text == "present")
    {
        auto const present = read_flag(value.items[0], in);
        if(present && !*present)
            in.wrong(value.items[0], "a condition that a field is absent is not supported", "present: true");
        condition.present = true;
    }
    else
    {
        auto text = in.text(value, "the field's exact value, {regex: ...} or {present: true}");
        if(!text)
            return;
        condition.value = *std::move(text);
    }
    into.fields.push_back(std::move(condition));
}
} // namespace

bool check_pattern(std::string const& pattern, yaml_node const& node, reader& in)
{
    RE2::Options quiet;
    quiet.set_log_errors(false);
    quiet.set_max_mem(1 << 20);
    RE2 const compiled{pattern, quiet};
    if(!compiled.ok())
        in.wrong(node,
                 fmt::format("{} is no regular expression: {}", in.shown(node), in.judged(node, compiled.error())),
                 "RE2 syntax: no look-around, no back-references");
    return compiled.ok();
}

section_of<route_match> const& match_keys()
{
    using path = route_match::path_kind;
    value_shape const a_path{.type = kind::text, .note = "a path"};
    static section_of<route_match> const keys{
        "match",
        "All conditions must hold. Order: exact host, longest wildcard, any; exact path, longest prefix, regex, any; "
        "more conditions; place in the file.",
        {
            custom<route_match>(
                "host", {.type = kind::list, .parts = {{.type = kind::text, .note = "a host name or *.example.com"}}},
                {}, "One name or several; *.example.com matches any depth below; not set: any.", read_hosts),
            custom<route_match>("path", a_path, {}, "The exact path.", path_reader(path::exact)),
            custom<route_match>(
                "path_prefix", a_path, {},
                "The path, or its beginning up to a segment border: /v1 matches /v1 and /v1/x, not /v10.",
                path_reader(path::prefix)),
            custom<route_match>("path_regex", a_path, {}, "RE2 expression that the whole path must match.",
                                path_reader(path::regex)),
            custom<route_match>("methods", {.type = kind::list, .parts = {{.type = kind::text, .note = "a method"}}},
                                {}, "Others are answered with 405 and Allow; not set: any.", read_methods),
            custom<route_match>("headers", {.type = kind::named, .parts = {{.type = kind::any}}}, {},
                                "Field name to its exact value, {regex: ...} or {present: true}.",
                                [](route_match& into, yaml_node const& node, reader& in)
                                {
                                    read_named(node, in, "a map of field names to values",
                                               [&](auto const& name, auto const& value)
                                               { read_field_condition(into, name, value, in); });
                                }),
        }};
    return keys;
}

} // namespace errata
