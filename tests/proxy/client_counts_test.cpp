#include "proxy/client_counts.hpp"

#include <gtest/gtest.h>

namespace errata
{
namespace
{

TEST(client_counts, let_each_address_have_its_share)
{
    client_counts counts;
    EXPECT_TRUE(counts.enter("192.0.2.1", 2));
    EXPECT_TRUE(counts.enter("192.0.2.1", 2));
    EXPECT_FALSE(counts.enter("192.0.2.1", 2));
    EXPECT_TRUE(counts.enter("192.0.2.2", 2));
}

TEST(client_counts, let_another_in_when_one_has_left)
{
    client_counts counts;
    EXPECT_TRUE(counts.enter("192.0.2.1", 1));
    EXPECT_FALSE(counts.enter("192.0.2.1", 1));
    counts.leave("192.0.2.1");
    EXPECT_TRUE(counts.enter("192.0.2.1", 1));
}

TEST(client_counts, do_not_mind_those_who_came_before_there_was_a_limit)
{
    client_counts counts;
    counts.leave("192.0.2.1");
    EXPECT_TRUE(counts.enter("192.0.2.2", 1));
    counts.leave("192.0.2.1");
    EXPECT_FALSE(counts.enter("192.0.2.2", 1));
}

} // namespace
} // namespace errata
