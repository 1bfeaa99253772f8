#include "proxy/machine.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <thread>
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

/// KiB of this program's own code that are mapped, and how many there are.
std::pair<long, long> own_code()
{
    auto const program = std::filesystem::read_symlink("/proc/self/exe").string();
    std::pair<long, long> found{};
    bool ours = false;
    std::ifstream mappings("/proc/self/smaps");
    for(std::string line; std::getline(mappings, line);)
        if(line.find(" r-xp ") != line.npos || line.find(" r--p ") != line.npos || line.find(" rw-p ") != line.npos)
            ours = line.find(" r-xp ") != line.npos && line.ends_with(program);
        else if(ours && line.starts_with("Rss:"))
            found.first += std::stol(line.substr(4));
        else if(ours && line.starts_with("Size:"))
            found.second += std::stol(line.substr(5));
    return found;
}

TEST(memory_of_the_start, is_given_back)
{
    // Whole functions lie here, some of them never called: all are touched, as starting does with many.
    std::ifstream mappings("/proc/self/maps");
    auto const program = std::filesystem::read_symlink("/proc/self/exe").string();
    for(std::string line; std::getline(mappings, line);)
        if(line.find(" r-xp ") != line.npos && line.ends_with(program))
        {
            auto const begin = std::stoul(line, nullptr, 16);
            auto const end = std::stoul(line.substr(line.find('-') + 1), nullptr, 16);
            for(auto at = begin; at < end; at += 4096)
                static_cast<void>(*reinterpret_cast<char const volatile*>(at));
        }
    auto const before = own_code();
    ASSERT_EQ(before.first, before.second);
    return_start_memory();
    EXPECT_LT(own_code().first, before.first / 2);
}

TEST(a_thread_that_yields_to_workers, is_nicer_than_the_others)
{
    auto const own = [] { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); };
    auto const before = own();
    int there = 0;
    std::thread(
        [&]
        {
            yield_to_workers();
            there = own();
        })
        .join();
    EXPECT_EQ(there, std::min(before + 5, 19));
    EXPECT_EQ(own(), before);
}
} // namespace
} // namespace errata
