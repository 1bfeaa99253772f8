#include "routing/log_members.hpp"
#include "routing/settings.hpp"
#include "routing/test_case.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errata
{
namespace
{
using kind = value_shape::kind;

/// A word in braces must name a member of a log line; other braces are text.
std::string objection_to_placeholders(std::string_view format)
{
    for(auto open = format.find('{'); open != std::string_view::npos; open = format.find('{', open + 1))
    {
        auto const name = format.substr(open + 1, format.find('}', open) - open - 1);
        if(open + 1 + name.size() == format.size() || name.empty() ||
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != std::string_view::npos ||
           std::ranges::find(log_members, name) != log_members.end())
            continue;
        auto const meant = nearest(name, log_members);
        return meant.empty() ? fmt::format("one of {} in braces, not {{{}}}", fmt::join(log_members, ", "), name)
                             : fmt::format("`{{{}}}` in place of `{{{}}}` (did you mean that?)", meant, name);
    }
    return {};
}

section_of<access_log_config> const& access_log_keys()
{
    static section_of<access_log_config> const keys{
        "access log",
        "One line for each request, with the cause of every error that the gateway itself answered.",
        {
            choice("format", &access_log_config::format,
                   {{"json", log_format::json}, {"text", log_format::text}, {"off", log_format::off}},
                   "JSON lines, text, or none."),
            text("path", &access_log_config::path, "File; - is standard output."),
            checked_text(
                "text_format", &access_log_config::text_format,
                "With format: text, the line; {time}, {path}, {status} and so on stand for what a JSON line has "
                "under that name.",
                objection_to_placeholders),
            share("sample_success", &access_log_config::sample_success,
                  "Share of the answers below 400 that is logged; errors always are."),
        }};
    return keys;
}

section_of<drain_settings> const& drain_keys()
{
    static section_of<drain_settings> const keys{
        "drain",
        "How the gateway stops after SIGTERM.",
        {
            duration("delay", &drain_settings::delay, "Readiness fails this long before the listeners close.",
                     {0, 600'000}),
            duration("deadline", &drain_settings::deadline, "Requests under way may take this long to finish.",
                     {0, 86'400'000}),
        }};
    return keys;
}

/// What would be right in place of a name server, empty when it is.
std::string server_objection(std::string_view text)
{
    std::string host;
    std::uint16_t port = 0;
    auto const with_port = std::string(text) + (text.find(':') == std::string_view::npos ? ":53" : "");
    bool const good = parse_address(with_port, host, port);
    return good && !host.starts_with("unix:") ? "" : "an address such as 10.0.0.2 or 127.0.0.1:5353";
}

section_of<dns_settings> const& dns_keys()
{
    static section_of<dns_settings> const keys{
        "dns",
        "How names of endpoints are looked up. Read at the start only.",
        {
            texts("servers", &dns_settings::servers, "Name servers to ask in place of the system's.",
                  "an address such as 10.0.0.2 or [::1]:5353", server_objection),
        }};
    return keys;
}

section_of<memory_settings> const& memory_keys()
{
    static section_of<memory_settings> const keys{
        "memory",
        "Budgets; not set: a quarter of the memory limit.",
        {
            size("error_bodies", &memory_settings::error_bodies,
                 "All error bodies being read. When it is spent, answers come from the status."),
        }};
    return keys;
}

void read_version(settings&, yaml_node const& node, reader& in)
{
    auto const text = in.text(node);
    if(text && *text != "1")
        in.wrong(node, in.shown(node) + " is a version that this gateway does not know", "version: 1");
}

void read_threads(settings& into, yaml_node const& node, reader& in)
{
    auto const text = in.text(node, "auto or a number");
    if(!text || *text == "auto")
        return;
    auto const n = parse_number(*text);
    if(!n || *n < 1 || *n > 256)
        in.wrong(node, in.shown(node) + " is no number of threads", "auto, or a whole number from 1 to 256");
    else
        into.threads = static_cast<unsigned>(*n);
}

void read_name(settings& into, yaml_node const& node, reader& in)
{
    auto name = in.text(node);
    if(!name)
        return;
    if(!is_token(*name) || name->size() > 64)
        in.wrong(node, in.shown(node) + " cannot name the gateway in Via and Proxy-Status",
                 "a token of at most 64 letters, digits and dashes");
    into.self.name = *std::move(name);
    into.named = true;
}

void read_proxy_status(settings& into, yaml_node const& node, reader& in)
{
    if(auto const at = read_choice({.type = kind::choice, .choices = {"on", "off", "details"}}, node, in))
    {
        into.self.proxy_status = *at != 1;
        into.self.proxy_status_details = *at == 2;
    }
}

bool is_range(std::string_view text)
{
    auto const slash = text.find('/');
    auto const address = text.substr(0, slash);
    auto const v6 = address.find(':') != std::string_view::npos;
    if(address.empty() ||
       address.find_first_not_of(v6 ? "0123456789abcdefABCDEF:." : "0123456789.") != std::string_view::npos)
        return false;
    if(!v6 && std::count(address.begin(), address.end(), '.') != 3)
        return false;
    if(slash == std::string_view::npos)
        return true;
    auto const bits = parse_number(text.substr(slash + 1));
    return bits && *bits <= (v6 ? 128u : 32u);
}

void read_trusted(settings& into, yaml_node const& node, reader& in)
{
    if(node.is_scalar() && (node.text == "private" || node.text == "none"))
    {
        into.trust = node.text == "none" ? trusted_proxies::none : trusted_proxies::private_ranges;
        return;
    }
    into.trust = trusted_proxies::list;
    into.trusted_ranges.clear();
    read_list(node,
              [&](yaml_node const& each)
              {
                  auto range = in.text(each);
                  if(range && !is_range(*range))
                      in.wrong(each, in.shown(each) + " is no address range",
                               "private, none, or ranges such as 10.0.0.0/8");
                  else if(range)
                      into.trusted_ranges.push_back(*std::move(range));
              });
}

void read_access_log(settings& into, yaml_node const& node, reader& in)
{
    if(!node.is_scalar())
        read(access_log_keys(), into.access_log, node, in);
    else if(auto const format = read_choice({.type = kind::choice, .choices = {"json", "text", "off"}}, node, in))
        into.access_log.format = std::array{log_format::json, log_format::text, log_format::off}[*format];
}

void read_upstreams(settings& into, yaml_node const& node, reader& in)
{
    read_named(node, in, "a map of names to upstreams",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   upstream_settings made;
                   made.node = &value;
                   made.made.name = name.text;
                   if(name.text.empty() || !is_field_value(name.text) || name.text.find("://") != std::string::npos)
                       in.wrong(name, in.shown(name) + " cannot name an upstream", "a short name");
                   read(upstream_keys(), made.made, value, in);
                   into.upstreams.push_back(std::move(made));
               });
}

void read_routes(settings& into, yaml_node const& node, reader& in)
{
    if(!node.is_list())
    {
        in.wrong(node, in.shown(node) + " stands where the routes belong", "a list: each item begins with a dash");
        return;
    }
    into.routes.reserve(node.items.size());
    for(auto const& item : node.items)
    {
        route_settings made;
        made.node = &item;
        made.made.where = in.position(item);
        made.made.name = fmt::format("route-{}", into.routes.size() + 1);
        read(route_keys(), made, item, in);
        into.routes.push_back(std::move(made));
    }
}

value_shape choice_of(std::vector<std::string_view> words)
{
    return {.type = kind::choice, .choices = std::move(words)};
}

/// Read elsewhere: `include` when files are gathered, `tests` by the test command.
void read_nothing(settings&, yaml_node const&, reader&) {}
} // namespace

section_of<settings> const& top_keys()
{
    static section_of<settings> const keys{
        "configuration",
        "One file, or a directory of files whose sections come together. ${NAME} and ${NAME:-default} stand for "
        "environment variables.",
        {
            custom<settings>("version", choice_of({"1"}), "1", "Version of this format.", read_version),
            custom<settings>("include",
                             {.type = kind::list, .parts = {{.type = kind::text, .note = "a file or directory"}}}, {},
                             "Further files or directories, relative to this file.", read_nothing),
            custom<settings>("name", {.type = kind::text, .note = "a token"}, "a generated token",
                             "The gateway's name in Via and Proxy-Status. Not a product or host name.", read_name),
            custom<settings>("proxy_status", choice_of({"on", "off", "details"}), "on",
                             "The Proxy-Status field on errors (RFC 9209); details: with the details parameter.",
                             read_proxy_status),
            custom<settings>(
                "threads",
                {.type = kind::either, .parts = {choice_of({"auto"}), {.type = kind::number, .least = 1, .most = 256}}},
                "auto", "Threads that serve; auto: the CPU quota rounded up.", read_threads),
            many("listeners", &settings::listeners, listener_keys(), "Where clients are served."),
            one("admin", &settings::admin, port_keys(), "The admin port: everything. Keep it on loopback."),
            one("telemetry", &settings::telemetry, port_keys(),
                "The telemetry port: only /livez, /readyz and /metrics."),
            custom<settings>("upstreams",
                             {.type = kind::named, .parts = {{.type = kind::section, .members = &upstream_keys()}}}, {},
                             "The services, by name.", read_upstreams),
            custom<settings>("routes",
                             {.type = kind::list, .parts = {{.type = kind::section, .members = &route_keys()}}}, {},
                             "Which requests go where.", read_routes),
            one("errors", &settings::errors, error_keys(), "How errors are recognised and written."),
            one("retry", &settings::retry, retry_keys(), "What clients are told about retrying."),
            custom<settings>(
                "access_log",
                {.type = kind::either,
                 .parts = {choice_of({"json", "text", "off"}), {.type = kind::section, .members = &access_log_keys()}}},
                "json", "The access log.", read_access_log),
            custom<settings>(
                "trusted_proxies",
                {.type = kind::either,
                 .parts = {choice_of({"private", "none"}),
                           {.type = kind::list,
                            .parts = {{.type = kind::text, .note = "a range such as 10.0.0.0/8"}}}}},
                "private",
                "From whom Forwarded and X-Forwarded-* are believed and extended; from others they are replaced.",
                read_trusted),
            one("drain", &settings::drain, drain_keys(), "How the gateway stops."),
            one("dns", &settings::dns, dns_keys(), "Name servers."),
            one("memory", &settings::memory, memory_keys(), "Budgets."),
            flag("ready_needs_upstreams", &settings::ready_needs_upstreams,
                 "Ready only while every upstream has an endpoint that can be used."),
            choice(
                "traces", &settings::traces,
                {{"pass", tracing::pass}, {"start", tracing::start}, {"sample", tracing::sample}},
                "W3C trace context. pass: a valid one is passed on, none is begun; start: one is begun where there is "
                "none, flagged not sampled; sample: flagged sampled."),
            choice("encoded_slashes", &settings::encoded_slashes,
                   {{"keep", encoded_slash::keep}, {"refuse", encoded_slash::refuse}},
                   "An encoded slash (%2F) in a path: keep: it stays and separates nothing; refuse: 400."),
            custom<settings>("tests", {.type = kind::list, .parts = {{.type = kind::section, .members = &test_keys()}}},
                             {}, "Sample answers and the errors they must become, for `errata test`.", read_nothing),
        }};
    return keys;
}

} // namespace errata
