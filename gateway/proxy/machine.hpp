#pragma once

#include <cstddef>
#include <string>

namespace errata
{

/// Where Linux tells a process what its container may use.
inline std::string const cgroup_root = "/sys/fs/cgroup";

/// How many shards `threads: auto` means: the cgroup's CPU quota rounded up, else one.
[[nodiscard]] unsigned threads_from_quota(std::string const& root = cgroup_root);

/// Bytes that this process may use: the cgroup's limit, else what the machine has.
[[nodiscard]] std::size_t memory_limit(std::string const& root = cgroup_root);

/// Raises the soft limit of open files to the hard one and says what it is.
[[nodiscard]] unsigned raise_open_files();

/// From now on the calling thread, which builds tables and reads configurations, gets a processor after the workers
/// where there are not enough for all: a third of a worker's share.
void yield_to_workers() noexcept;

/// Gives back what only starting needed: free heap, and the pages of code and constants, ours and the libraries', that
/// were touched since the process began. What is used again comes back from the page cache, by sixteen pages a fault.
/// Throws std::bad_alloc.
void return_start_memory();

} // namespace errata
