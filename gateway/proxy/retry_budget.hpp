#pragma once

#include <cstddef>

namespace errata
{

/// How many requests to one upstream may be repeats at a time: a share of the live requests of this shard, and never
/// less than a minimum, so that an outage is not made worse by our own repeats.
class retry_budget
{
public:
    retry_budget(double share, unsigned minimum) noexcept : share_(share), minimum_(minimum) {}

    void request_began() noexcept { ++live_; }
    void request_ended() noexcept { --live_; }

    /// Takes a place for a repeat; false when the budget is spent. Given back with `repeat_ended`.
    [[nodiscard]] bool begin_repeat() noexcept;
    void repeat_ended() noexcept { --repeating_; }

    [[nodiscard]] std::size_t live() const noexcept { return live_; }
    [[nodiscard]] std::size_t repeating() const noexcept { return repeating_; }

private:
    double share_;
    std::size_t minimum_;
    std::size_t live_ = 0, repeating_ = 0;
};

} // namespace errata
