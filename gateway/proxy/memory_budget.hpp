#pragma once

#include <atomic>
#include <cstddef>

namespace errata
{

/// Memory that all shards together may use for one purpose. Exact: a share is taken or it is not. Asked only where
/// something is about to be copied.
class memory_budget
{
public:
    /// Of what is taken already nothing is taken away.
    void set_limit(std::size_t bytes) noexcept { limit_.store(bytes, std::memory_order_relaxed); }

    [[nodiscard]] bool take(std::size_t bytes) noexcept
    {
        auto const before = used_.fetch_add(bytes, std::memory_order_relaxed);
        if(before + bytes <= limit_.load(std::memory_order_relaxed))
            return true;
        give_back(bytes);
        return false;
    }
    void give_back(std::size_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

    [[nodiscard]] std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> used_{0}, limit_{0};
};

} // namespace errata
