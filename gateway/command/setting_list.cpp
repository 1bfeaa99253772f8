#include "command/setting_list.hpp"

#include "routing/settings.hpp"

#include <algorithm>

namespace errata
{
namespace
{
/// Values that may hold credentials are named, not shown.
bool is_private(std::string_view name)
{
    return name.find("_headers.") != std::string_view::npos || name.ends_with(".token") || name.ends_with(".key");
}

class collector
{
public:
    explicit collector(config_tree const& tree) : tree_(tree) {}

    void add(yaml_node const& node, std::string const& name)
    {
        if(node.is_map() && !node.items.empty())
        {
            for(std::size_t i = 0; i < node.items.size(); ++i)
                add(node.items[i], name + "." + node.names[i].text);
            return;
        }
        if(std::any_of(found_.begin(), found_.end(), [&](auto const& known) { return known.name == name; }))
            return; // overridden by what was added before
        found_.push_back({name, is_private(name) ? "(set)" : value_of(node), tree_.sources.position(node)});
    }

    std::vector<written_setting> take() { return std::move(found_); }

private:
    static std::string value_of(yaml_node const& node)
    {
        if(node.is_scalar())
            return node.text.size() > 60 ? node.text.substr(0, 57) + "..." : node.text;
        if(node.is_list() &&
           std::all_of(node.items.begin(), node.items.end(), [](auto const& item) { return item.is_scalar(); }))
        {
            std::string out;
            for(auto const& item : node.items)
                out.append(out.empty() ? "" : ", ").append(item.text);
            return out;
        }
        return node.is_list() ? std::to_string(node.items.size()) + (node.items.size() == 1 ? " item" : " items") : "";
    }

    config_tree const& tree_;
    std::vector<written_setting> found_;
};

void add_members(yaml_node const& map, std::initializer_list<std::string_view> names, std::string const& prefix,
                 collector& into)
{
    for(auto const name : names)
        if(auto const* member = map.member(name))
            into.add(*member, prefix + std::string{name});
}

yaml_node const* find_route(config_tree const& tree, source_position const& route)
{
    if(auto const* routes = tree.root.member("routes"))
        for(auto const& each : routes->items)
            if(tree.sources.position(each) == route)
                return &each;
    return nullptr;
}

/// The last entry of a map of statuses to rules that is about this one: it is the one that counts.
std::optional<std::size_t> entry_for(yaml_node const& statuses, unsigned status)
{
    for(auto i = statuses.items.size(); i-- > 0;)
        if(std::vector<unsigned> meant;
           parse_statuses(statuses.names[i].text, meant) && std::ranges::find(meant, status) != meant.end())
            return i;
    return {};
}
} // namespace

source_position place_of_upstream(config_tree const& tree, std::string_view name)
{
    if(auto const* upstreams = tree.root.member("upstreams"))
        for(std::size_t i = 0; i < upstreams->items.size(); ++i)
            if(upstreams->names[i].text == name)
                return tree.sources.position(upstreams->names[i]);
    // A URL that a route names in place of an upstream.
    if(auto const* routes = tree.root.member("routes"))
        for(auto const& route : routes->items)
            if(auto const* url = route.member("upstream"); url && url->text == name)
                return tree.sources.position(*url);
    return {};
}

std::vector<written_setting> settings_of(config_tree const& tree, source_position const& route,
                                         std::string const& upstream)
{
    collector out{tree};
    if(auto const* own = find_route(tree, route))
        add_members(*own,
                    {"errors", "retry", "rewrite", "timeouts", "request_headers", "response_headers", "hold", "shield",
                     "maintenance", "cors", "max_body", "upgrade"},
                    "", out);
    add_members(tree.root, {"errors", "retry"}, "", out);
    if(auto const* upstreams = tree.root.member("upstreams"))
        if(auto const* own = upstreams->member(upstream))
            out.add(*own, "upstream");
    return out.take();
}

std::vector<written_setting> settings_behind(config_tree const& tree, source_position const& route,
                                             retry_advice const& decision, unsigned status)
{
    collector out{tree};
    bool found = decision.setting.empty();
    for(auto const* const level : {find_route(tree, route), &tree.root})
    {
        auto const* const retry = level ? level->member("retry") : nullptr;
        auto const* const said = retry && !found ? retry->member(decision.setting) : nullptr;
        if(said && !said->is_map())
        {
            out.add(*said, "retry." + std::string{decision.setting});
            found = true;
        }
        else if(auto const entry = said ? entry_for(*said, status) : std::nullopt)
        {
            out.add(said->items[*entry], "retry.statuses." + said->names[*entry].text);
            found = true;
        }
    }
    for(auto const* const level : {find_route(tree, route), &tree.root})
        if(auto const* const retry = level && decision.scheduled ? level->member("retry") : nullptr)
            add_members(*retry, {"backoff"}, "retry.", out);
    return out.take();
}

} // namespace errata
