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

} // namespace errata
