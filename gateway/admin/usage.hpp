#pragma once

#include <cstddef>

namespace errata
{

/// What this process takes of the machine, by /proc and getrusage; 0 where the system does not tell.
struct usage
{
    double cpu_seconds = 0; ///< user and system
    std::size_t resident_bytes = 0, open_files = 0, most_files = 0;
};
[[nodiscard]] usage own_usage();

} // namespace errata
