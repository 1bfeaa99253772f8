#include "routing/gather.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace errata
{
namespace fs = std::filesystem;
namespace
{
constexpr std::size_t most_files = 10'000;

bool is_routing_file(fs::directory_entry const& entry)
{
    std::error_code ignored;
    auto const name = entry.path().filename().string();
    auto const extension = entry.path().extension();
    // Names that begin with a dot are editors' files and the ..data links of a mounted ConfigMap.
    return !name.starts_with('.') && (extension == ".yaml" || extension == ".yml") && entry.is_regular_file(ignored);
}

/// Sections whose maps may be spread over several files, key by key. An upstream stands in one place as a whole.
bool may_spread(std::string const& path)
{
    return path.empty() || path == "/upstreams" || path.starts_with("/errors") || path.starts_with("/retry") ||
           path == "/memory" || path == "/drain" || path == "/access_log";
}

bool may_join(std::string const& path)
{
    return path == "/listeners" || path == "/routes" || path == "/tests" || path == "/include" ||
           path == "/errors/rules" || path == "/errors/dialects" || path == "/errors/success";
}
} // namespace

void gatherer::add_path(std::string const& path)
{
    auto const file = sources_.add(path, {});
    yaml_node whole;
    whole.file = file;
    whole.line = whole.column = 1;
    add(path, whole);
}

void gatherer::add_text(std::string const& name, std::string const& text)
{
    auto tree = parse(sources_.add(name, text));
    if(auto const* include = tree.member("include"))
        in_.wrong(*include, "`include` works in files only");
    merge(root_, std::move(tree), {});
}

void gatherer::add(std::string const& path, yaml_node const& asked_by)
{
    std::error_code error;
    if(fs::is_directory(path, error))
        add_directory(path, asked_by);
    else
        add_file(path, asked_by);
}

void gatherer::add_directory(std::string const& path, yaml_node const& asked_by)
{
    std::error_code error;
    std::vector<std::string> found;
    for(fs::directory_iterator it{path, error}, end; !error && it != end; it.increment(error))
        if(is_routing_file(*it))
            found.push_back(it->path().string());
    if(error)
        in_.wrong(asked_by, fmt::format("the directory {} cannot be read: {}", path, error.message()));
    else if(found.empty())
        in_.wrong(asked_by, fmt::format("there is no file *.yaml or *.yml in {}", path));
    std::sort(found.begin(), found.end());
    for(auto const& file : found)
        add_file(file, asked_by);
}

void gatherer::add_file(std::string const& path, yaml_node const& asked_by)
{
    std::error_code error;
    auto const real = fs::weakly_canonical(path, error).string();
    if(auto const at = std::find(chain_.begin(), chain_.end(), real); at != chain_.end())
    {
        std::string cycle;
        for(auto i = at; i != chain_.end(); ++i)
            cycle += fs::path{*i}.filename().string() + " includes ";
        in_.wrong(asked_by,
                  fmt::format("the files include each other: {}{}", cycle, fs::path{real}.filename().string()));
        return;
    }
    if(std::find(known_.begin(), known_.end(), real) != known_.end())
        return; // named by a directory and by an include: read once
    if(known_.size() >= most_files)
    {
        in_.wrong(asked_by, fmt::format("more than {} files", most_files));
        return;
    }
    std::ifstream stream{path, std::ios::binary};
    std::string text;
    char block[64 * 1024];
    while(stream && text.size() <= yaml_limits{}.bytes && (stream.read(block, sizeof block) || stream.gcount() > 0))
        text.append(block, static_cast<std::size_t>(stream.gcount()));
    if(!stream.is_open() || stream.bad() || (text.empty() && !fs::is_regular_file(path, error)))
    {
        in_.wrong(asked_by, fmt::format("the file {} cannot be read", path),
                  "a readable YAML file or a directory of them");
        return;
    }
    known_.push_back(real);
    files_.push_back(path);

    auto tree = parse(sources_.add(path, std::move(text)));
    chain_.push_back(real);
    if(auto const* include = tree.member("include"))
        read_include(*include, fs::path{path}.parent_path().string());
    chain_.pop_back();
    merge(root_, std::move(tree), {});
}

void gatherer::read_include(yaml_node const& include, std::string const& beside)
{
    auto const one = [&](yaml_node const& each)
    {
        if(auto const name = in_.text(each, "a file or directory"))
            add(fs::path{*name}.is_absolute() ? *name : (fs::path{beside} / *name).string(), each);
    };
    if(include.is_list())
        for(auto const& each : include.items)
            one(each);
    else
        one(include);
}

yaml_node gatherer::parse(std::uint16_t file)
{
    std::vector<yaml_complaint> complaints;
    auto tree = parse_yaml(sources_.text(file), file, {}, complaints);
    for(auto& complaint : complaints)
    {
        yaml_node where;
        where.file = complaint.file;
        where.line = complaint.line;
        where.column = complaint.column;
        in_.wrong(where, std::move(complaint.message), std::move(complaint.expected));
    }
    if(tree.is_map() || !complaints.empty())
        return tree;
    if(!tree.is_null())
        in_.wrong(tree, "this file is no map of sections", "sections such as listeners:, upstreams: and routes:");
    return {};
}

void gatherer::merge(yaml_node& into, yaml_node&& from, std::string const& path)
{
    if(from.is_null())
        return;
    if(into.is_null())
    {
        into = std::move(from);
        return;
    }
    for(std::size_t i = 0; i < from.items.size(); ++i)
    {
        auto const& name = from.names[i].text;
        auto const here = fmt::format("{}/{}", path, name);
        auto* const known = const_cast<yaml_node*>(into.member(name));
        if(!known)
        {
            into.names.push_back(std::move(from.names[i]));
            into.items.push_back(std::move(from.items[i]));
        }
        else if(known->is_map() && from.items[i].is_map() && may_spread(here))
            merge(*known, std::move(from.items[i]), here);
        else if(known->is_list() && from.items[i].is_list() && may_join(here))
            std::move(from.items[i].items.begin(), from.items[i].items.end(), std::back_inserter(known->items));
        else if(known->is_null())
            *known = std::move(from.items[i]);
        else if(!(known->is_scalar() && from.items[i].is_scalar() && known->text == from.items[i].text) &&
                !from.items[i].is_null())
            in_.wrong(from.names[i], fmt::format("`{}` is set in two files", here.substr(1)),
                      fmt::format("one place; the other is {}:{}", sources_.name(known->file), known->line));
    }
}

} // namespace errata
