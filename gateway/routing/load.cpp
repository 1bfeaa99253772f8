#include "routing/load.hpp"

#include "routing/build.hpp"
#include "routing/gather.hpp"

#include <algorithm>
#include <unordered_map>

namespace errata
{
void sort_mistakes(std::vector<mistake>& mistakes, source_set const& sources)
{
    std::unordered_map<std::string, std::size_t> order;
    for(std::size_t i = 0; i < sources.size(); ++i)
        order.emplace(sources.name(static_cast<std::uint16_t>(i)), i);
    auto const place = [&](mistake const& m) { return std::tuple{order[m.where.file], m.where.line, m.where.column}; };
    std::stable_sort(mistakes.begin(), mistakes.end(),
                     [&](auto const& a, auto const& b) { return place(a) < place(b); });
    auto const same = [](mistake const& a, mistake const& b) { return a.where == b.where && a.message == b.message; };
    mistakes.erase(std::unique(mistakes.begin(), mistakes.end(), same), mistakes.end());
}

namespace
{
template <class Gather>
loaded load_by(environment const& env, std::string const& instance, Gather gather)
{
    loaded out;
    auto tree = std::make_shared<config_tree>();
    reader in{tree->sources, env, out.mistakes};
    gatherer files{tree->sources, in};
    gather(files);
    tree->root = files.take();
    if(tree->root.is_null())
        tree->root.line = tree->root.column = 1; // an empty file: what is missing is missing at its beginning
    out.files = files.files();
    // A file that could not be read leaves holes: what follows from them would only hide the reason.
    if(in.failures() == 0)
    {
        settings all;
        all.self.name = instance;
        read(top_keys(), all, tree->root, in);
        check_settings(all, tree->root, in);
        auto made = build_snapshot(std::move(all), tree->root, in);
        if(in.failures() == 0)
            out.config = std::move(made);
    }
    sort_mistakes(out.mistakes, tree->sources);
    out.tree = std::move(tree);
    return out;
}
} // namespace

loaded load(std::vector<std::string> const& paths, environment const& env, std::string const& instance)
{
    return load_by(env, instance,
                   [&](gatherer& files)
                   {
                       for(auto const& path : paths)
                           files.add_path(path);
                   });
}

ports load_ports(std::vector<std::string> const& paths, environment const& env)
{
    settings found;
    ports out;
    source_set sources;
    reader in{sources, env, out.mistakes};
    gatherer files{sources, in};
    for(auto const& path : paths)
        files.add_path(path);
    auto const root = files.take();
    yaml_node sections{.type = yaml_node::kind::map};
    for(std::size_t i = 0; i < root.items.size(); ++i)
        if(auto const& name = root.names[i].text; name == "listeners" || name == "admin" || name == "telemetry")
        {
            sections.names.push_back(root.names[i]);
            sections.items.push_back(root.items[i]);
        }
    read(top_keys(), found, sections, in);
    sort_mistakes(out.mistakes, sources);
    out.listeners = std::move(found.listeners);
    out.admin = std::move(found.admin);
    out.telemetry = std::move(found.telemetry);
    return out;
}

loaded load_text(std::string const& yaml, std::string const& name, environment const& env, std::string const& instance)
{
    return load_by(env, instance, [&](gatherer& files) { files.add_text(name, yaml); });
}

} // namespace errata
