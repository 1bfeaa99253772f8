#include "routing/build.hpp"

#include "problem/dialect.hpp"
#include "problem/rules.hpp"
#include "problem/success.hpp"
#include "problem/template.hpp"
#include "routing/error_parts.hpp"
#include "routing/route_table.hpp"

#include <fmt/format.h>

#include <functional>
#include <unordered_map>

namespace errata
{
namespace
{
/// The text of a subtree without its places: routes with the same overrides share one policy.
void write_plain(yaml_node const& node, std::string& out)
{
    if(node.is_scalar())
        out.append(node.text).push_back('\x01');
    for(std::size_t i = 0; i < node.items.size(); ++i)
    {
        out.push_back('\x02');
        if(node.is_map())
            out.append(node.names[i].text).push_back('\x03');
        write_plain(node.items[i], out);
    }
    out.push_back('\x04');
}

/// Reads a route's overrides over the gateway's own settings, once for equal texts.
template <class Settings, class Policy>
class overridden
{
public:
    overridden(section_of<Settings> const& keys, Settings const& base, reader& in,
               std::function<Policy(Settings&, reader&)> finish)
        : keys_(keys), base_(base), in_(in), finish_(std::move(finish))
    {
        Settings own = base_;
        common_ = finish_(own, in_);
    }

    Policy const& common() const noexcept { return common_; }

    Policy operator()(yaml_node const* overrides)
    {
        if(!overrides || overrides->is_null())
            return common_;
        std::string text;
        write_plain(*overrides, text);
        if(auto const at = known_.find(text); at != known_.end())
            return at->second;
        auto const before = in_.failures();
        Settings own = base_;
        read(keys_, own, *overrides, in_);
        auto made = finish_(own, in_);
        if(in_.failures() == before) // the same mistake in the next route is to be told too
            known_.emplace(std::move(text), made);
        return made;
    }

private:
    section_of<Settings> const& keys_;
    Settings const& base_;
    reader& in_;
    std::function<Policy(Settings&, reader&)> finish_;
    Policy common_;
    std::unordered_map<std::string, Policy> known_;
};

/// Compiles what `errors` only kept. One for a whole configuration: its parts are shared by all policies.
class error_compiler
{
public:
    std::shared_ptr<error_policy const> operator()(error_settings& s, reader& in)
    {
        s.policy.dialects = dialects_(s.dialects, in);
        s.policy.rules = rules_(s.rules, in);
        s.policy.success = success_(s.success, in);
        s.policy.skeleton = skeletons_(s.skeleton, in);
        return std::make_shared<error_policy const>(std::move(s.policy));
    }

private:
    compiled_once<dialect_table> dialects_{compile_dialects};
    compiled_once<error_rules> rules_{compile_rules};
    compiled_once<success_conditions> success_{compile_success};
    compiled_once<error_template> skeletons_{compile_template};
};

std::shared_ptr<retry_policy const> finish_retry(retry_policy& p, reader&)
{
    return std::make_shared<retry_policy const>(std::move(p));
}

std::shared_ptr<path_rewrite const> rewrite_of(rewrite_settings const& rewrite, route_match const& match)
{
    if(!rewrite.regex.empty())
        return path_rewrite::regex(rewrite.regex, rewrite.replace);
    if(!rewrite.strip_prefix && !rewrite.strip_matched && !rewrite.replace_prefix)
        return nullptr;
    return path_rewrite::prefix(rewrite.strip_prefix.value_or(match.path), rewrite.replace_prefix.value_or(""));
}

std::string written(route_match const& match)
{
    std::string out;
    for(auto const& host : match.hosts)
        out.append(out.empty() ? "" : ",").append(host);
    return out + (match.path.empty() ? "/" : match.path);
}

void warn_of_shadows(route_table const& table, std::vector<yaml_node const*> const& nodes, reader& in)
{
    for(auto const& [hidden, hiding] : table.shadowed())
    {
        auto const& [match, loser] = table.all()[hidden];
        auto const& winner = table.all()[hiding].second;
        in.warn(*nodes[hidden],
                fmt::format("no request reaches the route `{}` ({}): `{}` at {}:{} takes them all", loser.name,
                            written(match), winner.name, winner.where.file, winner.where.line),
                "another path or host, or more conditions");
    }
}

std::unique_ptr<route_table const> build_routes(settings& all, reader& in, snapshot& into)
{
    overridden<error_settings, std::shared_ptr<error_policy const>> errors{error_keys(), all.errors, in,
                                                                           error_compiler{}};
    overridden<retry_policy, std::shared_ptr<retry_policy const>> retry{retry_keys(), all.retry, in, finish_retry};
    into.errors = errors.common();
    into.retry = retry.common();

    std::vector<std::pair<route_match, route>> routes;
    std::vector<yaml_node const*> nodes;
    routes.reserve(all.routes.size());
    nodes.reserve(all.routes.size());
    for(auto& r : all.routes)
    {
        r.made.errors = errors(r.errors);
        r.made.retry = retry(r.retry);
        r.made.response_timeout = r.timeouts.response;
        r.made.total_timeout = r.timeouts.total;
        r.made.rewrite = rewrite_of(r.rewrite, r.match);
        routes.emplace_back(std::move(r.match), std::move(r.made));
        nodes.push_back(r.node);
    }
    auto table = std::make_unique<route_table const>(std::move(routes));
    if(in.failures() == 0)
        warn_of_shadows(*table, nodes, in);
    return table;
}
} // namespace

std::shared_ptr<snapshot const> build_snapshot(settings all, yaml_node const&, reader& in)
{
    auto out = std::make_shared<snapshot>();
    out->routes = build_routes(all, in, *out);
    out->threads = all.threads;
    out->listeners = std::move(all.listeners);
    for(auto const& l : out->listeners)
        if(l.tls && !l.tls->client_ca.empty())
            out->subject_fields.push_back(l.tls->subject_field);
    for(auto& upstream : all.upstreams)
        out->upstreams.push_back(std::move(upstream.made));
    out->self = std::move(all.self);
    out->admin = std::move(all.admin);
    out->telemetry = std::move(all.telemetry);
    out->access_log = std::move(all.access_log);
    out->trust = all.trust;
    out->trusted_ranges = std::move(all.trusted_ranges);
    out->drain_delay = all.drain.delay;
    out->drain_deadline = all.drain.deadline;
    out->catalog_path = std::move(all.errors.catalog_path);
    out->name_servers = std::move(all.dns.servers);
    out->error_body_budget = all.memory.error_bodies;
    out->encoded_slashes = all.encoded_slashes;
    out->traces = all.traces;
    out->ready_needs_upstreams = all.ready_needs_upstreams;
    return out;
}

} // namespace errata
