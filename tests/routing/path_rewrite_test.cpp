#include "routing/path_rewrite.hpp"

#include <gtest/gtest.h>

using namespace errata;

namespace
{
std::string rewritten(std::shared_ptr<path_rewrite const> const& by, std::string_view path, std::string_view query = {})
{
    std::string out = "left over";
    by->apply(path, query, out);
    return out;
}
} // namespace

TEST(prefix_rewrite, strips_and_replaces_at_segment_borders)
{
    struct row
    {
        char const *strip, *replace, *path, *target;
    };
    for(auto const& [strip, replace, path, target] : {
            row{"/v1", "", "/v1/users", "/users"},
            row{"/v1", "", "/v1", "/"},
            row{"/v1/", "", "/v1/users", "/users"},
            row{"/v1", "", "/v1/", "/"},
            row{"/v1", "", "/v10/users", "/v10/users"},
            row{"/v1", "/api", "/v1/users", "/api/users"},
            row{"/v1", "/api/", "/v1/users", "/api/users"},
            row{"/v1", "/api", "/v1", "/api"},
            row{"/v1", "/", "/v1/users", "/users"},
            row{"/", "/api", "/users", "/api/users"},
            row{"", "/api", "/users", "/api/users"},
        })
        EXPECT_EQ(rewritten(path_rewrite::prefix(strip, replace), path), target)
            << strip << ' ' << replace << ' ' << path;
}

TEST(prefix_rewrite, leaves_the_query_alone)
{
    EXPECT_EQ(rewritten(path_rewrite::prefix("/v1", ""), "/v1/a", "?x=/v1/%2e"), "/a?x=/v1/%2e");
}

TEST(regex_rewrite, puts_groups_in_and_keeps_what_does_not_match)
{
    auto const by = path_rewrite::regex("^/v([0-9]+)/(.*)$", R"(/\2/version-\1)");
    EXPECT_EQ(rewritten(by, "/v2/users", "?a"), "/users/version-2?a");
    EXPECT_EQ(rewritten(by, "/users"), "/users");
}

TEST(regex_rewrite, always_leaves_a_path)
{
    EXPECT_EQ(rewritten(path_rewrite::regex(".*", "x"), "/a"), "/x");
    EXPECT_EQ(rewritten(path_rewrite::regex(".*", ""), "/a"), "/");
}
