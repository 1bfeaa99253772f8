#include "proxy/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace errata
{
namespace
{
constexpr steady_time begin{std::chrono::hours(100)};

TEST(rate_limiter, spreads_requests_evenly)
{
    rate_limiter limit({.enabled = true, .requests = 10, .per = milliseconds(1000)});
    EXPECT_EQ(limit.ask(begin), std::nullopt);
    EXPECT_EQ(limit.ask(begin), milliseconds(100));
    EXPECT_EQ(limit.ask(begin + milliseconds(40)), milliseconds(60)) << "who is refused is not counted";
    EXPECT_EQ(limit.ask(begin + milliseconds(100)), std::nullopt);
    EXPECT_EQ(limit.ask(begin + milliseconds(199)), milliseconds(1));
    EXPECT_EQ(limit.ask(begin + milliseconds(200)), std::nullopt);
}

TEST(rate_limiter, lets_a_burst_through_and_refills_it_with_time)
{
    rate_limiter limit({.enabled = true, .requests = 10, .per = milliseconds(1000), .burst = 3});
    for(int i = 0; i < 3; ++i)
        EXPECT_EQ(limit.ask(begin), std::nullopt);
    EXPECT_EQ(limit.ask(begin), milliseconds(100));
    EXPECT_EQ(limit.ask(begin + milliseconds(100)), std::nullopt);
    EXPECT_EQ(limit.ask(begin + milliseconds(100)), milliseconds(100));
    for(int i = 0; i < 3; ++i) // never more than three, however long nobody came
        EXPECT_EQ(limit.ask(begin + std::chrono::hours(1)), std::nullopt);
    EXPECT_EQ(limit.ask(begin + std::chrono::hours(1)), milliseconds(100));
}

TEST(rate_limiter, waits_are_rounded_up_so_that_who_keeps_them_passes)
{
    rate_limiter limit({.enabled = true, .requests = 3, .per = milliseconds(1000)});
    EXPECT_EQ(limit.ask(begin), std::nullopt);
    EXPECT_EQ(limit.ask(begin), milliseconds(334));
    EXPECT_EQ(limit.ask(begin + milliseconds(334)), std::nullopt);
}

TEST(rate_limiter, counts_for_all_threads_together)
{
    constexpr unsigned burst = 1000;
    rate_limiter limit({.enabled = true, .requests = 1, .per = std::chrono::hours(1), .burst = burst});
    std::atomic<unsigned> passed{0};
    std::vector<std::thread> threads;
    for(int t = 0; t < 4; ++t)
        threads.emplace_back(
            [&]
            {
                for(unsigned i = 0; i < burst; ++i)
                    passed += !limit.ask(begin);
            });
    for(auto& t : threads)
        t.join();
    EXPECT_EQ(passed, burst);
}

} // namespace
} // namespace errata
