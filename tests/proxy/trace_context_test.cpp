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
} // namespace
} // namespace errata
