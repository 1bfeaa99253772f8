#include "proxy/upstream_health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errata
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(outcome, says_nothing_about_an_endpoint_whose_idle_connection_had_died)
{
    struct row
    {
        failure why;
        bool reused;
        std::size_t received;
        outcome wanted;
    };
    row const rows[] = {
        {failure::closed_idle, true, 0, outcome::nothing},
        {failure::closed, true, 0, outcome::nothing},
        {failure::closed, false, 0, outcome::failed},
        {failure::incomplete, true, 10, outcome::failed},
        {failure::connect_refused, false, 0, outcome::failed},
        {failure::dns_timeout, false, 0, outcome::failed},
        {failure::tls_certificate, false, 0, outcome::failed},
        {failure::response_timeout, true, 0, outcome::failed},
        {failure::cut_after_head, true, 999, outcome::failed},
        {failure::client_closed, false, 0, outcome::nothing},
        {failure::request_body_timeout, false, 0, outcome::nothing},
        {failure::queue_timeout, false, 0, outcome::nothing},
        {failure::internal, false, 0, outcome::nothing},
        {failure::body_not_decodable, false, 100, outcome::answered},
    };
    for(auto const& r : rows)
        EXPECT_EQ(outcome_of(r.why, r.reused, r.received), r.wanted) << int(r.why);
}

TEST(outcome, tells_an_upstreams_own_server_error_from_a_broken_upstream)
{
    EXPECT_EQ(outcome_of_status(200), outcome::answered);
    EXPECT_EQ(outcome_of_status(404), outcome::answered);
    EXPECT_EQ(outcome_of_status(500), outcome::server_error);
    EXPECT_EQ(outcome_of_status(599), outcome::server_error);
}

struct upstream
{
    explicit upstream(std::size_t endpoints, ejection_config e = {}, health_check_config c = {})
        : ejection(e), check(c), counts(endpoints, ejection), here(ejection, check, counts),
          there(ejection, check, counts)
    {
        refresh();
    }

    void report(endpoint_index i, outcome o, int times = 1)
    {
        while(times-- > 0)
            if(auto const told = here.report(i, o, now))
                there.adopt(*told);
        refresh();
    }
    void checked(endpoint_index i, bool passed, int times = 1)
    {
        while(times-- > 0)
            if(auto const told = here.checked(i, passed, now + check.interval))
                there.adopt(*told);
        refresh();
    }
    void move(steady_clock::duration d)
    {
        now += d;
        refresh();
    }
    void refresh()
    {
        here.refresh(now), there.refresh(now);
        EXPECT_TRUE(std::ranges::equal(here.usable(), there.usable())) << "both shards see the same";
    }

    ejection_config ejection;
    health_check_config check;
    health_counts counts;
    upstream_health here, there;
    steady_time now{1h};
};

TEST(ejection, follows_failures_in_a_row)
{
    upstream u{3};
    u.report(1, outcome::failed, 4);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1, 2));
    u.report(1, outcome::failed);
    EXPECT_THAT(u.there.usable(), ElementsAre(0, 2));
    EXPECT_EQ(u.here.earliest_return(u.now), u.now + 10s);
}

TEST(ejection, ends_by_the_clock)
{
    upstream u{3};
    u.report(1, outcome::failed, 5);
    u.move(10s - 1ns);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 2));
    u.move(1ns);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1, 2));
    EXPECT_FALSE(u.here.earliest_return(u.now));
}

TEST(ejection, is_not_caused_by_these)
{
    for(auto const o : {outcome::nothing, outcome::answered, outcome::server_error})
    {
        upstream u{3};
        u.report(1, o, 1000);
        EXPECT_THAT(u.here.usable(), ElementsAre(0, 1, 2)) << int(o);
    }
}

TEST(ejection, starts_its_count_again_with_an_answer_but_not_with_a_server_error)
{
    upstream u{3};
    u.report(1, outcome::failed, 4);
    u.report(1, outcome::answered);
    u.report(1, outcome::failed, 4);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1, 2));
    u.report(1, outcome::server_error);
    u.report(1, outcome::failed);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 2));
}

