#include "routing/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace errata
{
namespace
{
/// The node at a path of keys, or the deepest one that exists: where a mistake about that setting is shown.
yaml_node const& at(yaml_node const& node, std::initializer_list<std::string_view> path)
{
    auto const* here = &node;
    for(auto const name : path)
        if(auto const* next = here->member(name))
            here = next;
    return *here;
}

bool is_loopback(std::string_view address)
{
    return address.starts_with("127.") || address == "::1" || address.starts_with("unix:");
}

/// Only who has a certificate of a certain authority gets in.
bool proves_clients(std::optional<listener_tls> const& tls)
{
    return tls && !tls->client_ca.empty() && tls->client_required;
}

void check_listeners(settings const& all, yaml_node const& root, reader& in)
{
    if(all.listeners.empty())
        in.wrong(at(root, {"listeners"}), "there is no listener", "listeners: [{address: 0.0.0.0:8080}]");
    std::set<std::string> taken;
    auto const claim = [&](std::string const& address, std::uint16_t port, yaml_node const& node)
    {
        if((port != 0 || address.starts_with("unix:")) && !taken.insert(fmt::format("{} {}", address, port)).second)
            in.wrong(node, "this address is taken by another port above", "an address of its own");
    };
    auto const* list = root.member("listeners");
    for(std::size_t i = 0; i < all.listeners.size(); ++i)
    {
        auto const& node = list && list->is_list() && i < list->items.size() ? list->items[i] : root;
        claim(all.listeners[i].address, all.listeners[i].port, at(node, {"address"}));
        auto const& limits = all.listeners[i].limits;
        if(limits.target_bytes > limits.head_bytes)
            in.wrong(at(node, {"limits", "target"}), "the target may be larger than the head that holds it",
                     "`target` at most `head`");
        if(limits.connections && limits.connections_per_client > limits.connections)
            in.wrong(at(node, {"limits", "connections_per_client"}),
                     "one client may have more connections than there may be in all",
                     "`connections_per_client` at most `connections`");
    }
    if(all.admin)
        claim(all.admin->address, all.admin->port, at(root, {"admin", "address"}));
    if(all.telemetry)
        claim(all.telemetry->address, all.telemetry->port, at(root, {"telemetry", "address"}));
    if(all.admin && !is_loopback(all.admin->address) && all.admin->token.empty() && !proves_clients(all.admin->tls))
        in.wrong(at(root, {"admin"}), "the admin port is open to others than this machine and has no token",
                 "`token:` beside `address:`, client certificates (`tls: {client_ca: ...}`) or a loopback address; "
                 "`telemetry:` is for probes and metrics");
}

void check_times(upstream_settings const& upstream, reader& in)
{
    auto const& t = upstream.made.timeouts;
    auto const& node = *upstream.node;
    if(t.total.count() > 0 && t.connect > t.total)
        in.wrong(at(node, {"timeouts", "total"}), "`total` passes before `connect` can", "`connect` at most `total`");
    auto const& c = upstream.made.concurrency;
    if(c.queue > 0 && t.total.count() > 0 && c.queue_timeout >= t.total)
        in.wrong(at(node, {"concurrency", "queue_timeout"}),
                 "a request may wait in the queue longer than `timeouts.total` allows it to live",
                 "`queue_timeout` below `timeouts.total`");
    auto const& check = upstream.made.check;
    if(check.enabled && check.timeout > check.interval)
        in.wrong(at(node, {"check", "timeout"}), "a check may take longer than the interval to the next one",
                 "`timeout` at most `interval`");
    if(upstream.made.repeat.per_try.count() > 0 && t.total.count() > 0 && upstream.made.repeat.per_try > t.total)
        in.wrong(at(node, {"repeat", "per_try"}), "one try may take longer than `timeouts.total`",
                 "`per_try` at most `timeouts.total`");
}

void check_upstream(upstream_settings const& upstream, reader& in)
{
    if(upstream.made.endpoints.empty() && in.failures() == 0)
        in.wrong(*upstream.node, "the upstream has no endpoint", "at least one URL under `endpoints`");
    auto const& b = upstream.made.breaker;
    if(b.enabled && b.consecutive_failures == 0 && b.error_rate == 0)
        in.wrong(at(*upstream.node, {"breaker"}), "nothing can open this breaker",
                 "`consecutive_failures` or `error_rate` above 0");
    auto const& tls = upstream.made.tls;
    auto const any_tls = std::any_of(upstream.made.endpoints.begin(), upstream.made.endpoints.end(),
                                     [](auto const& e) { return e.tls; });
    if(!any_tls && !upstream.made.endpoints.empty() && !(tls == upstream_tls{}))
        in.warn(at(*upstream.node, {"tls"}), "no endpoint of this upstream is https://: `tls` does nothing");
    check_times(upstream, in);
}

/// `upstream:` of a route is a name, or a URL that becomes an upstream of its own.
void resolve_upstreams(settings& all, reader& in)
{
    std::unordered_map<std::string, std::size_t> known;
    for(std::size_t i = 0; i < all.upstreams.size(); ++i)
        known.emplace(all.upstreams[i].made.name, i);
    std::vector<bool> used(all.upstreams.size());
    for(auto& r : all.routes)
    {
        if(r.upstream.empty())
            continue;
        auto found = known.find(r.upstream);
        if(found == known.end() && (r.upstream.find("://") != std::string::npos || r.upstream.starts_with("unix:")))
        {
            auto endpoint = parse_endpoint(r.upstream);
            if(!endpoint)
            {
                in.wrong(*r.upstream_node, in.shown(*r.upstream_node) + " is no endpoint",
                         "a URL without a path, such as http://127.0.0.1:9000");
                continue;
            }
            upstream_settings made;
            made.node = r.upstream_node;
            made.made.name = r.upstream;
            made.made.endpoints.push_back(*std::move(endpoint));
            found = known.emplace(r.upstream, all.upstreams.size()).first;
            all.upstreams.push_back(std::move(made));
            used.push_back(true);
        }
        if(found == known.end())
        {
            std::vector<std::string_view> names;
            for(auto const& u : all.upstreams)
                names.push_back(u.made.name);
            auto const meant = nearest(r.upstream, names);
            in.wrong(*r.upstream_node, fmt::format("there is no upstream {}", in.shown(*r.upstream_node)),
                     meant.empty() ? "the name of an upstream, or a URL"
                                   : fmt::format("`{}` (did you mean that?)", meant));
            continue;
        }
        r.made.upstream = found->second;
        used[found->second] = true;
    }
    for(std::size_t i = 0; i < used.size(); ++i)
        if(!used[i] && in.failures() == 0)
            in.warn(*all.upstreams[i].node,
                    fmt::format("no route leads to the upstream `{}`", all.upstreams[i].made.name));
}

void check_rewrite(route_settings const& r, reader& in)
{
    auto const needs_prefix = r.rewrite.strip_matched || (r.rewrite.replace_prefix && !r.rewrite.strip_prefix);
    if(needs_prefix && r.match.kind != route_match::path_kind::prefix)
        in.wrong(*r.rewrite_node, "there is no `path_prefix` in this route's match to take off",
                 "`match: {path_prefix: ...}`, or strip_prefix with the prefix itself");
}

void check_routes(settings const& all, yaml_node const& root, reader& in)
{
    if(all.routes.empty())
        in.wrong(at(root, {"routes"}), "there is no route", "routes: [{upstream: NAME}]");
    std::unordered_map<std::string_view, route_settings const*> names;
    for(auto const& r : all.routes)
    {
        auto const [first, fresh] = names.emplace(r.made.name, &r);
        if(!fresh)
            in.wrong(at(*r.node, {"name"}),
                     fmt::format("the route {} is here a second time", in.shown(at(*r.node, {"name"}))),
                     fmt::format("a name of its own; the first is at {}:{}", first->second->made.where.file,
                                 first->second->made.where.line));
        check_rewrite(r, in);
        if(r.errors && r.errors->member("catalog"))
            in.wrong(*r.errors->member("catalog"), "the catalogue belongs to the gateway, not to a route",
                     "`errors.catalog` at the top");
    }
}
} // namespace

void check_settings(settings& all, yaml_node const& root, reader& in)
{
    check_listeners(all, root, in);
    for(auto const& upstream : all.upstreams)
        check_upstream(upstream, in);
    check_routes(all, root, in);
    resolve_upstreams(all, in);
}

} // namespace errata
