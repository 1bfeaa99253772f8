#include "problem/template.hpp"

#include <gtest/gtest.h>

namespace errata
{
namespace
{
problem sample()
{
    problem p;
    p.title = "Too Many Requests";
    p.status = 429;
    p.detail = "Say \"please\".";
    p.code = "RATE_LIMIT_EXCEEDED";
    p.details = R"({"limit":10.00})";
    p.request_id = "0123456789";
    p.retry.allowed = true;
    p.retry.after = milliseconds{8000};
    p.retry.safe = true;
    return p;
}

std::string written(std::string_view skeleton, problem const& p = sample())
{
    auto const built = error_template::build(skeleton);
    if(!built)
        return "mistake: " + built.error().reason;
    std::string out;
    built->write(p, out);
    return out;
}
} // namespace

TEST(error_template, writes_values_in_their_own_type)
{
    EXPECT_EQ(written(R"({"a":"{code}","b":"{status}","c":"{details}","d":"{retry_after}"})"),
              R"({"a":"RATE_LIMIT_EXCEEDED","b":429,"c":{"limit":10.00},"d":8})");
    EXPECT_EQ(written(R"({"retry":"{retry}"})"), R"({"retry":{"allowed":true,"after":8,"safe":true}})");
}

TEST(error_template, leaves_out_members_that_the_error_does_not_have)
{
    EXPECT_EQ(written(R"({"help":"{help}","code":"{code}","e":"{errors}"})"), R"({"code":"RATE_LIMIT_EXCEEDED"})");
    EXPECT_EQ(written(R"({"list":["{help}","{status}"]})"), R"({"list":[null,429]})");
}

TEST(error_template, inserts_text_into_longer_strings)
{
    EXPECT_EQ(written(R"({"m":"{status}: {detail} [{code}]"})"),
              R"({"m":"429: Say \"please\". [RATE_LIMIT_EXCEEDED]"})");
    EXPECT_EQ(written(R"({"m":"[{help}] {details}"})"), R"({"m":"[] {\"limit\":10.00}"})");
    EXPECT_EQ(written(R"({"m":"{{code}} \n é"})"), R"({"m":"{code} \n é"})");
}

TEST(error_template, keeps_everything_else_as_it_stands)
{
    EXPECT_EQ(written(R"({"v":15,"ok":false,"n":null,"a":[1,[],{}],"o":{"x":"y"}})"),
              R"({"v":15,"ok":false,"n":null,"a":[1,[],{}],"o":{"x":"y"}})");
}

TEST(error_template, refuses_what_it_cannot_write)
{
    EXPECT_EQ(written(R"({"m":"{kode}"})"), "mistake: unknown placeholder {kode}; write {{ for a brace");
    EXPECT_EQ(written(R"({"m":"open {"})"), "mistake: unknown placeholder {}; write {{ for a brace");
    EXPECT_TRUE(written(R"({"m":)").starts_with("mistake: not valid JSON"));
    EXPECT_EQ(written(R"("{code}")"), "mistake: an error is a JSON object");
}

TEST(error_template, has_presets_that_build)
{
    for(auto const* name : {"envelope", "openai", "oauth"})
        EXPECT_TRUE(error_template::build(error_template::preset(name))) << name;
    EXPECT_EQ(error_template::preset("none"), "");
    EXPECT_EQ(
        written(error_template::preset("openai")),
        R"({"error":{"message":"Say \"please\".","type":"rate_limit_exceeded","param":null,"code":"rate_limit_exceeded"}})");
}

} // namespace errata
