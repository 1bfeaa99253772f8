#include "proxy/cors.hpp"

#include <gtest/gtest.h>

#include <array>

namespace errata
{
namespace
{

struct row
{
    std::vector<std::string> origins;
    bool credentials;
    std::vector<field> request;
    std::string_view allow_origin, allow_credentials, vary;
};

TEST(cors, lets_the_origins_of_the_route_read_an_own_error)
{
    field const shop{"Origin", "https://shop.example"};
    row const rows[] = {
        {{"https://shop.example"}, false, {shop}, "https://shop.example", "", "Origin"},
        {{"https://a.example", "https://shop.example"}, true, {shop}, "https://shop.example", "true", "Origin"},
        {{"*"}, false, {shop}, "*", "", ""},
        {{"*"}, true, {shop}, "https://shop.example", "true", "Origin"},
        {{"https://other.example"}, false, {shop}, "", "", ""},
        {{"*"}, false, {}, "", "", ""},
    };
    for(auto const& r : rows)
    {
        arena memory;
        std::vector<field> answer{{"Content-Type", "application/problem+json"}, {"Retry-After", "8"}};
        add_cors_fields({r.origins, r.credentials}, r.request, answer, memory);
        EXPECT_EQ(value_of(answer, "Access-Control-Allow-Origin"), r.allow_origin);
        EXPECT_EQ(value_of(answer, "Access-Control-Allow-Credentials"), r.allow_credentials);
        EXPECT_EQ(value_of(answer, "Access-Control-Expose-Headers"), r.allow_origin.empty() ? "" : "Retry-After");
        EXPECT_EQ(value_of(answer, "Vary"), r.vary);
    }
}

TEST(preflight, is_an_options_that_names_an_origin_and_a_method)
{
    field const origin{"Origin", "https://shop.example"}, method{"Access-Control-Request-Method", "PUT"};
    EXPECT_EQ(preflight_method("OPTIONS", std::array{origin, method}), "PUT");
    EXPECT_EQ(preflight_method("GET", std::array{origin, method}), "");
    EXPECT_EQ(preflight_method("OPTIONS", std::array{origin}), "");
    EXPECT_EQ(preflight_method("OPTIONS", std::array{method}), "");
}

TEST(preflight, of_an_origin_that_the_route_allows_is_granted_this_once)
{
    std::array const asked{field{"Origin", "https://shop.example"}, field{"Access-Control-Request-Method", "PUT"},
                           field{"Access-Control-Request-Headers", "content-type,idempotency-key"}};
    arena memory;
    EXPECT_TRUE(preflight_fields({{"https://other.example"}, false}, asked, memory).empty());
    auto const granted = preflight_fields({{"https://shop.example"}, true}, asked, memory);
    EXPECT_EQ(value_of(granted, "Access-Control-Allow-Origin"), "https://shop.example");
    EXPECT_EQ(value_of(granted, "Access-Control-Allow-Credentials"), "true");
    EXPECT_EQ(value_of(granted, "Access-Control-Allow-Methods"), "PUT");
    EXPECT_EQ(value_of(granted, "Access-Control-Allow-Headers"), "content-type,idempotency-key");
    EXPECT_EQ(value_of(granted, "Access-Control-Max-Age"), "0");
    EXPECT_EQ(value_of(granted, "Vary"), "Origin");
    EXPECT_EQ(find(granted, "Access-Control-Expose-Headers"), nullptr);
}

} // namespace
} // namespace errata
