#include "proxy/shield.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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

constexpr shield::caller told = 7, another = 8; ///< told: by upstream itself

bool admits(shield& s, steady_time now, shield::caller who = told)
{
    return !s.wait_for(who, now);
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
        shield s;
        steady_time const now{1h};
        EXPECT_EQ(bool(s.on_answer(c, r.status, r.hint, told, now)), r.up) << r.status;
        EXPECT_EQ(s.up(now), r.up);
        EXPECT_EQ(admits(s, now), !r.up);
    }
}

TEST(shield, lets_everybody_through_at_first)
{
    auto const c = shielding();
    shield s;
    for(auto const now : {steady_time{}, steady_time{1s}, steady_time{1h}})
        EXPECT_TRUE(admits(s, now)) << "also just after boot";
}

TEST(shield, tells_what_remains_on_every_shard_and_counts_it_down)
{
    auto const c = shielding();
    shield here, there;
    steady_time const start{1h};
    there.adopt(here.on_answer(c, 503, 10s, told, start).value());
    for(auto t = 0ms; t < 10s; t += 250ms)
    {
        EXPECT_EQ(here.wait_for(told, start + t), 10s - t);
        EXPECT_EQ(there.wait_for(told, start + t), 10s - t);
        EXPECT_EQ(here.wait_for(another, start + t), there.wait_for(another, start + t));
    }
    EXPECT_TRUE(admits(there, start + 15s));
}

TEST(shield, holds_no_longer_than_configured)
{
    auto const c = shielding();
    shield s;
    steady_time const now{1h};
    (void)s.on_answer(c, 503, 30 * 24h, told, now);
    EXPECT_EQ(s.wait_for(told, now), 300s);
}

TEST(shield, does_not_move_for_the_rounding_of_answers_that_were_under_way)
{
    auto const c = shielding();
    shield s;
    steady_time const now{1h};
    (void)s.on_answer(c, 503, 10s, told, now);
    EXPECT_FALSE(s.on_answer(c, 503, 10s, told, now + 900ms));
    EXPECT_FALSE(s.on_answer(c, 503, 2s, told, now + 1s));
    EXPECT_EQ(s.wait_for(told, now + 1s), 9s);
    EXPECT_TRUE(s.on_answer(c, 503, 60s, told, now + 1s)) << "this one says something new";
    EXPECT_EQ(s.wait_for(told, now + 1s), 60s);
}

TEST(shield, remembers_with_which_status_upstream_asked)
{
    auto c = shielding();
    c.on = {429, 503};
    shield here, there;
    steady_time const now{1h};
    there.adopt(here.on_answer(c, 429, 10s, told, now).value());
    EXPECT_EQ(here.status(), 429u);
    EXPECT_EQ(there.status(), 429u);
    (void)here.on_answer(c, 503, 60s, told, now);
    EXPECT_EQ(here.status(), 503u);
}

TEST(ramp, gives_every_caller_a_time_that_only_counts_down_and_is_kept)
{
    auto const c = shielding(); // ramp 5 s
    shield s;
    steady_time const start{1h};
    (void)s.on_answer(c, 503, 10s, told, start);
    for(shield::caller who = 1; who <= 200; ++who)
    {
        auto const first = s.wait_for(who, start).value();
        EXPECT_GE(first, 10s);
        EXPECT_LE(first, 15s);
        EXPECT_EQ(s.wait_for(who, start + 4s), first - 4s);
        EXPECT_EQ(s.wait_for(who, start + first - 1ms), 1ms);
    }
    for(shield::caller who = 1; who <= 200; ++who)
    {
        shield alone;
        auto const fact = shield::fact{start + 10s, 503, told, c.ramp};
        alone.adopt(fact);
        EXPECT_TRUE(admits(alone, start + s.wait_for(who, start).value(), who)) << who;
    }
}

TEST(ramp, spreads_callers_evenly)
{
    auto const c = shielding();
    shield s;
    steady_time const start{1h};
    (void)s.on_answer(c, 503, 10s, told, start);
    int in_second[5] = {};
    for(shield::caller who = 1000; who < 2000; ++who)
        ++in_second[std::min<long>(4, (s.wait_for(who, start).value() - 10s) / 1s)];
    for(int const n : in_second)
        EXPECT_NEAR(n, 200, 60);
}

TEST(ramp, lets_a_lone_caller_in_who_came_when_told)
{
    auto const c = shielding();
    shield s;
    steady_time now{1h};
    (void)s.on_answer(c, 503, 10s, told, now);
    now += 10s - 1ns;
    EXPECT_FALSE(admits(s, now));
    now += 1ns;
    EXPECT_TRUE(admits(s, now));
    for(int i = 0; i < 100; ++i)
        EXPECT_TRUE(admits(s, now += 150ms)) << "and afterwards, at its own pace";
}

TEST(ramp, lets_a_crowd_that_looks_the_same_in_by_a_growing_share)
{
    auto const c = shielding(); // ramp 5 s
    shield s;
    steady_time const end = steady_time{1h} + 10s;
    (void)s.on_answer(c, 529, 10s, told, steady_time{1h});
    int let_in[5] = {};
    for(int ms = 0; ms < 5000; ++ms)
    {
        auto const wait = s.wait_for(told, end + ms * 1ms);
        let_in[ms / 1000] += !wait;
        EXPECT_LE(wait.value_or(0s), 1s) << "not longer than it was told before";
    }
    EXPECT_LT(let_in[0], 250);
    EXPECT_GT(let_in[0], 0);
    for(int i = 1; i < 5; ++i)
        EXPECT_GT(let_in[i], let_in[i - 1]);
    EXPECT_TRUE(admits(s, end + 5s));
    EXPECT_TRUE(admits(s, end + 5s)) << "then everybody";
}

TEST(ramp, ends_at_once_when_upstream_asks_again)
{
    auto const c = shielding();
    shield s;
    steady_time now{1h};
    (void)s.on_answer(c, 503, 10s, told, now);
    now += 11s;
    EXPECT_TRUE(admits(s, now));
    EXPECT_TRUE(s.on_answer(c, 503, 1s, told, now));
    EXPECT_EQ(s.wait_for(told, now), 1s);
}

TEST(ramp, can_be_none)
{
    auto c = shielding();
    c.ramp = 0ms;
    shield s;
    steady_time const now{1h};
    (void)s.on_answer(c, 503, 1s, told, now);
    for(int i = 0; i < 10; ++i)
        EXPECT_TRUE(admits(s, now + 1s));
    EXPECT_EQ(s.wait_for(another, now), 1s);
}

} // namespace
} // namespace errata
