#include "proxy/machine.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace errata
{

unsigned threads_from_quota(std::string const& root)
{
    auto const rounded_up = [](double quota, double period)
    { return std::max(1u, static_cast<unsigned>((quota + period - 1) / period)); };
    double quota = 0, period = 0;
    // cgroup v2: "max 100000" or "150000 100000"; v1: two files.
    if(std::ifstream v2(root + "/cpu.max"); v2 >> quota >> period && period > 0)
        return rounded_up(quota, period);
    if(std::ifstream q(root + "/cpu/cpu.cfs_quota_us"), p(root + "/cpu/cpu.cfs_period_us");
       q >> quota && p >> period && quota > 0 && period > 0)
        return rounded_up(quota, period);
    return 1;
}

std::size_t memory_limit(std::string const& root)
{
    auto const machine = static_cast<std::size_t>(std::max(1L, ::sysconf(_SC_PHYS_PAGES))) *
                         static_cast<std::size_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
    // No limit is "max" in v2, a number beyond all memory in v1.
    for(auto const* const file : {"/memory.max", "/memory/memory.limit_in_bytes"})
        if(std::uint64_t limit = 0; std::ifstream(root + file) >> limit)
            return std::min<std::size_t>(limit, machine);
    return machine;
}

unsigned raise_open_files()
{
    rlimit limit{};
    if(::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1024;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<unsigned>(std::min<rlim_t>(limit.rlim_cur, 1'000'000));
}

void yield_to_workers() noexcept
{
    constexpr int niceness = 5;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), ::getpriority(PRIO_PROCESS, 0) + niceness);
}

void return_start_memory()
{
    ::malloc_trim(0);
    std::ifstream mappings("/proc/self/smaps");
    std::uintptr_t begin = 0, end = 0;
    for(std::string line; std::getline(mappings, line);)
    {
        // "55d0c0a00000-55d0c0b00000 r-xp 00100000 fe:01 4711 /usr/bin/errata", then what is known of it, a line each.
        std::array<char, 5> access{};
        unsigned long file = 0;
        std::uintptr_t from = 0, to = 0;
        if(std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*x:%*x %lu", &from, &to, access.data(),
                       &file) == 4)
        {
            bool const constant = file != 0 && access[1] == '-';
            begin = constant ? from : 0;
            end = to;
        }
        // Of pages that a linker, a debugger or a probe has written to there is no other copy.
        else if(begin && line.starts_with("Anonymous:") && line.ends_with(" 0 kB"))
            ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
}

} // namespace errata
