#include "proxy/error_samples.hpp"

#include <gtest/gtest.h>

namespace errata
{
namespace
{
using namespace std::chrono_literals;

TEST(error_samples, keep_few_of_errors_alike_and_all_of_others)
{
    error_samples samples;
    wall_clock::time_point const start{1'700'000'000s};
    error_kind const storm{"checkout", "rate_limited", 429, 429}, rare{"checkout", "card_declined", 402, 402};
    auto const taken = [&](error_kind const& kind, wall_clock::time_point at, unsigned times)
    {
        unsigned kept = 0;
        for(unsigned i = 0; i < times; ++i)
            if(auto* const place = samples.next(kind, at))
                ++kept, place->code = kind.code;
        return kept;
    };
    EXPECT_EQ(taken(rare, start, 1), 1U);
    EXPECT_EQ(taken(storm, start, 100'000), error_samples::most_alike);
    EXPECT_EQ(taken(storm, start + 900ms, 100), 0U);
    EXPECT_EQ(taken(rare, start + 900ms, 2), 2U);
    EXPECT_EQ(taken(storm, start + 1s, 100), error_samples::most_alike) << "a second later they are news again";
    EXPECT_EQ(taken(storm, start - 1h, 100), error_samples::most_alike) << "a clock that was set back stops nothing";

    auto const all = samples.all();
    ASSERT_EQ(all.size(), 3 + 3 * error_samples::most_alike);
    EXPECT_EQ(all.back().code, "card_declined") << "newest first, and the storm has pushed nothing out";
}

TEST(error_samples, are_bounded_in_number)
{
    error_samples samples;
    wall_clock::time_point now{1'700'000'000s};
    for(unsigned i = 0; i < 1000; ++i, now += 1s)
        samples.next({"all", "not_found", 404, 404}, now)->status = i;
    auto const all = samples.all();
    ASSERT_EQ(all.size(), error_samples::most);
    EXPECT_EQ(all.front().status, 999U);
    EXPECT_EQ(all.back().status, 1000U - error_samples::most);
}
} // namespace
} // namespace errata