TEST(ejection, never_takes_the_only_endpoint)
{
    upstream u{1};
    u.report(0, outcome::failed, 1000);
    EXPECT_THAT(u.here.usable(), ElementsAre(0));
}

TEST(ejection, leaves_the_share_that_is_to_be_kept)
{
    struct row
    {
        std::size_t endpoints;
        double keep;
        std::size_t left;
    };
    row const rows[] = {{2, 0.5, 1}, {3, 0.5, 2}, {4, 0.5, 2}, {10, 0.9, 9}, {10, 0.0, 1}, {10, 1.0, 10}, {2, 0.0, 1}};
    for(auto const& r : rows)
    {
        ejection_config e;
        e.keep = r.keep;
        upstream u{r.endpoints, e};
        for(endpoint_index i = 0; i < r.endpoints; ++i)
            u.report(i, outcome::failed, 20);
        EXPECT_EQ(u.here.usable().size(), r.left) << r.endpoints << " endpoints, keep " << r.keep;
    }
}

TEST(ejection, lasts_longer_each_time_up_to_its_maximum)
{
    upstream u{2};
    std::chrono::seconds const wanted[] = {10s, 20s, 40s, 80s, 160s, 300s, 300s};
    for(auto const w : wanted)
    {
        u.report(0, outcome::failed, 5);
        EXPECT_EQ(u.here.earliest_return(u.now), u.now + w);
        u.move(w);
    }
}

TEST(ejection, takes_one_failure_to_return_and_five_after_an_answer)
{
    upstream u{2};
    u.report(0, outcome::failed, 5);
    u.move(10s);
    u.report(0, outcome::failed);
    EXPECT_THAT(u.here.usable(), ElementsAre(1));
    u.move(20s);
    u.report(0, outcome::answered);
    u.report(0, outcome::failed, 4);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1));
}

TEST(ejection, forgets_old_ones_while_all_is_calm)
{
    upstream u{2};
    u.report(0, outcome::failed, 5);
    u.move(10s);
    u.report(0, outcome::failed, 5);
    u.move(20s + 1h);
    u.report(0, outcome::failed, 5);
    EXPECT_EQ(u.here.earliest_return(u.now), u.now + 10s);
}

TEST(ejection, is_not_lengthened_by_requests_that_were_under_way)
{
    upstream u{2};
    u.report(0, outcome::failed, 5);
    auto const until = u.here.earliest_return(u.now);
    u.move(5s);
    u.report(0, outcome::failed, 50);
    EXPECT_EQ(u.here.earliest_return(u.now), until);
}

TEST(ejection, follows_the_error_rate_where_one_is_configured)
{
    ejection_config e;
    e.consecutive_failures = 0;
    e.error_rate = 0.5;
    upstream u{2, e};
    for(int i = 0; i < 9; ++i)
        u.report(0, outcome::answered), u.report(0, outcome::failed);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1)) << "below the minimum";
    u.report(0, outcome::answered), u.report(0, outcome::failed);
    EXPECT_THAT(u.here.usable(), ElementsAre(1));
}

TEST(ejection, does_not_happen_when_it_is_off)
{
    ejection_config e;
    e.enabled = false;
    upstream u{2, e};
    u.report(0, outcome::failed, 1000);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1));
}

health_check_config checks()
{
    health_check_config c;
    c.enabled = true;
    return c;
}

TEST(active_check, decides_with_its_first_result)
{
    upstream u{1, {}, checks()};
    EXPECT_THAT(u.here.usable(), ElementsAre(0)) << "usable until a check says otherwise";
    u.checked(0, false);
    EXPECT_THAT(u.here.usable(), IsEmpty());
    EXPECT_EQ(u.here.why_none(u.now), failure::no_healthy_endpoint);
}

TEST(active_check, is_noticed_even_if_it_fails_before_the_first_choice)
{
    ejection_config const ejection;
    auto const check = checks();
    health_counts counts{1, ejection};
    upstream_health health{ejection, check, counts};
    EXPECT_THAT(health.usable(), ElementsAre(0));
    (void)health.checked(0, false, steady_time{1h});
    EXPECT_TRUE(health.refresh(steady_time{1h})) << "a balancer that begins with all endpoints has to be told";
    EXPECT_THAT(health.usable(), IsEmpty());
}

