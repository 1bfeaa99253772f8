#include "problem/catalog.hpp"
#include "problem/failure.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace errata
{
namespace
{
namespace json = boost::json;

TEST(catalog, explains_every_code_of_the_failure_table)
{
    auto const all = json::parse(catalog("", "/problems/", "*/*").body).at("problems").as_array();
    for(std::size_t i = 0; i < failure_count(); ++i)
    {
        auto const& row = trait(static_cast<failure>(i));
        if(row.code.empty())
            continue;
        EXPECT_TRUE(
            std::any_of(all.begin(), all.end(), [&](auto const& e) { return e.at("code").as_string() == row.code; }))
            << row.code;
    }
}

TEST(catalog, has_a_page_for_a_type)
{
    auto const page = json::parse(catalog("upstream-refused", "/problems/", "application/json").body);
    EXPECT_EQ(page.at("type").as_string(), "/problems/upstream-refused");
    EXPECT_EQ(page.at("code").as_string(), "UPSTREAM_REFUSED");
    EXPECT_EQ(page.at("status").as_int64(), 502);
    EXPECT_EQ(page.at("origin").as_string(), "gateway");
}

TEST(catalog, says_of_foreign_codes_that_they_are_the_services)
{
    EXPECT_EQ(json::parse(catalog("insufficient-funds", "/p/", "").body).at("origin").as_string(), "upstream");
}

TEST(catalog, is_a_page_for_browsers)
{
    auto const page = catalog("", "/p/", "text/html,application/json;q=0.5");
    EXPECT_TRUE(page.media_type.starts_with("text/html"));
    EXPECT_NE(page.body.find("<a href=\"/p/upstream-refused\">"), std::string::npos);
}

TEST(catalog, repeats_nothing_unescaped)
{
    for(std::string const accept : {"text/html", "application/json"})
    {
        auto const page = catalog("<script>\"'&\n\x01", "/p/", accept);
        EXPECT_EQ(page.body.find("<script"), std::string::npos);
        if(accept == "application/json")
        {
            EXPECT_NO_THROW((void)json::parse(page.body));
        }
    }
}
} // namespace
} // namespace errata
