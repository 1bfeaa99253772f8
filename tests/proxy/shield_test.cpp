#include "proxy/shield.hpp"

#include <gtest/gtest.h>

namespace errata
{
namespace
{

using namespace std::chrono_literals;

shield_config shielding()
{
    shield_config c;
    c.enabled = true;
    return c;
}

TEST(shield, goes_up_only_on_a_configured_status_with_a_hint)
{
    struct row
    {
        bool enabled;
        unsigned status;
        std::optional<milliseconds> hint;
        bool up;
    };
    row const rows[] = {
        {true, 503, 10s, true},  {true, 529, 10s, true},  {true, 503, {}, false},   {true, 503, 0s, false},
        {true, 429, 10s, false}, {true, 500, 10s, false}, {false, 503, 10s, false},
    };
    for(auto const& r : rows)
    {
        auto c = shielding();
        c.enabled = r.enabled;
        shield s{c};
        steady_time const now{1h};
        EXPECT_EQ(bool(s.on_answer(r.status, r.hint, now)), r.up) << r.status;
        EXPECT_EQ(s.up(now), r.up);
        EXPECT_EQ(s.admits(now), !r.up);
    }
}

TEST(shield, lets_everybody_through_at_first)
{
    auto const c = shielding();
    shield s{c};
    for(auto const now : {steady_time{}, steady_time{1s}, steady_time{1h}})
        EXPECT_TRUE(s.admits(now)) << "also just after boot";
}

TEST(shield, tells_what_remains_on_every_shard_and_counts_it_down)
{
    auto const c = shielding();
    shield here{c}, there{c};
    steady_time const start{1h};
    there.adopt(here.on_answer(503, 10s, start).value());
    for(auto t = 0ms; t < 10s; t += 250ms)
    {
        EXPECT_EQ(here.remaining(start + t), 10s - t);
        EXPECT_EQ(there.remaining(start + t), 10s - t);
    }
    EXPECT_EQ(there.remaining(start + 11s), 4s) << "until the ramp is over";
    EXPECT_EQ(there.remaining(start + 15s), 0s);
}

TEST(shield, holds_no_longer_than_configured)
{
    auto const c = shielding();
    shield s{c};
    steady_time const now{1h};
    (void)s.on_answer(503, 30 * 24h, now);
    EXPECT_EQ(s.remaining(now), 300s);
}

TEST(shield, does_not_move_for_the_rounding_of_answers_that_were_under_way)
{
    auto const c = shielding();
    shield s{c};
    steady_time const now{1h};
    (void)s.on_answer(503, 10s, now);
    EXPECT_FALSE(s.on_answer(503, 10s, now + 900ms));
    EXPECT_FALSE(s.on_answer(503, 2s, now + 1s));
    EXPECT_EQ(s.remaining(now + 1s), 9s);
    EXPECT_TRUE(s.on_answer(503, 60s, now + 1s)) << "this one says something new";
    EXPECT_EQ(s.remaining(now + 1s), 60s);
}

TEST(ramp, lets_a_lone_caller_in_who_came_when_told)
{
    auto const c = shielding();
    shield s{c};
    steady_time now{1h};
    (void)s.on_answer(503, 10s, now);
    now += 10s - 1ns;
    EXPECT_FALSE(s.admits(now));
    now += 1ns;
    EXPECT_TRUE(s.admits(now));
    for(int i = 0; i < 100; ++i)
        EXPECT_TRUE(s.admits(now += 150ms)) << "and afterwards, at its own pace";
}

TEST(ramp, lets_a_crowd_in_by_a_growing_share)
{
    auto const c = shielding(); // ramp 5 s
    shield s{c};
    steady_time const end = steady_time{1h} + 10s;
    (void)s.on_answer(529, 10s, steady_time{1h});
    int let_in[5] = {};
    for(int ms = 0; ms < 5000; ++ms)
        let_in[ms / 1000] += s.admits(end + ms * 1ms);
    EXPECT_LT(let_in[0], 250);
    EXPECT_GT(let_in[0], 0);
    for(int i = 1; i < 5; ++i)
        EXPECT_GT(let_in[i], let_in[i - 1]);
    EXPECT_TRUE(s.admits(end + 5s));
    EXPECT_TRUE(s.admits(end + 5s)) << "then everybody";
}

TEST(ramp, ends_at_once_when_upstream_asks_again)
{
    auto const c = shielding();
    shield s{c};
    steady_time now{1h};
    (void)s.on_answer(503, 10s, now);
    now += 11s;
    EXPECT_TRUE(s.admits(now));
    EXPECT_TRUE(s.on_answer(503, 1s, now));
    EXPECT_FALSE(s.admits(now));
    EXPECT_EQ(s.remaining(now), 1s);
}

TEST(ramp, can_be_none)
{
    auto c = shielding();
    c.ramp = 0ms;
    shield s{c};
    steady_time const now{1h};
    (void)s.on_answer(503, 1s, now);
    for(int i = 0; i < 10; ++i)
        EXPECT_TRUE(s.admits(now + 1s));
}

} // namespace
} // namespace errata
