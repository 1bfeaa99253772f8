#include "proxy/failure_record.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace errata
{
namespace
{

using namespace std::chrono_literals;

TEST(rate_window, counts_what_happened_within_its_length)
{
    rate_window w{10s};
    steady_time now{1h};
    for(int i = 0; i < 100; ++i, now += 1s)
        w.add(i % 4 == 0, now);
    auto const recent = w.count(now - 1s);
    EXPECT_EQ(recent.total, 10u);
    EXPECT_NEAR(recent.rate(), 0.25, 0.06);
}

TEST(rate_window, is_empty_after_a_pause_of_its_length_or_of_hours)
{
    for(auto const pause : {steady_clock::duration{10s}, steady_clock::duration{11s}, steady_clock::duration{1h},
                            steady_clock::duration{24h * 365}})
    {
        rate_window w{10s};
        steady_time const now{1h};
        w.add(true, now);
        EXPECT_EQ(w.count(now).total, 1u);
        EXPECT_EQ(w.count(now + pause).total, 0u);
    }
}

TEST(rate_window, loses_nothing_when_several_threads_add)
{
    rate_window w{10s};
    steady_time const now{1h};
    {
        std::vector<std::jthread> shards;
        for(int t = 0; t < 4; ++t)
            shards.emplace_back(
                [&]
                {
                    for(int i = 0; i < 1000; ++i)
                        w.add(i % 2 == 0, now);
                });
    }
    EXPECT_EQ(w.count(now).total, 4000u);
    EXPECT_EQ(w.count(now).failed, 2000u);
}

TEST(rate_window, keeps_its_rate_when_a_bucket_is_full)
{
    rate_window w{10s};
    steady_time const now{1h};
    for(int i = 0; i < 1'100'000; ++i)
        w.add(i % 2 == 0, now);
    EXPECT_NEAR(w.count(now).rate(), 0.5, 0.001);
    EXPECT_GT(w.count(now).total, 1'000'000u);
}

TEST(failure_record, ends_a_streak_with_a_success)
{
    failure_record r{10s, false};
    steady_time const now{1h};
    r.failure(now), r.failure(now);
    EXPECT_EQ(r.streak(), 2u);
    r.success(now);
    EXPECT_EQ(r.streak(), 0u);
    EXPECT_EQ(r.recent(now).total, 0u) << "no window was asked for";
}

} // namespace
} // namespace errata
