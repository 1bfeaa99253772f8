#pragma once

#include "proxy/net.hpp"
#include "routing/snapshot.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace errata
{

/// Lets so many requests through in a time, spread evenly, and some of them at once: the generic cell rate algorithm.
/// One number says it all, so that every thread counts by the same one, without a lock.
class rate_limiter
{
public:
    explicit rate_limiter(rate_limit_config const& config);

    /// Nothing: one more may pass, and has been counted. Else how long until one may; nothing was counted.
    [[nodiscard]] std::optional<milliseconds> ask(steady_time now) noexcept;

    [[nodiscard]] rate_limit_config const& config() const noexcept { return config_; }

private:
    rate_limit_config config_;
    std::int64_t interval_;           ///< nanoseconds between two requests
    std::int64_t ahead_;              ///< how far the schedule may be ahead of the clock
    std::atomic<std::int64_t> due_{}; ///< nanoseconds: when the next one is due
};

} // namespace errata
