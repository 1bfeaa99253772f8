#pragma once

#include "proxy/clock.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace errata
{

/// How many of the recent requests failed. Ten buckets, each one relaxed atomic, so that all shards may add to the same
/// window and a bucket's age and counts never disagree. A few requests more or less at a bucket's border do not matter.
class rate_window
{
public:
    explicit rate_window(std::chrono::milliseconds length) noexcept;

    struct tally
    {
        std::uint64_t total = 0, failed = 0;
        [[nodiscard]] double rate() const noexcept { return total ? double(failed) / double(total) : 0; }
    };

    void add(bool failed, steady_time now) noexcept;
    [[nodiscard]] tally count(steady_time now) const noexcept;
    void clear() noexcept;

private:
    static constexpr unsigned slots = 10;
    [[nodiscard]] std::uint64_t slot_at(steady_time now) const noexcept;

    std::chrono::nanoseconds slot_;
    std::array<std::atomic<std::uint64_t>, slots> buckets_{}; ///< slot number : 24 | failed : 20 | total : 20
};

/// What is known of one endpoint's or one upstream's failures: the current streak and the recent rate. Shared by all
/// shards, so that "five in a row" means five, whichever shards they came through. While all is well a success costs
/// one relaxed load.
class failure_record
{
public:
    /// Without a window (`rated` false) only the streak is kept.
    failure_record(std::chrono::milliseconds window, bool rated) noexcept : rated_(rated), recent_(window) {}

    void success(steady_time now) noexcept;
    void failure(steady_time now) noexcept;
    /// Begins again, with the streak as given.
    void restart(unsigned streak = 0) noexcept;

    [[nodiscard]] unsigned streak() const noexcept { return streak_.load(std::memory_order_relaxed); }
    [[nodiscard]] rate_window::tally recent(steady_time now) const noexcept { return recent_.count(now); }

private:
    std::atomic<unsigned> streak_{0};
    bool rated_;
    rate_window recent_;
};

} // namespace errata
