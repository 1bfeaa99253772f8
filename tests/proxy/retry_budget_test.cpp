#include "proxy/retry_budget.hpp"

#include <gtest/gtest.h>

namespace errata
{
namespace
{

TEST(retry_budget, is_a_share_of_the_live_requests_and_at_least_the_minimum)
{
    struct row
    {
        double share;
        unsigned minimum, live, repeats;
    };
    row const rows[] = {
        {0.2, 3, 0, 3},  {0.2, 3, 10, 3}, {0.2, 3, 100, 20}, {0.2, 3, 19, 3},
        {0.2, 3, 20, 4}, {0, 0, 100, 0},  {1, 0, 7, 7},      {-1, 2, 100, 2},
    };
    for(auto const& r : rows)
    {
        retry_budget b{r.share, r.minimum};
        for(unsigned i = 0; i < r.live; ++i)
            b.request_began();
        unsigned got = 0;
        while(b.begin_repeat())
            ++got;
        EXPECT_EQ(got, r.repeats) << r.share << " of " << r.live << ", at least " << r.minimum;
    }
}

TEST(retry_budget, takes_places_back)
{
    retry_budget b{0.5, 1};
    EXPECT_TRUE(b.begin_repeat());
    EXPECT_FALSE(b.begin_repeat());
    b.repeat_ended();
    EXPECT_TRUE(b.begin_repeat());
    for(int i = 0; i < 4; ++i)
        b.request_began();
    EXPECT_TRUE(b.begin_repeat());
    for(int i = 0; i < 4; ++i)
        b.request_ended();
    EXPECT_FALSE(b.begin_repeat()) << "the share shrinks with the load";
}

} // namespace
} // namespace errata