TEST(active_check, needs_its_thresholds_afterwards)
{
    upstream u{2, {}, checks()};
    u.checked(0, true);
    u.checked(0, false, 2);
    u.checked(0, true);
    u.checked(0, false, 2);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1));
    u.checked(0, false);
    EXPECT_THAT(u.here.usable(), ElementsAre(1));
    u.checked(0, true);
    u.checked(0, false);
    u.checked(0, true);
    EXPECT_THAT(u.here.usable(), ElementsAre(1));
    u.checked(0, true);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1));
}

TEST(active_check, tells_every_shard_when_enough_checks_could_have_passed)
{
    upstream u{1, {}, checks()}; // every 5 s, two must pass
    u.checked(0, false);
    EXPECT_EQ(u.there.earliest_return(u.now), u.now + 10s);
    u.move(5s);
    u.checked(0, true);
    EXPECT_EQ(u.there.earliest_return(u.now), u.now + 5s);
}

TEST(active_check, stands_even_if_too_few_endpoints_are_left)
{
    upstream u{4, {}, checks()};
    for(endpoint_index i = 0; i < 3; ++i)
        u.checked(i, false);
    EXPECT_THAT(u.here.usable(), ElementsAre(3));
}

TEST(panic, uses_ejected_endpoints_again_when_too_few_are_left)
{
    upstream u{4, {}, checks()};
    u.report(0, outcome::failed, 5);
    u.report(1, outcome::failed, 5);
    EXPECT_THAT(u.here.usable(), ElementsAre(2, 3));
    u.checked(2, false);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 1, 3));
    u.checked(1, false);
    EXPECT_THAT(u.here.usable(), ElementsAre(0, 3));
}

TEST(administrator, takes_endpoints_out_and_lets_them_in_again)
{
    upstream u{2};
    u.there.adopt(u.here.assign(0, standing::drained));
    u.there.adopt(u.here.assign(1, standing::removed));
    u.refresh();
    EXPECT_THAT(u.here.usable(), IsEmpty());
    EXPECT_FALSE(u.here.earliest_return(u.now)) << "nobody knows";
    EXPECT_EQ(u.here.why_none(u.now), failure::no_healthy_endpoint);
    u.there.adopt(u.here.assign(1, standing::admitted));
    u.refresh();
    EXPECT_THAT(u.there.usable(), ElementsAre(1));
}

TEST(set_aside, leaves_an_endpoint_alone_until_the_time_it_asked_for)
{
    upstream u{1};
    shield_config c;
    c.enabled = true; // ramp 5 s
    constexpr shield::caller told = 7, another = 8;
    EXPECT_FALSE(u.here.set_aside(0, c, 500, 30s, told, u.now));
    u.there.adopt(u.here.set_aside(0, c, 503, 30s, told, u.now).value());
    u.refresh();
    EXPECT_THAT(u.here.usable(), IsEmpty());
    EXPECT_EQ(u.here.why_none(u.now), failure::cooldown);
    EXPECT_EQ(u.here.asked_with(u.now), 503u);
    EXPECT_EQ(u.there.earliest_return(u.now, told), u.now + 30s);
    auto const entry = u.there.earliest_return(u.now, another).value();
    EXPECT_GT(entry, u.now + 30s);
    EXPECT_LT(entry, u.now + 35s);
    u.move(30s);
    EXPECT_THAT(u.here.usable(), ElementsAre(0));
    EXPECT_FALSE(u.there.wait_for(0, told, u.now));
    EXPECT_EQ(u.there.wait_for(0, another, u.now), std::chrono::ceil<milliseconds>(entry - u.now));
    EXPECT_EQ(u.there.why_none(u.now), failure::cooldown) << "another one is put off";
    u.move(5s);
    EXPECT_FALSE(u.there.wait_for(0, another, u.now));
    EXPECT_EQ(u.there.why_none(u.now), failure::no_healthy_endpoint);
}

TEST(facts, of_an_endpoint_that_a_reload_took_away_are_ignored)
{
    upstream u{2};
    u.here.adopt({7, standing::removed});
    EXPECT_FALSE(u.here.refresh(u.now));
}

} // namespace
} // namespace errata
