#pragma once

#include "problem/field.hpp"
#include "routing/snapshot.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errata
{

/// What a request shows the router. `path` is the normalised path (percent-encoding and dot segments resolved), without
/// query.
struct route_query
{
    std::string_view host; ///< lower case is not required; without port
    std::string_view path;
    std::string_view method;
    field_list fields;
};

/// The conditions of one route as written.
struct route_match
{
    std::vector<std::string> hosts{}; ///< exact or "*.example.com"; empty: any
    enum class path_kind
    {
        any,
        exact,
        prefix,
        regex
    } kind = path_kind::any;
    std::string path{};
    std::vector<std::string> methods{}; ///< empty: any
    struct field_condition
    {
        std::string name;
        std::string value;                   ///< compared exactly when not a regex
        bool regex = false, present = false; ///< present: any value will do
        friend bool operator==(field_condition const&, field_condition const&) = default;
    };
    std::vector<field_condition> fields{};
    friend bool operator==(route_match const&, route_match const&) = default;
};

/// Finds the route of a request. Immutable; cost does not grow with the number of host, exact and prefix routes.
/// Order: exact host, longest wildcard, any; exact path, longest prefix (at segment borders), RE2; more conditions;
/// file order.
class route_table
{
public:
    explicit route_table(std::vector<std::pair<route_match, route>> routes);
    ~route_table();

    struct result
    {
        route const* found = nullptr;
        std::string allow; ///< set when all but the method matched: the union for Allow
    };
    [[nodiscard]] result find(route_query const& request) const;

    [[nodiscard]] std::span<std::pair<route_match, route> const> all() const noexcept;

    /// Routes that no request can reach because another one before them takes all of theirs: (hidden, hiding), as
    /// positions in all().
    [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> shadowed() const;

private:
    struct index;
    std::vector<std::pair<route_match, route>> routes_;
    std::unique_ptr<index const> index_;
};

} // namespace errata
