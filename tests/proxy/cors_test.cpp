#include "proxy/cors.hpp"

#include <gtest/gtest.h>

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

} // namespace
} // namespace errata
