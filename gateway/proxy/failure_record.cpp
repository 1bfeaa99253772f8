#include "proxy/failure_record.hpp"

#include <algorithm>

namespace errata
{

namespace
{

constexpr unsigned count_bits = 20;
constexpr std::uint64_t count_mask = (1u << count_bits) - 1;
constexpr std::uint64_t slot_mask = (1u << 24) - 1;

constexpr std::uint64_t slot_of(std::uint64_t bucket)
{
    return bucket >> (2 * count_bits);
}
constexpr std::uint64_t failed_of(std::uint64_t bucket)
{
    return bucket >> count_bits & count_mask;
}
constexpr std::uint64_t total_of(std::uint64_t bucket)
{
    return bucket & count_mask;
}

} // namespace

rate_window::rate_window(std::chrono::milliseconds length) noexcept
    : slot_(std::max<std::chrono::nanoseconds>(length, std::chrono::milliseconds{slots}) / slots)
{
}

std::uint64_t rate_window::slot_at(steady_time now) const noexcept
{
    return static_cast<std::uint64_t>(now.time_since_epoch() / slot_);
}

void rate_window::add(bool failed, steady_time now) noexcept
{
    auto const slot = slot_at(now);
    auto& bucket = buckets_[slot % slots];
    auto seen = bucket.load(std::memory_order_relaxed);
    for(;;)
    {
        auto const current = slot_of(seen) == (slot & slot_mask) ? seen : (slot & slot_mask) << (2 * count_bits);
        if(total_of(current) == count_mask)
            return; // a million requests in one bucket: the rate is known well enough
        auto const next = current + 1 + (failed ? std::uint64_t{1} << count_bits : 0);
        if(bucket.compare_exchange_weak(seen, next, std::memory_order_relaxed))
            return;
    }
}

rate_window::tally rate_window::count(steady_time now) const noexcept
{
    auto const slot = slot_at(now);
    tally sum;
    for(auto const& b : buckets_)
    {
        auto const bucket = b.load(std::memory_order_relaxed);
        if(((slot - slot_of(bucket)) & slot_mask) >= slots)
            continue;
        sum.total += total_of(bucket);
        sum.failed += failed_of(bucket);
    }
    return sum;
}

void rate_window::clear() noexcept
{
    for(auto& b : buckets_)
        b.store(0, std::memory_order_relaxed);
}

void failure_record::success(steady_time now) noexcept
{
    if(streak() != 0)
        streak_.store(0, std::memory_order_relaxed);
    if(rated_)
        recent_.add(false, now);
}

void failure_record::failure(steady_time now) noexcept
{
    streak_.fetch_add(1, std::memory_order_relaxed);
    if(rated_)
        recent_.add(true, now);
}

void failure_record::restart(unsigned streak) noexcept
{
    streak_.store(streak, std::memory_order_relaxed);
    recent_.clear();
}

} // namespace errata
