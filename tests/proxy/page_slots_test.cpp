#include "proxy/page_slots.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace errata
{
namespace
{
constexpr std::size_t many = 5'000;
constexpr std::size_t size = 200;

class slots : public testing::Test
{
protected:
    [[nodiscard]] std::vector<char*> take_many()
    {
        std::vector<char*> taken(many);
        std::ranges::generate(taken, [this] { return static_cast<char*>(store.take()); });
        return taken;
    }
    block_pool pages;
    page_slots store{pages, size};
};

TEST_F(slots, belong_to_one_holder_each)
{
    auto const taken = take_many();
    for(std::size_t i = 0; i < many; ++i)
        std::fill_n(taken[i], size, static_cast<char>(i));
    for(std::size_t i = 0; i < many; ++i)
        EXPECT_EQ(std::count(taken[i], taken[i] + size, static_cast<char>(i)), size) << i;
    for(auto* const each : taken)
        store.give(each);
}

TEST_F(slots, are_used_again_in_the_pages_that_there_are)
{
    auto const taken = take_many();
    for(std::size_t i = 0; i < many; i += 2)
        store.give(taken[i]);
    std::set<char*> const free(taken.begin(), taken.end());
    for(std::size_t i = 0; i < many; i += 2)
        EXPECT_TRUE(free.contains(static_cast<char*>(store.take())));
    EXPECT_EQ(pages.unused(), 0U);
    for(auto* const each : taken)
        store.give(each);
}

TEST_F(slots, give_a_page_back_when_none_of_it_is_held)
{
    auto const taken = take_many();
    for(auto* const each : taken)
        store.give(each);
    EXPECT_GE(pages.unused(), many * size);
    pages.shrink();
    EXPECT_EQ(pages.unused(), 0U);
    for(auto* const each : take_many()) // and again, from pages that hold nothing
        store.give(each);
}
} // namespace
} // namespace errata
