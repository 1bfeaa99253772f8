#include "routing/route_table.hpp"

#include <gtest/gtest.h>

using namespace errata;
using kind = route_match::path_kind;

namespace
{
using entries = std::vector<std::pair<route_match, route>>;

std::pair<route_match, route> entry(std::string name, route_match match)
{
    route r;
    r.name = std::move(name);
    return {std::move(match), std::move(r)};
}

std::string found(route_table const& table, std::string_view host, std::string_view path,
                  std::string_view method = "GET", field_list fields = {})
{
    auto const result = table.find({host, path, method, fields});
    return result.found ? result.found->name : result.allow.empty() ? "404" : "405 " + result.allow;
}
} // namespace

TEST(host, goes_from_exact_over_the_longest_wildcard_to_any)
{
    route_table const table{{
        entry("any", {}),
        entry("short wildcard", {.hosts = {"*.example.com"}}),
        entry("long wildcard", {.hosts = {"*.eu.example.com"}}),
        entry("exact", {.hosts = {"api.eu.example.com"}}),
    }};
    EXPECT_EQ(found(table, "api.eu.example.com", "/"), "exact");
    EXPECT_EQ(found(table, "API.EU.Example.COM.", "/"), "exact");
    EXPECT_EQ(found(table, "b.eu.example.com", "/"), "long wildcard");
    EXPECT_EQ(found(table, "x.y.example.com", "/"), "short wildcard");
    EXPECT_EQ(found(table, "example.com", "/"), "any");
    EXPECT_EQ(found(table, "", "/"), "any");
    EXPECT_EQ(found(table, std::string(300, 'a') + ".example.com", "/"), "any");
}

TEST(host, that_has_no_route_for_the_path_leaves_it_to_the_next)
{
    route_table const table{{
        entry("rest", {}),
        entry("users", {.hosts = {"api.example.com"}, .kind = kind::prefix, .path = "/users"}),
    }};
    EXPECT_EQ(found(table, "api.example.com", "/orders"), "rest");
}

TEST(path, goes_from_exact_over_the_longest_prefix_and_regex_to_any)
{
    route_table const table{{
        entry("root", {.kind = kind::prefix, .path = "/"}),
        entry("regex", {.kind = kind::regex, .path = "/v[0-9]+/x"}),
        entry("v1", {.kind = kind::prefix, .path = "/v1"}),
        entry("v1 users", {.kind = kind::prefix, .path = "/v1/users/"}),
        entry("me", {.kind = kind::exact, .path = "/v1/users/me"}),
    }};
    EXPECT_EQ(found(table, "h", "/v1/users/me"), "me");
    EXPECT_EQ(found(table, "h", "/v1/users/me/"), "v1 users");
    EXPECT_EQ(found(table, "h", "/v1/users"), "v1 users");
    EXPECT_EQ(found(table, "h", "/v1/x"), "v1");
    EXPECT_EQ(found(table, "h", "/v10"), "root");
    EXPECT_EQ(found(table, "h", "/v2/x"), "regex");
    EXPECT_EQ(found(table, "h", "/v2/x/y"), "root");
    EXPECT_EQ(found(table, "h", "*"), "root");
}

TEST(prefix, ends_at_segment_borders)
{
    route_table const table{{entry("users", {.kind = kind::prefix, .path = "/users"})}};
    EXPECT_EQ(found(table, "h", "/users"), "users");
    EXPECT_EQ(found(table, "h", "/users/"), "users");
    EXPECT_EQ(found(table, "h", "/users/7/x"), "users");
    EXPECT_EQ(found(table, "h", "/users2"), "404");
    EXPECT_EQ(found(table, "h", "/"), "404");
    EXPECT_EQ(found(table, "h", "//users"), "404");
}

