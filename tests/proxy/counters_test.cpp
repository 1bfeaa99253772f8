#include "proxy/counters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>

namespace errata
{
namespace
{

using namespace std::chrono_literals;

totals sum(std::initializer_list<counters const*> shards)
{
    return totals::sum(std::vector<counters const*>(shards));
}

TEST(latency_histogram, puts_each_time_into_its_bucket)
{
    std::pair<std::chrono::microseconds, std::size_t> const rows[] = {
        {-5us, 0}, {0us, 0}, {1us, 0}, {16us, 0},  {17us, 1},           {32us, 1},           {33us, 2},
        {64us, 2}, {1ms, 6}, {1s, 16}, {2min, 23}, {134'217'728us, 23}, {134'217'729us, 24}, {1h, 24},
    };
    for(auto const& [time, bucket] : rows)
    {
        latency_histogram h;
        h.add(time);
        latency_histogram::totals t;
        h.add_to(t);
        EXPECT_EQ(t.counts[bucket], 1u) << time.count();
        if(bucket < latency_histogram::bounds)
        {
            EXPECT_GE(std::int64_t(latency_histogram::bound_us(bucket)), time.count());
        }
    }
}

TEST(label_table, gives_each_name_one_number_and_those_too_many_the_same)
{
    label_table t{4};
    EXPECT_EQ(t.intern(""), label_table::none);
    auto const a = t.intern("a"), b = t.intern("b");
    EXPECT_NE(a, b);
    EXPECT_EQ(t.intern("a"), a);
    EXPECT_EQ(t.name(a), "a");
    EXPECT_EQ(t.intern("c"), label_table::other);
    EXPECT_EQ(t.intern("b"), b);
}

TEST(counters, are_added_up_over_shards_by_name_not_by_number)
{
    counters one, two;
    (void)one.route("first");
    auto const here = one.route("users"), there = two.route("users");
    ASSERT_NE(here, there);
    one.request(here, 200, 10, 100, 1ms, 20us);
    two.request(there, 204, 1, 2, 1ms, 20us);
    two.request(there, 503, 0, 50, 3ms, 20us);
    auto const all = sum({&one, &two});
    auto const& r = all.routes.at("users");
    EXPECT_THAT(r.by_class, testing::ElementsAre(0, 0, 2, 0, 0, 1));
    EXPECT_EQ(r.bytes_in, 11u);
    EXPECT_EQ(r.bytes_out, 152u);
    EXPECT_EQ(r.total.sum_us, 5000u);
    EXPECT_EQ(std::accumulate(all.own.counts.begin(), all.own.counts.end(), 0u), 3u);
}

TEST(counters, know_a_request_without_a_route)
{
    counters c;
    c.request(label_table::none, 404, 0, 0, 1us, 1us);
    c.request(label_table::none, 999, 0, 0, 1us, 1us);
    EXPECT_THAT(sum({&c}).routes.at("none").by_class, testing::ElementsAre(1, 0, 0, 0, 1, 0));
}

TEST(counters, keep_errors_apart_by_each_label)
{
    counters c;
    auto const a = c.route("a"), b = c.route("b"), up = c.upstream("up");
    counters::error_labels const rows[] = {
        {a, up, 502, 0, failure::connect_refused, "", error_origin::gateway},
        {b, up, 502, 0, failure::connect_refused, "", error_origin::gateway},
        {a, 0, 502, 0, failure::connect_refused, "", error_origin::gateway},
        {a, up, 504, 0, failure::connect_timeout, "", error_origin::gateway},
        {a, up, 502, 502, {}, "rails", error_origin::upstream},
        {a, up, 502, 500, {}, "rails", error_origin::upstream},
        {a, up, 502, 0, {}, "spring", error_origin::upstream},
        {a, up, 502, 0, failure::dns_error, "", error_origin::gateway},
        {0, 0, 404, 0, failure::no_route, "", error_origin::gateway},
        {a, up, 499, 0, failure::client_closed, "", error_origin::client},
        {a, up, 599, 0, failure::internal, "", error_origin::gateway},
    };
    for(auto const& e : rows)
        c.error(e), c.error(e);
    auto const all = sum({&c});
    EXPECT_EQ(all.errors.size(), std::size(rows));
    for(auto const& [labels, n] : all.errors)
        EXPECT_EQ(n, 2u);
    EXPECT_EQ(all.errors.count({"a", "up", 502, 500, "none", "rails", error_origin::upstream}), 1u);
    EXPECT_EQ(all.errors.count(
                  {"none", "none", 404, 0, std::string(trait(failure::no_route).name), "none", error_origin::gateway}),
              1u);
}

TEST(counters, keep_every_cause_apart)
{
    counters c;
    for(std::size_t f = 0; f < failure_count(); ++f)
        c.error({.route = 0,
                 .upstream = 0,
                 .status = 500,
                 .upstream_status = 0,
                 .cause = static_cast<failure>(f),
                 .dialect = {},
                 .origin = error_origin::gateway});
    EXPECT_EQ(sum({&c}).errors.size(), failure_count());
}

TEST(counters, bound_the_number_of_label_combinations_and_lose_no_count)
{
    counters c;
    for(unsigned route = 0; route < 200; ++route)
        for(unsigned status = 400; status < 440; ++status)
            c.error({.route = c.route("r" + std::to_string(route)),
                     .upstream = 0,
                     .status = status,
                     .upstream_status = 0,
                     .cause = {},
                     .dialect = {},
                     .origin = error_origin::upstream});
    auto const all = sum({&c});
    std::uint64_t n = 0;
    for(auto const& [labels, count] : all.errors)
        n += count;
    EXPECT_EQ(n, 8000u);
    EXPECT_LE(all.errors.size(), 3073u);
    EXPECT_EQ(all.errors.count({"other", "other", 0, 0, "other", "other", error_origin::upstream}), 1u);
}

TEST(counters, count_retry_decisions_by_the_source_of_the_wait)
{
    counters c;
    retry_advice a;
    c.advice(a);
    a.allowed = true, a.source = hint_kind::retry_after;
    c.advice(a), c.advice(a);
    a.allowed = false, a.exhausted = true, a.source = hint_kind::schedule;
    c.advice(a);
    auto const t = sum({&c}).advice;
    EXPECT_EQ(t[int(retry_decision::denied)][int(hint_kind::none)], 1u);
    EXPECT_EQ(t[int(retry_decision::allowed)][int(hint_kind::retry_after)], 2u);
    EXPECT_EQ(t[int(retry_decision::exhausted)][int(hint_kind::schedule)], 1u);
}

TEST(counters, add_levels_up_and_show_the_worst_state_of_an_upstream)
{
    counters one, two;
    one.at(level::connections_open).add(5);
    two.at(level::connections_open).add(3);
    two.at(level::connections_open).subtract(2);
    auto& here = one.of_upstream(one.upstream("up"));
    auto& there = two.of_upstream(two.upstream("up"));
    here.endpoints.set(3), there.endpoints.set(3);
    here.endpoints_usable.set(3), there.endpoints_usable.set(2);
    there.breaker_state.set(2);
    here.shielded.set(1);
    here.count(upstream_happening::pool_hit, 7);
    there.at(upstream_level::connections_idle).add(4);
    auto const all = sum({&one, &two});
    EXPECT_EQ(all.now[int(level::connections_open)], 6);
    auto const& up = all.upstreams.at("up");
    EXPECT_EQ(up.endpoints, 3u);
    EXPECT_EQ(up.usable, 2u);
    EXPECT_EQ(up.breaker_state, 2u);
    EXPECT_EQ(up.shielded, 1u);
    EXPECT_EQ(up.happened[int(upstream_happening::pool_hit)], 7u);
    EXPECT_EQ(up.now[int(upstream_level::connections_idle)], 4);
}

TEST(counters, may_be_read_while_they_are_written)
{
    counters c;
    std::atomic<bool> done{false};
    std::thread shard(
        [&]
        {
            for(int i = 0; i < 20'000; ++i)
            {
                auto const route = c.route("r" + std::to_string(i % 300));
                c.request(route, 200, 1, 1, 1us, 1us);
                c.error({.route = route,
                         .upstream = 0,
                         .status = 500,
                         .cause = {},
                         .dialect = "d" + std::to_string(i % 7),
                         .origin = error_origin::upstream});
            }
            done = true;
        });
    std::uint64_t before = 0;
    do
    {
        std::uint64_t n = 0;
        for(auto const& [labels, count] : sum({&c}).errors)
        {
            EXPECT_TRUE(labels.route.starts_with('r'));
            n += count;
        }
        EXPECT_GE(n, before);
        before = n;
    } while(!done);
    shard.join();
}

} // namespace
} // namespace errata
