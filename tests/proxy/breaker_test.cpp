#include "proxy/breaker.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errata
{
namespace
{

using namespace std::chrono_literals;
using state = breaker::state;

breaker_config tripping_on(unsigned consecutive)
{
    breaker_config c;
    c.enabled = true;
    c.consecutive_failures = consecutive;
    c.open = 15s;
    return c;
}

/// Two shards' breakers of one upstream, with facts posted at once, and a clock moved by hand.
struct two_shards
{
    explicit two_shards(breaker_config c) : config(c), counts(config), here(config, counts), there(config, counts) {}

    bool succeed(breaker& b) { return finish(b, &breaker::on_success); }
    bool fail(breaker& b) { return finish(b, &breaker::on_failure); }

    breaker_config config;
    breaker_counts counts;
    breaker here, there;
    steady_time now{1h};

private:
    bool finish(breaker& b, std::optional<breaker::fact> (breaker::*how)(breaker::permit, steady_time) noexcept)
    {
        auto const given = b.allows(now);
        if(given)
            post((b.*how)(given, now), &b == &here ? there : here);
        return bool(given);
    }

    static void post(std::optional<breaker::fact> const& told, breaker& other)
    {
        if(told)
            other.adopt(*told);
    }
};

TEST(breaker, lets_everything_through_when_it_is_off)
{
    two_shards t{breaker_config{}};
    for(int i = 0; i < 100; ++i)
        EXPECT_TRUE(t.fail(t.here));
}

TEST(breaker, opens_after_failures_in_a_row_whichever_shard_saw_them)
{
    two_shards t{tripping_on(4)};
    t.fail(t.here), t.fail(t.there), t.fail(t.here);
    EXPECT_EQ(t.here.current(t.now), state::closed);
    t.fail(t.there);
    EXPECT_EQ(t.here.current(t.now), state::open);
    EXPECT_EQ(t.there.current(t.now), state::open);
    EXPECT_FALSE(t.here.allows(t.now));
    EXPECT_FALSE(t.there.allows(t.now));
}

TEST(breaker, forgets_a_row_of_failures_at_the_first_success)
{
    two_shards t{tripping_on(3)};
    for(auto i = 0; i < 10; ++i)
        t.fail(t.here), t.fail(t.there), t.succeed(t.here);
    // Two thirds failed: the error rate alone must be what opens it, and it needs its minimum.
    EXPECT_EQ(t.here.current(t.now), state::open);

    auto by_row_only = tripping_on(3);
    by_row_only.error_rate = 0;
    two_shards u{by_row_only};
    for(auto i = 0; i < 100; ++i)
        u.fail(u.here), u.fail(u.there), u.succeed(u.here);
    EXPECT_EQ(u.here.current(u.now), state::closed);
}

TEST(breaker, opens_on_the_error_rate_only_from_the_minimum_on)
{
    struct row
    {
        unsigned failed, succeeded;
        state wanted;
    };
    row const rows[] = {
        {19, 0, state::closed}, {20, 0, state::open},    {10, 10, state::open},
        {9, 11, state::closed}, {49, 51, state::closed}, {500, 501, state::closed},
    };
    for(auto const& r : rows)
    {
        SCOPED_TRACE(std::to_string(r.failed) + " of " + std::to_string(r.failed + r.succeeded));
        two_shards t{tripping_on(0)};
        for(unsigned i = 0; i < r.succeeded; ++i)
            t.succeed(i % 2 ? t.here : t.there);
        for(unsigned i = 0; i < r.failed; ++i)
            t.fail(i % 2 ? t.here : t.there);
        EXPECT_EQ(t.here.current(t.now), r.wanted);
    }
}

TEST(breaker, counts_only_what_lies_within_the_window)
{
    auto c = tripping_on(0);
    c.window = 10s;
    two_shards t{c};
    for(int i = 0; i < 200; ++i)
    {
        t.fail(t.here);
        t.now += 1s; // never more than eleven within the window
    }
    EXPECT_EQ(t.here.current(t.now), state::closed);
}

TEST(breaker, tells_truly_what_remains_until_half_open)
{
    two_shards t{tripping_on(1)};
    EXPECT_EQ(t.here.half_open_in(t.now), 0ms);
    t.fail(t.here);
    EXPECT_EQ(t.there.half_open_in(t.now), 15s);
    EXPECT_EQ(t.there.half_open_in(t.now + 14s + 1us), 1s);
    EXPECT_EQ(t.there.half_open_in(t.now + 15s), 0ms);
}

TEST(breaker, lets_only_the_probes_through_while_half_open_over_all_shards)
{
    two_shards t{tripping_on(1)};
    t.fail(t.here);
    t.now += 15s;
    int let_in = 0;
    for(int i = 0; i < 50; ++i)
        let_in += bool(t.here.allows(t.now)), let_in += bool(t.there.allows(t.now));
    EXPECT_EQ(let_in, 3);
}

TEST(breaker, closes_when_all_probes_went_well)
{
    two_shards t{tripping_on(1)};
    t.fail(t.here);
    t.now += 15s;
    EXPECT_TRUE(t.succeed(t.here));
    EXPECT_TRUE(t.succeed(t.there));
    EXPECT_EQ(t.here.current(t.now), state::half_open);
    EXPECT_TRUE(t.succeed(t.here));
    EXPECT_EQ(t.here.current(t.now), state::closed);
    EXPECT_EQ(t.there.current(t.now), state::closed);
}

TEST(breaker, opens_again_when_a_probe_fails)
{
    two_shards t{tripping_on(1)};
    t.fail(t.here);
    t.now += 15s;
    t.succeed(t.here);
    t.fail(t.there);
    EXPECT_EQ(t.here.half_open_in(t.now), 15s);
    EXPECT_FALSE(t.here.allows(t.now));
}

TEST(breaker, gives_the_place_of_a_probe_without_outcome_to_the_next_request)
{
    two_shards t{tripping_on(1)};
    t.fail(t.here);
    t.now += 15s;
    for(int i = 0; i < 20; ++i)
    {
        auto const given = t.here.allows(t.now);
        EXPECT_TRUE(given);
        t.here.on_nothing(given);
    }
}

TEST(breaker, does_not_stay_half_open_for_ever_when_probes_are_lost)
{
    two_shards t{tripping_on(1)};
    t.fail(t.here);
    t.now += 15s;
    while(t.here.allows(t.now))
        continue;
    t.now += 15s;
    EXPECT_TRUE(t.here.allows(t.now));
}

TEST(breaker, limits_the_probes_also_after_hours_without_requests)
{
    two_shards t{tripping_on(1)};
    t.fail(t.here);
    t.now += 7h + 3s;
    int let_in = 0;
    for(int i = 0; i < 50; ++i)
        let_in += bool(t.here.allows(t.now)), let_in += bool(t.there.allows(t.now));
    EXPECT_EQ(let_in, 3);
}

TEST(breaker, ignores_outcomes_of_requests_from_before_it_opened)
{
    two_shards t{tripping_on(1)};
    auto const early = t.here.allows(t.now);
    auto const also_early = t.here.allows(t.now);
    t.fail(t.here);
    EXPECT_FALSE(t.here.on_failure(early, t.now + 5s));
    EXPECT_EQ(t.here.half_open_in(t.now), 15s) << "a late failure does not lengthen the pause";
    t.now += 15s;
    auto const probe = t.here.allows(t.now);
    EXPECT_TRUE(probe);
    EXPECT_FALSE(t.here.on_failure(also_early, t.now)) << "nor does it speak for the probes";
    EXPECT_EQ(t.here.current(t.now), state::half_open);
}

} // namespace
} // namespace errata
