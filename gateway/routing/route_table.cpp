#include "routing/route_table.hpp"

#include "routing/path_index.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <numeric>

namespace errata
{
namespace
{
char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Host names compare without regard to case (RFC 9110 4.2.3); requests come in any.
struct host_hash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view host) const noexcept
    {
        std::uint64_t h = 0xcbf29ce484222325; // FNV-1a: names are short
        for(char const c : host)
            h = (h ^ static_cast<unsigned char>(lower(c))) * 0x100000001b3;
        return h;
    }
};
struct host_equal
{
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const noexcept { return iequals(a, b); }
};
using host_map = std::unordered_map<std::string, path_index, host_hash, host_equal>;

/// A name longer than the DNS allows is no name: it can only match routes for any host.
constexpr std::size_t longest_name = 253;

/// Two lines of one field are one list (RFC 9110 5.3), yet a condition holds when any of the lines fulfils it.
bool holds(route_match::field_condition const& condition, RE2 const* pattern, field_list fields)
{
    return std::any_of(fields.begin(), fields.end(),
                       [&](field const& f)
                       {
                           if(!iequals(f.name, condition.name))
                               return false;
                           if(condition.present)
                               return true;
                           return pattern ? RE2::FullMatch(f.value, *pattern) : f.value == condition.value;
                       });
}

bool includes(std::vector<std::string> const& methods, std::string_view method)
{
    return methods.empty() || std::find(methods.begin(), methods.end(), method) != methods.end();
}

std::size_t conditions(route_match const& match)
{
    return match.fields.size() + (match.methods.empty() ? 0 : 1);
}

/// True when every request that `b` takes, host and path being equal, is taken by `a`.
bool covers(route_match const& a, route_match const& b)
{
    auto const methods =
        a.methods.empty() || (!b.methods.empty() && std::all_of(b.methods.begin(), b.methods.end(),
                                                                [&](auto const& m) { return includes(a.methods, m); }));
    return methods && std::all_of(a.fields.begin(), a.fields.end(),
                                  [&](auto const& condition)
                                  { return std::find(b.fields.begin(), b.fields.end(), condition) != b.fields.end(); });
}
} // namespace

struct route_table::index
{
    host_map exact, wildcard; ///< a wildcard's key is what follows "*."
    path_index any;
    std::vector<std::vector<std::unique_ptr<RE2 const>>>
        patterns; ///< for each route's field conditions; null: not a regex

    template <class Each>
    void for_each_host(Each each) const
    {
        for(auto const& [name, paths] : exact)
            each(paths);
        for(auto const& [name, paths] : wildcard)
            each(paths);
        each(any);
    }

    /// Calls `each(path_index const&)` for the hosts that match, most specific first, until it returns true.
    template <class Each>
    bool visit(std::string_view host, Each each) const
    {
        if(host.ends_with('.'))
            host.remove_suffix(1); // the root's empty label: same name
        if(host.size() <= longest_name && !host.empty())
        {
            if(!exact.empty())
                if(auto const found = exact.find(host); found != exact.end() && each(found->second))
                    return true;
            if(!wildcard.empty())
                for(auto dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.', dot + 1))
                    if(auto const found = wildcard.find(host.substr(dot + 1));
                       found != wildcard.end() && each(found->second))
                        return true;
        }
        return each(any);
    }
};

route_table::route_table(std::vector<std::pair<route_match, route>> routes) : routes_(std::move(routes))
{
    auto made = std::make_unique<index>();
    made->patterns.resize(routes_.size());
    for(std::uint32_t i = 0; i < routes_.size(); ++i)
    {
        auto const& match = routes_[i].first;
        routes_[i].second.number = i;
        for(auto const& condition : match.fields)
            made->patterns[i].push_back(condition.regex ? std::make_unique<RE2 const>(condition.value, RE2::Quiet)
                                                        : nullptr);
        if(match.hosts.empty())
            made->any.add(match, i);
        for(auto const& host : match.hosts)
            (host.starts_with("*.") ? made->wildcard[host.substr(2)] : made->exact[host]).add(match, i);
    }

    std::vector<std::uint32_t> order(routes_.size()), priority(routes_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return conditions(routes_[a].first) > conditions(routes_[b].first); });
    for(std::uint32_t i = 0; i < order.size(); ++i)
        priority[order[i]] = i;
    for(auto& [name, paths] : made->exact)
        paths.finish(priority);
    for(auto& [name, paths] : made->wildcard)
        paths.finish(priority);
    made->any.finish(priority);
    index_ = std::move(made);
}

route_table::~route_table() = default;

route_table::result route_table::find(route_query const& request) const
{
    result out;
    std::vector<std::string_view> allowed;
    auto const take = [&](route_list const& candidates)
    {
        for(auto const i : candidates)
        {
            auto const& match = routes_[i].first;
            auto fits = true;
            for(std::size_t c = 0; c < match.fields.size() && fits; ++c)
                fits = holds(match.fields[c], index_->patterns[i][c].get(), request.fields);
            if(!fits)
                continue;
            if(includes(match.methods, request.method))
            {
                out.found = &routes_[i].second;
                return true;
            }
            for(auto const& method : match.methods)
                if(std::find(allowed.begin(), allowed.end(), method) == allowed.end())
                    allowed.push_back(method);
        }
        return false;
    };
    index_->visit(request.host, [&](path_index const& paths) { return paths.visit(request.path, take); });
    if(!out.found)
        for(auto const method : allowed)
            out.allow.append(out.allow.empty() ? "" : ", ").append(method);
    return out;
}

std::span<std::pair<route_match, route> const> route_table::all() const noexcept
{
    return routes_;
}

std::vector<std::pair<std::size_t, std::size_t>> route_table::shadowed() const
{
    // A route with several hosts is hidden only when it is hidden under each of them.
    std::vector<std::size_t> hidden_under(routes_.size()), hiding(routes_.size());
    index_->for_each_host(
        [&](path_index const& paths)
        {
            paths.for_each_group(
                [&](route_list const& same)
                {
                    // Many routes under one path are told apart by their fields; looking back a bounded way keeps this
                    // linear.
                    constexpr std::size_t far_enough = 100;
                    for(std::size_t later = 1; later < same.size(); ++later)
                        for(std::size_t earlier = later > far_enough ? later - far_enough : 0; earlier < later;
                            ++earlier)
                            if(covers(routes_[same[earlier]].first, routes_[same[later]].first))
                            {
                                ++hidden_under[same[later]];
                                hiding[same[later]] = same[earlier];
                                break;
                            }
                });
        });
    std::vector<std::pair<std::size_t, std::size_t>> out;
    for(std::size_t i = 0; i < routes_.size(); ++i)
        if(hidden_under[i] && hidden_under[i] >= std::max<std::size_t>(1, routes_[i].first.hosts.size()))
            out.emplace_back(i, hiding[i]);
    return out;
}

} // namespace errata
