#include "proxy/machine.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace errata
{
namespace
{
/// A directory that looks like a cgroup's.
class cgroup : public testing::Test
{
protected:
    cgroup() { std::filesystem::create_directories(root); }
    ~cgroup() override { std::filesystem::remove_all(root); }
    void put(std::string const& file, std::string const& text) const
    {
        std::filesystem::create_directories(std::filesystem::path(root + file).parent_path());
        std::ofstream(root + file) << text << '\n';
    }
    std::string const root =
        (std::filesystem::temp_directory_path() / ("errata-cgroup-" + std::to_string(::getpid()))).string();
};

TEST_F(cgroup, gives_its_processor_quota_rounded_up)
{
    EXPECT_EQ(threads_from_quota(root), 1U); // none is told
    put("/cpu/cpu.cfs_quota_us", "-1");
    put("/cpu/cpu.cfs_period_us", "100000");
    EXPECT_EQ(threads_from_quota(root), 1U);
    put("/cpu/cpu.cfs_quota_us", "250000");
    EXPECT_EQ(threads_from_quota(root), 3U);
    for(auto const& [text, threads] :
        {std::pair{"max 100000", 3U}, {"50000 100000", 1U}, {"100000 100000", 1U}, {"400001 100000", 5U}})
    {
        put("/cpu.max", text); // version 2 goes before version 1
        EXPECT_EQ(threads_from_quota(root), threads) << text;
    }
}

TEST_F(cgroup, gives_its_memory_limit)
{
    auto const machine = memory_limit(root);
    EXPECT_GT(machine, 1U << 20);
    put("/memory/memory.limit_in_bytes", "9223372036854771712"); // version 1: none
    EXPECT_EQ(memory_limit(root), machine);
    put("/memory/memory.limit_in_bytes", "2097152");
    EXPECT_EQ(memory_limit(root), 2097152U);
    put("/memory.max", "1048576");
    EXPECT_EQ(memory_limit(root), 1048576U);
    put("/memory.max", "max");
    EXPECT_EQ(memory_limit(root), 2097152U);
}

} // namespace
} // namespace errata
