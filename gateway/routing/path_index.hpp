#pragma once

#include "routing/route_table.hpp"

#include <re2/set.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace errata
{

/// Hash and equality that let a map of strings be asked with a view.
struct text_hash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
template <class V, class Hash = text_hash>
using text_map = std::unordered_map<std::string, V, Hash, std::equal_to<>>;

/// FNV-1a: segments are short, and the standard hash is made for long texts.
struct segment_hash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept
    {
        std::uint64_t h = 0xcbf29ce484222325;
        for(unsigned char const c : text)
            h = (h ^ c) * 0x100000001b3;
        return h;
    }
};

/// Positions of routes in the order in which they are tried: more conditions first, then as in the file.
using route_list = std::vector<std::uint32_t>;

/// The routes of one host, by path. Exact paths are one hash look-up, prefixes one walk over the path's segments,
/// regular expressions one RE2::Set: the number of routes does not matter.
class path_index
{
public:
    path_index();
    path_index(path_index&&) noexcept;
    path_index& operator=(path_index&&) noexcept;
    ~path_index();

    void add(route_match const& match, std::uint32_t position);
    /// To be called once after the last `add`. `priority` tells which of two routes is tried first.
    void finish(std::vector<std::uint32_t> const& priority);

    /// Calls `each(route_list const&)` with the candidates, most specific first, until it returns true.
    template <class Each>
    bool visit(std::string_view path, Each each) const
    {
        if(auto const found = exact_.find(path); found != exact_.end() && each(found->second))
            return true;
        for(auto at = deepest(path); at != nobody; at = nodes_[at].parent)
            if(!nodes_[at].routes.empty() && each(nodes_[at].routes))
                return true;
        if(patterns_)
            if(auto const matched = matching(path); !matched.empty() && each(matched))
                return true;
        return !any_.empty() && each(any_);
    }

    /// Calls `each(route_list const&)` with every set of routes that share host and path.
    template <class Each>
    void for_each_group(Each each) const
    {
        for(auto const& [path, routes] : exact_)
            each(routes);
        for(auto const& n : nodes_)
            each(n.routes);
        for(auto const& routes : same_pattern_)
            each(routes.second);
        each(any_);
    }

private:
    static constexpr std::uint32_t nobody = 0xffffffff;
    struct node
    {
        std::uint32_t parent = nobody;
        text_map<std::uint32_t, segment_hash> children; ///< by segment
        route_list routes;
    };

    [[nodiscard]] std::uint32_t deepest(std::string_view path) const;
    [[nodiscard]] route_list matching(std::string_view path) const;
    void add_prefix(std::string_view prefix, std::uint32_t position);

    text_map<route_list> exact_;
    std::vector<node> nodes_;
    text_map<route_list> same_pattern_;
    std::unique_ptr<RE2::Set> patterns_;
    route_list pattern_routes_; ///< by number in the set
    std::vector<std::uint32_t> priority_;
    route_list any_;
};

} // namespace errata
