#include "proxy/trace_context.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace errata
{
namespace
{
std::string const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(traceparent, gives_its_ids)
{
    auto const ids = parse_traceparent(good);
    ASSERT_TRUE(ids);
    EXPECT_EQ(ids->trace_id, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(ids->span_id, "b7ad6b7169203331");
}

TEST(traceparent, of_a_later_version_may_be_longer)
{
    EXPECT_TRUE(parse_traceparent("cc" + good.substr(2) + "-what-comes"));
    EXPECT_FALSE(parse_traceparent("cc" + good.substr(2) + "x"));
}

TEST(traceparent, that_is_not_valid_gives_nothing)
{
    for(auto const& bad :
        std::vector<std::string>{std::string{}, good.substr(1), good + "-", "ff" + good.substr(2),
                                 "0G" + good.substr(2), "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                 "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                 "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                 "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                 "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x"})
        EXPECT_FALSE(parse_traceparent(bad)) << bad;
}

TEST(started_trace, is_valid_and_another_one_each_time)
{
    id_source ids;
    started_trace one, other;
    auto const first = one.start(ids, true), second = other.start(ids, false);
    EXPECT_TRUE(parse_traceparent(one.text())) << one.text();
    EXPECT_TRUE(one.text().ends_with("-01"));
    EXPECT_TRUE(other.text().ends_with("-00"));
    EXPECT_EQ(parse_traceparent(one.text())->trace_id, first.trace_id);
    EXPECT_EQ(parse_traceparent(one.text())->span_id, first.span_id);
    EXPECT_NE(first.trace_id, second.trace_id);
    EXPECT_NE(first.trace_id.substr(0, 16), first.trace_id.substr(16));
}
} // namespace
} // namespace errata
