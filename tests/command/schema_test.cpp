#include "command/schema.hpp"

#include "routing/schema.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

using namespace errata;

namespace
{
std::string contents(std::string const& path)
{
    std::ostringstream out;
    out << std::ifstream{path}.rdbuf();
    return out.str();
}

/// Every "$ref" below `value` that leads nowhere in `root`.
void dangling(boost::json::value const& value, boost::json::value const& root, std::vector<std::string>& into)
{
    if(auto const* object = value.if_object())
        for(auto const& [name, member] : *object)
        {
            if(name == "$ref" && member.is_string())
            {
                boost::system::error_code none;
                if(!root.find_pointer(std::string{member.as_string()}.substr(1), none))
                    into.emplace_back(member.as_string());
            }
            dangling(member, root, into);
        }
    if(auto const* array = value.if_array())
        for(auto const& item : *array)
            dangling(item, root, into);
}

std::vector<std::string> dangling(std::string const& text)
{
    std::vector<std::string> out;
    auto const root = boost::json::parse(text);
    dangling(root, root, out);
    return out;
}
} // namespace

TEST(reference_page, in_the_repository_is_up_to_date)
{
    EXPECT_TRUE(contents(ERRATA_SOURCE_DIR "/docs/configuration.md") == reference_page())
        << "errata schema --markdown > docs/configuration.md";
}

TEST(json_schema, is_json_whose_references_lead_somewhere)
{
    auto const schema = boost::json::parse(json_schema());
    EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
    EXPECT_EQ(dangling(json_schema()), std::vector<std::string>{});
    EXPECT_EQ(schema.at_pointer("/$defs/upstream/required"), (boost::json::array{"endpoints"}));
}

TEST(openapi_document, is_json_whose_references_lead_somewhere)
{
    EXPECT_EQ(boost::json::parse(openapi_document()).at("openapi"), "3.1.0");
    EXPECT_EQ(dangling(std::string{openapi_document()}), std::vector<std::string>{});
}

TEST(indented_json, keeps_every_letter_of_values)
{
    EXPECT_EQ(indent_json(R"({"a":[1.00,"x,{\"",{}],"b" : [ ]})"),
              "{\n  \"a\": [\n    1.00,\n    \"x,{\\\"\",\n    {}\n  ],\n  \"b\": []\n}");
}
