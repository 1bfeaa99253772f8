#include "proxy/hold_table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace errata
{
namespace
{

using namespace std::chrono_literals;
using kind = hold_config::key_kind;
using held = hold_table::held;

hold_hasher const hasher{{1, 2, 3}};

hold_key key(std::string const& client)
{
    return hasher.key("route", kind::address, client);
}

TEST(hold_key, tells_routes_kinds_and_clients_apart)
{
    std::set<hold_key> const keys{
        hasher.key("a", kind::address, "10.0.0.1"), hasher.key("b", kind::address, "10.0.0.1"),
        hasher.key("a", kind::field, "10.0.0.1"),   hasher.key("a", kind::authorization, "10.0.0.1"),
        hasher.key("a", kind::address, "10.0.0.2"), hasher.key("", kind::address, "a10.0.0.1"),
        hasher.key("a", kind::address, ""),
    };
    EXPECT_EQ(keys.size(), 7u);
    EXPECT_EQ(hasher.key("a", kind::field, "x"), hasher.key("a", kind::field, "x"));
}

TEST(hold_key, is_different_in_every_process)
{
    auto const first = hold_hasher::random(), second = hold_hasher::random();
    EXPECT_NE(first.key("a", kind::address, "x"), second.key("a", kind::address, "x"));
}

TEST(hold_key, spreads_its_owners)
{
    int first = 0;
    for(int i = 0; i < 1000; ++i)
        first += hold_hasher::owner(key(std::to_string(i)), 4) == 0;
    EXPECT_NEAR(first, 250, 80);
}

TEST(hold_table, knows_only_who_was_told_and_counts_down)
{
    hold_table t{100, 300s};
    steady_time const now{1h};
    t.told(key("a"), 429, 10s, now);
    EXPECT_EQ(t.find(key("a"), now), (held{429, 10s}));
    EXPECT_EQ(t.find(key("a"), now + 3500ms), (held{429, 6500ms}));
    EXPECT_FALSE(t.find(key("b"), now));
    EXPECT_FALSE(t.find(key("a"), now + 10s));
}

TEST(hold_table, keeps_the_later_of_two_ends)
{
    hold_table t{100, 300s};
    steady_time const now{1h};
    t.told(key("a"), 503, 10s, now);
    t.told(key("a"), 429, 5s, now + 1s);
    EXPECT_EQ(t.find(key("a"), now + 1s), (held{503, 9s}));
    t.told(key("a"), 429, 20s, now + 1s);
    EXPECT_EQ(t.find(key("a"), now + 1s), (held{429, 20s}));
}

TEST(hold_table, holds_no_longer_than_configured_and_not_for_nothing)
{
    hold_table t{100, 60s};
    steady_time const now{1h};
    t.told(key("a"), 429, 24h, now);
    t.told(key("b"), 429, 0s, now);
    EXPECT_EQ(t.find(key("a"), now), (held{429, 60s}));
    EXPECT_FALSE(t.find(key("b"), now));
}

TEST(hold_table, is_bounded_and_forgets_whose_wait_ends_first)
{
    hold_table t{1000, 3600s};
    EXPECT_EQ(t.capacity(), 1000u);
    steady_time const now{1h};
    for(int i = 0; i < 500; ++i)
        t.told(key("patient " + std::to_string(i)), 429, 1000s, now);
    for(int i = 0; i < 100'000; ++i)
        t.told(key("flood " + std::to_string(i)), 429, 10s, now);
    int kept = 0;
    for(int i = 0; i < 500; ++i)
        kept += bool(t.find(key("patient " + std::to_string(i)), now));
    EXPECT_GT(kept, 480) << "a flood of short waits does not push out the long ones";
}

} // namespace
} // namespace errata
