#include "proxy/shield.hpp"

#include <algorithm>

namespace errata
{

std::optional<shield::fact> shield::on_answer(unsigned status, std::optional<milliseconds> hint, steady_time now)
{
    using namespace std::chrono_literals;
    if(!hint || *hint <= 0ms || !applies_to(status))
        return {};
    fact const told{now + std::min(*hint, config_->max_hold)};
    // The answers to many requests that were under way together differ by their rounding: those who were told the
    // shorter wait already must not find it grown.
    if(up(now) && told.until <= until_ + 1s)
        return {};
    adopt(told);
    return told;
}

void shield::adopt(fact const& told) noexcept
{
    if(told.until <= until_)
        return;
    until_ = told.until;
    credit_ = 1;
}

bool shield::admits(steady_time now) noexcept
{
    if(up(now))
        return false;
    if(!ramping(now))
        return true;
    auto const share = std::chrono::duration<double>(now - until_) / std::chrono::duration<double>(config_->ramp);
    credit_ += share;
    if(credit_ < 1 && now - last_admitted_ < config_->ramp / 50)
        return false;
    credit_ = std::max(0.0, credit_ - 1);
    last_admitted_ = now;
    return true;
}

milliseconds shield::remaining(steady_time now) const noexcept
{
    auto const end = up(now) ? until_ : until_ + config_->ramp;
    return end > now ? std::chrono::ceil<milliseconds>(end - now) : milliseconds{0};
}

bool shield::applies_to(unsigned status) const noexcept
{
    return config_->enabled && std::ranges::find(config_->on, status) != config_->on.end();
}

} // namespace errata
