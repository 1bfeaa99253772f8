#include "admin/views.hpp"

#include "admin/timestamp.hpp"
#include "problem/policy.hpp"
#include "routing/route_table.hpp"

#include <boost/json.hpp>

namespace errata
{
namespace
{
namespace json = boost::json;

bool is_secret(std::string_view name)
{
    for(std::string_view const word : {"token", "key", "secret", "password", "authorization", "cookie", "credential"})
    {
        auto const found = std::search(name.begin(), name.end(), word.begin(), word.end(),
                                       [](char a, char b) { return (a | 0x20) == b; });
        if(found != name.end())
            return true;
    }
    return name.ends_with("_headers");
}

json::value dump(yaml_node const& node, bool secret)
{
    switch(node.type)
    {
    case yaml_node::kind::null:
        return nullptr;
    case yaml_node::kind::scalar:
        return secret ? json::value("[redacted]") : json::value(node.text);
    case yaml_node::kind::list:
    {
        json::array out;
        for(auto const& item : node.items)
            out.push_back(dump(item, secret));
        return out;
    }
    case yaml_node::kind::map:
    {
        json::object out;
        for(std::size_t i = 0; i < node.items.size(); ++i)
        {
            auto const& name = node.names[i].text;
            // A map under such a name (`request_headers: {set: ...}`) is shown down to its names.
            out[name] = dump(node.items[i], secret || is_secret(name));
        }
        return out;
    }
    }
    return nullptr;
}

json::object match_of(route_match const& m)
{
    json::object out;
    if(!m.hosts.empty())
        out["hosts"] = json::value_from(m.hosts);
    constexpr char const* kinds[] = {"any", "path", "path_prefix", "path_regex"};
    if(m.kind != route_match::path_kind::any)
        out[kinds[static_cast<std::size_t>(m.kind)]] = m.path;
    if(!m.methods.empty())
        out["methods"] = json::value_from(m.methods);
    json::array fields;
    for(auto const& f : m.fields)
        fields.push_back(json::value(f.name));
    if(!fields.empty())
        out["headers"] = std::move(fields);
    return out;
}
} // namespace

admin_answer no(unsigned status, std::string_view sentence)
{
    admin_answer out{.status = status};
    out.body = json::serialize(json::object{{"error", sentence}}) + '\n';
    return out;
}

admin_answer config_page(config_tree const& tree)
{
    admin_answer out;
    out.body = json::serialize(dump(tree.root, false)) + '\n';
    return out;
}

admin_answer routes_page(snapshot const& config, maintenance_switches const& switched, wall_clock::time_point now)
{
    constexpr char const* modes[] = {"rewrite", "observe", "off"};
    constexpr char const* bodies[] = {"canonical", "compatible", "passthrough"};
    json::array routes;
    for(auto const& [match, r] : config.routes->all())
    {
        auto const own = switched.find(r.name);
        auto const& maintenance = own == switched.end() ? r.maintenance : own->second;
        routes.push_back({{"name", r.name},
                          {"match", match_of(match)},
                          {"upstream", config.upstreams[r.upstream].name},
                          {"errors",
                           {{"mode", modes[static_cast<std::size_t>(r.errors->mode)]},
                            {"body", bodies[static_cast<std::size_t>(r.errors->body)]}}},
                          {"maintenance", maintenance.holds(now)},
                          {"where", r.where.file + ':' + std::to_string(r.where.line)}});
        if(maintenance.holds(now) && maintenance.until)
            routes.back().as_object()["maintenance_until"] = timestamp(*maintenance.until);
    }
    admin_answer out;
    out.body = json::serialize(json::object{{"routes", std::move(routes)}}) + '\n';
    return out;
}

} // namespace errata
