#include "command/demo_upstream.hpp"

#include <fmt/format.h>

namespace errata
{
namespace
{
bool matches(std::string_view pattern, std::string_view path)
{
    if(pattern.ends_with("/*"))
        return path.starts_with(pattern.substr(0, pattern.size() - 1));
    return path == pattern;
}

void list(std::span<scene const> scenes, std::string& out)
{
    std::string_view group;
    for(auto const& s : scenes)
    {
        if(s.group != group)
            out += fmt::format("\n{}\n", group = s.group);
        out += fmt::format("  {:<24} {}\n  {:<24}   -> {}\n", s.path, s.says, "", s.client_gets);
    }
}
} // namespace

scene const* find_scene(std::string_view path)
{
    for(auto const scenes : {error_scenes(), fault_scenes()})
        for(auto const& s : scenes)
            if(matches(s.path, path))
                return &s;
    return nullptr;
}

std::string scene_index()
{
    std::string out =
        "An upstream that misbehaves on demand. Each path: what it does -> what a client behind Errata gets.\n";
    list(error_scenes(), out);
    list(fault_scenes(), out);
    return out;
}

} // namespace errata
