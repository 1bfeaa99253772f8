#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>

namespace errata
{

/// A number that one thread writes and others may read: a plain load, add and store.
class counter
{
public:
    void add(std::uint64_t n = 1) noexcept { n_.store(value() + n, std::memory_order_relaxed); }
    void subtract(std::uint64_t n = 1) noexcept { n_.store(value() - n, std::memory_order_relaxed); }
    void set(std::uint64_t n) noexcept { n_.store(n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const noexcept { return n_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> n_{0};
};

/// Durations in buckets that double from 16 us to two minutes.
class latency_histogram
{
public:
    static constexpr std::size_t bounds = 24; ///< and one more bucket for what is longer
    /// Upper bound of bucket `i`, inclusive.
    [[nodiscard]] static constexpr std::uint64_t bound_us(std::size_t i) noexcept { return std::uint64_t{16} << i; }

    void add(std::chrono::microseconds time) noexcept
    {
        auto const us = time.count() > 0 ? static_cast<std::uint64_t>(time.count()) : 0;
        auto const at = us <= 16 ? 0 : static_cast<std::size_t>(std::bit_width((us - 1) >> 4));
        counts_[at < bounds ? at : bounds].add();
        sum_us_.add(us);
    }

    struct totals
    {
        std::array<std::uint64_t, bounds + 1> counts{};
        std::uint64_t sum_us = 0;
    };
    void add_to(totals& sum) const noexcept
    {
        for(std::size_t i = 0; i <= bounds; ++i)
            sum.counts[i] += counts_[i].value();
        sum.sum_us += sum_us_.value();
    }

private:
    std::array<counter, bounds + 1> counts_;
    counter sum_us_;
};

} // namespace errata
