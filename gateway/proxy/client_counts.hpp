#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace errata
{

/// How many connections each client address has open, on all shards together. Touched once when a connection begins and
/// once when it ends, and only where a limit per client is configured; so a lock is good enough.
class client_counts
{
public:
    /// Counts one more, unless the address has `most` already.
    [[nodiscard]] bool enter(std::string_view address, unsigned most);
    /// One has ended. Addresses that were never counted (there was no limit when they came) are no mistake.
    void leave(std::string_view address) noexcept;

private:
    std::mutex mutex_;
    std::map<std::string, unsigned, std::less<>> open_;
    std::atomic<bool> used_{false};
};

} // namespace errata
