#include "admin/usage.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <unistd.h>

namespace errata
{

usage own_usage()
{
    usage out;
    if(rusage used{}; ::getrusage(RUSAGE_SELF, &used) == 0)
    {
        auto const seconds = [](timeval const& t)
        { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
        out.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    }
    std::size_t total = 0, resident = 0; // in pages
    if(std::ifstream("/proc/self/statm") >> total >> resident)
        out.resident_bytes = resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    std::error_code ec;
    if(std::filesystem::directory_iterator files("/proc/self/fd", ec); !ec)
        out.open_files = static_cast<std::size_t>(std::distance(begin(files), end(files)));
    if(rlimit limit{}; ::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        out.most_files = limit.rlim_cur;
    return out;
}

} // namespace errata
