#include "routing/path_index.hpp"

#include <algorithm>

namespace errata
{
namespace
{
/// Takes the first segment off a path that begins with '/'. A slash at the very end is a segment of its own (an empty
/// one).
std::string_view take_segment(std::string_view& path)
{
    auto const end = path.find('/', 1);
    auto const segment = path.substr(1, end == std::string_view::npos ? end : end - 1);
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
    return segment;
}
} // namespace

path_index::path_index() = default;
path_index::path_index(path_index&&) noexcept = default;
path_index& path_index::operator=(path_index&&) noexcept = default;
path_index::~path_index() = default;

void path_index::add(route_match const& match, std::uint32_t position)
{
    using kind = route_match::path_kind;
    switch(match.kind)
    {
    case kind::exact:
        exact_[match.path].push_back(position);
        return;
    case kind::prefix:
        add_prefix(match.path, position);
        return;
    case kind::regex:
        same_pattern_[match.path].push_back(position);
        return;
    case kind::any:
        any_.push_back(position);
        return;
    }
}

void path_index::add_prefix(std::string_view prefix, std::uint32_t position)
{
    while(prefix.ends_with('/'))
        prefix.remove_suffix(1); // /v1/ and /v1 are the same prefix: both end at a segment border
    if(prefix.empty())
    {
        any_.push_back(position); // the prefix / is every path: as specific as no condition at all
        return;
    }
    if(nodes_.empty())
        nodes_.emplace_back();
    std::uint32_t at = 0;
    while(!prefix.empty())
    {
        auto const segment = take_segment(prefix);
        auto const known = nodes_[at].children.find(segment);
        if(known != nodes_[at].children.end())
        {
            at = known->second;
            continue;
        }
        auto const fresh = static_cast<std::uint32_t>(nodes_.size());
        nodes_[at].children.emplace(std::string{segment}, fresh);
        nodes_.emplace_back().parent = at;
        at = fresh;
    }
    nodes_[at].routes.push_back(position);
}

void path_index::finish(std::vector<std::uint32_t> const& priority)
{
    auto const first = [&](std::uint32_t a, std::uint32_t b) { return priority[a] < priority[b]; };
    for(auto& [path, routes] : exact_)
        std::sort(routes.begin(), routes.end(), first);
    for(auto& n : nodes_)
        std::sort(n.routes.begin(), n.routes.end(), first);
    std::sort(any_.begin(), any_.end(), first);
    if(same_pattern_.empty())
        return;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(64 << 20); // of the whole set's automaton
    patterns_ = std::make_unique<RE2::Set>(options, RE2::ANCHOR_BOTH);
    for(auto& [pattern, routes] : same_pattern_)
    {
        std::sort(routes.begin(), routes.end(), first);
        for(auto const position : routes)
            if(patterns_->Add(pattern, nullptr) >= 0)
                pattern_routes_.push_back(position);
    }
    patterns_->Compile();
    priority_ = priority;
}

std::uint32_t path_index::deepest(std::string_view path) const
{
    if(nodes_.empty() || !path.starts_with('/'))
        return nobody;
    std::uint32_t at = 0;
    while(!path.empty())
    {
        auto const& children = nodes_[at].children;
        if(children.empty())
            break;
        auto const next = children.find(take_segment(path));
        if(next == children.end())
            break;
        at = next->second;
    }
    return at;
}

route_list path_index::matching(std::string_view path) const
{
    std::vector<int> numbers;
    route_list found;
    patterns_->Match(path, &numbers);
    for(auto const n : numbers)
        found.push_back(pattern_routes_[static_cast<std::size_t>(n)]);
    std::sort(found.begin(), found.end(),
              [&](std::uint32_t a, std::uint32_t b) { return priority_[a] < priority_[b]; });
    return found;
}

} // namespace errata