TEST(more_conditions, are_tried_first_then_file_order)
{
    route_table const table{{
        entry("plain", {.kind = kind::exact, .path = "/a"}),
        entry("get", {.kind = kind::exact, .path = "/a", .methods = {"GET"}}),
        entry("get beta", {.kind = kind::exact, .path = "/a", .methods = {"GET"}, .fields = {{"X-Beta", "1"}}}),
        entry("late", {.kind = kind::exact, .path = "/a"}),
    }};
    field const beta[] = {{"x-beta", "1"}};
    field const other[] = {{"x-beta", "2"}};
    EXPECT_EQ(found(table, "h", "/a", "GET", beta), "get beta");
    EXPECT_EQ(found(table, "h", "/a", "GET", other), "get");
    EXPECT_EQ(found(table, "h", "/a", "POST"), "plain");
}

TEST(field_condition, is_a_value_a_regex_or_presence)
{
    route_table const table{{
        entry("regex", {.fields = {{.name = "Accept", .value = ".*json.*", .regex = true}}}),
        entry("value", {.fields = {{.name = "Accept", .value = "text/html"}}}),
        entry("present", {.fields = {{.name = "X-Debug", .value = {}, .present = true}}}),
    }};
    field const json[] = {{"accept", "*/*"}, {"Accept", "application/json"}};
    field const html[] = {{"ACCEPT", "text/html"}};
    field const debug[] = {{"x-debug", ""}};
    EXPECT_EQ(found(table, "h", "/", "GET", json), "regex");
    EXPECT_EQ(found(table, "h", "/", "GET", html), "value");
    EXPECT_EQ(found(table, "h", "/", "GET", debug), "present");
    EXPECT_EQ(found(table, "h", "/", "GET"), "404");
}

TEST(method, that_alone_does_not_match_gives_405_with_the_union)
{
    route_table const table{{
        entry("a", {.kind = kind::exact, .path = "/a", .methods = {"GET", "POST"}}),
        entry("b", {.kind = kind::prefix, .path = "/", .methods = {"POST", "PUT"}}),
        entry("c", {.kind = kind::exact, .path = "/a", .methods = {"PATCH"}, .fields = {{"X-Beta", "1"}}}),
    }};
    EXPECT_EQ(found(table, "h", "/a", "DELETE"), "405 GET, POST, PUT");
    EXPECT_EQ(found(table, "h", "/a", "PUT"), "b");
    EXPECT_EQ(found(table, "h", "/b", "GET"), "405 POST, PUT");
}

TEST(ten_thousand_routes, are_all_found)
{
    entries all;
    for(int i = 0; i < 10'000; ++i)
    {
        auto const n = std::to_string(i);
        all.push_back(i % 2 ? entry(n, {.kind = kind::prefix, .path = "/service/" + n})
                            : entry(n, {.hosts = {"h" + n + ".example.com"}, .kind = kind::exact, .path = "/x"}));
    }
    route_table const table{std::move(all)};
    for(int i = 0; i < 10'000; ++i)
    {
        auto const n = std::to_string(i);
        EXPECT_EQ(i % 2 ? found(table, "any", "/service/" + n + "/a/b") : found(table, "h" + n + ".example.com", "/x"),
                  n);
    }
}

TEST(shadowed_route, is_named_with_the_one_that_hides_it)
{
    route_table const table{{
        entry("all", {.kind = kind::prefix, .path = "/a"}),
        entry("again", {.kind = kind::prefix, .path = "/a/"}),
        entry("get", {.kind = kind::prefix, .path = "/a", .methods = {"GET"}}), // tried before "all": more conditions
        entry("get again", {.kind = kind::prefix, .path = "/a", .methods = {"GET"}}),
        entry("half", {.hosts = {"x.example.com", "y.example.com"}}),
        entry("other half", {.hosts = {"y.example.com", "z.example.com"}}),
    }};
    using pairs = std::vector<std::pair<std::size_t, std::size_t>>;
    EXPECT_EQ(table.shadowed(), (pairs{{1, 0}, {3, 2}}));
}
