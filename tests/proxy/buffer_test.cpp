#include "proxy/buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace errata
{
namespace
{
constexpr std::size_t many = 200; // more than one mapping holds

class blocks : public testing::TestWithParam<std::size_t>
{
protected:
    [[nodiscard]] std::vector<char*> take_many()
    {
        std::vector<char*> taken(many);
        std::ranges::generate(taken, [this] { return pool.take(GetParam()); });
        return taken;
    }
    block_pool pool;
};

TEST_P(blocks, belong_to_one_holder_each)
{
    auto const taken = take_many();
    for(std::size_t i = 0; i < many; ++i)
        std::fill_n(taken[i], GetParam(), static_cast<char>(i));
    for(std::size_t i = 0; i < many; ++i)
        EXPECT_EQ(std::count(taken[i], taken[i] + GetParam(), static_cast<char>(i)), GetParam()) << i;
    for(auto* const each : taken)
        pool.give(each, GetParam());
    auto const again = take_many();
    EXPECT_EQ(std::set(again.begin(), again.end()), std::set(taken.begin(), taken.end()));
    for(auto* const each : again)
        pool.give(each, GetParam());
}

TEST_P(blocks, hold_no_memory_once_they_are_returned)
{
    auto taken = take_many();
    for(auto* const each : taken)
        *each = 'x';
    auto* const held = taken.back();
    taken.pop_back();
    for(auto* const each : taken)
        pool.give(each, GetParam());
    pool.shrink();
    EXPECT_EQ(*held, 'x') << "somebody still has it";
    pool.give(held, GetParam());
    auto const again = take_many();
    EXPECT_EQ(std::ranges::count_if(again, [](char const* p) { return *p == 'x'; }), 1) << "only the one that was held";
    for(auto* const each : again)
        pool.give(each, GetParam());
}

INSTANTIATE_TEST_SUITE_P(of_each_size, blocks, testing::Values(block_pool::page, block_pool::small, block_pool::large));
} // namespace
} // namespace errata
