#include "proxy/rate_limiter.hpp"

#include <algorithm>

namespace errata
{

rate_limiter::rate_limiter(rate_limit_config const& config)
    : config_(config),
      interval_(std::max<std::int64_t>(1, std::chrono::nanoseconds(config.per).count() / config.requests)),
      ahead_(interval_ * (std::max(config.burst, 1u) - 1))
{
}

std::optional<milliseconds> rate_limiter::ask(steady_time now) noexcept
{
    auto const clock = std::chrono::nanoseconds(now.time_since_epoch()).count();
    auto due = due_.load(std::memory_order_relaxed);
    for(;;)
    {
        auto const next = std::max(due, clock);
        if(auto const early = next - clock - ahead_; early > 0)
            return std::chrono::ceil<milliseconds>(std::chrono::nanoseconds(early));
        if(due_.compare_exchange_weak(due, next + interval_, std::memory_order_relaxed))
            return std::nullopt;
    }
}

} // namespace errata
