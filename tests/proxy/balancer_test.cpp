#include "proxy/balancer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <numeric>
#include <random>

namespace errata
{
namespace
{

using testing::ElementsAre;

struct own_loads
{
    endpoint_loads loads;
};

/// The balancer of a gateway with one shard.
struct alone : own_loads, balancer
{
    alone(balancing how, std::vector<unsigned> const& weights, std::uint64_t seed)
        : own_loads{endpoint_loads(weights.size(), 1)}, balancer(how, weights, seed, loads, 0)
    {
    }
};

std::vector<endpoint_index> choices(balancer& b, int count, std::uint64_t seed = 1)
{
    std::mt19937_64 random{seed};
    std::vector<endpoint_index> made;
    for(int i = 0; i < count; ++i)
        made.push_back(b.choose({}, random()).value_or(999));
    return made;
}

std::vector<int> tally(std::vector<endpoint_index> const& made, std::size_t endpoints)
{
    std::vector<int> counts(endpoints);
    for(auto const i : made)
        ++counts.at(i);
    return counts;
}

TEST(round_robin, takes_turns)
{
    alone b{balancing::round_robin, {1, 1, 1}, 0};
    EXPECT_THAT(choices(b, 7), ElementsAre(0, 1, 2, 0, 1, 2, 0));
}

TEST(round_robin, begins_elsewhere_on_each_shard)
{
    alone b{balancing::round_robin, {1, 1, 1}, 2};
    EXPECT_THAT(choices(b, 3), ElementsAre(2, 0, 1));
}

TEST(round_robin, follows_the_weights_exactly)
{
    struct row
    {
        std::vector<unsigned> weights;
        std::vector<int> wanted; // of one full round of 60
    };
    row const rows[] = {
        {{1, 1, 1}, {20, 20, 20}},
        {{3, 1}, {45, 15}},
        {{300, 100}, {45, 15}},
        {{5, 4, 3}, {25, 20, 15}},
        {{0, 1}, {30, 30}},
        {{59, 1}, {59, 1}},
        {{7}, {60}},
    };
    for(auto const& r : rows)
    {
        alone b{balancing::round_robin, r.weights, 0};
        EXPECT_EQ(tally(choices(b, 60), r.weights.size()), r.wanted) << testing::PrintToString(r.weights);
    }
}

TEST(round_robin, spreads_a_heavy_endpoint_evenly)
{
    alone b{balancing::round_robin, {5, 1, 1}, 0};
    auto const made = choices(b, 700);
    int longest = 0, run = 0;
    for(auto const i : made)
        longest = std::max(longest, run = i == 0 ? run + 1 : 0);
    EXPECT_LE(longest, 3) << "never five in a row";
}

TEST(round_robin, shares_the_load_of_a_missing_endpoint_among_all_others)
{
    alone b{balancing::round_robin, {1, 1, 1, 1}, 0};
    b.use(std::vector<endpoint_index>{0, 2, 3});
    EXPECT_THAT(tally(choices(b, 300), 4), ElementsAre(100, 0, 100, 100));
}

TEST(round_robin, bounds_its_memory_whatever_the_weights)
{
    std::vector<unsigned> weights(1000, 1'000'000);
    weights[0] = 999'983; // no common divisor
    alone b{balancing::round_robin, weights, 0};
    EXPECT_EQ(b.choose({}, 0), 0u);
}

TEST(balancer, never_chooses_what_was_tried)
{
    for(auto const how : {balancing::round_robin, balancing::least_requests})
    {
        alone b{how, {1, 100, 1, 1}, 0};
        std::mt19937_64 random{7};
        std::vector<endpoint_index> tried;
        for(int i = 0; i < 4; ++i)
        {
            auto const chosen = b.choose(tried, random());
            ASSERT_TRUE(chosen);
            EXPECT_THAT(tried, testing::Not(testing::Contains(*chosen)));
            tried.push_back(*chosen);
        }
        EXPECT_FALSE(b.choose(tried, random())) << "all were tried";
    }
}

TEST(balancer, chooses_nothing_when_nothing_is_usable)
{
    for(auto const how : {balancing::round_robin, balancing::least_requests})
    {
        alone b{how, {1, 1}, 0};
        b.use({});
        EXPECT_FALSE(b.choose({}, 5));
        b.use(std::vector<endpoint_index>{1});
        EXPECT_EQ(b.choose({}, 5), 1u);
    }
}

TEST(least_requests, spreads_idle_endpoints_by_weight)
{
    alone b{balancing::least_requests, {3, 1}, 0};
    auto const counts = tally(choices(b, 10'000), 2);
    EXPECT_NEAR(counts[0], 7'500, 200);
}

TEST(least_requests, avoids_the_endpoint_that_is_slow)
{
    alone b{balancing::least_requests, std::vector<unsigned>(10, 1), 0};
    for(int i = 0; i < 50; ++i)
        b.began(3);
    EXPECT_LT(tally(choices(b, 10'000), 10)[3], 10) << "chosen only if all draws agree";
    for(int i = 0; i < 50; ++i)
        b.ended(3);
    EXPECT_NEAR(tally(choices(b, 10'000), 10)[3], 1'000, 150);
}

TEST(least_requests, keeps_loads_close_when_requests_never_end)
{
    alone b{balancing::least_requests, std::vector<unsigned>(100, 1), 0};
    std::mt19937_64 random{3};
    for(int i = 0; i < 10'000; ++i)
        b.began(*b.choose({}, random()));
    for(endpoint_index i = 0; i < 100; ++i)
        EXPECT_NEAR(b.loads.on(i), 100, 5);
}

TEST(least_requests, sees_what_the_other_shards_have_under_way)
{
    constexpr unsigned shards = 4;
    endpoint_loads loads(10, shards); // more than a cache line holds
    std::deque<balancer> all;
    for(unsigned s = 0; s < shards; ++s)
        all.emplace_back(balancing::least_requests, std::vector<unsigned>(10, 1), s, loads, s);
    for(unsigned s = 1; s < shards; ++s)
        for(int i = 0; i < 10; ++i)
            all[s].began(9);
    EXPECT_EQ(loads.on(9), 30U);
    EXPECT_EQ(all[0].load_here(9), 0U);
    EXPECT_LT(tally(choices(all[0], 10'000), 10)[9], 10) << "chosen only if all draws agree";
    for(unsigned s = 1; s < shards; ++s)
        for(int i = 0; i < 10; ++i)
            all[s].ended(9);
    EXPECT_NEAR(tally(choices(all[0], 10'000), 10)[9], 1'000, 150);
}

} // namespace
} // namespace errata
