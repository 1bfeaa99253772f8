#include "proxy/shield.hpp"

#include <algorithm>

namespace errata
{
namespace
{
using namespace std::chrono_literals;
using seconds_double = std::chrono::duration<double>;

/// A share of the ramp, 0 to 1, evenly spread over callers and another one for every window (splitmix64).
double place_of(shield::caller who, steady_time window) noexcept
{
    auto x = who ^ static_cast<std::uint64_t>(window.time_since_epoch().count());
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    x ^= x >> 31;
    return static_cast<double>(x >> 11) * 0x1p-53;
}
} // namespace

std::optional<shield::fact> shield::on_answer(shield_config const& config, unsigned status,
                                              std::optional<milliseconds> hint, caller who, steady_time now)
{
    if(!config.enabled || !hint || *hint <= 0ms || std::ranges::find(config.on, status) == config.on.end())
        return {};
    fact const told{now + std::min(*hint, config.max_hold), status, who, config.ramp};
    // The answers to many requests that were under way together differ by their rounding: those who were told the
    // shorter wait already must not find it grown.
    if(up(now) && told.until <= raised_.until + 1s)
        return {};
    adopt(told);
    return told;
}

void shield::adopt(fact const& told) noexcept
{
    if(told.until <= raised_.until)
        return;
    raised_ = told;
    credit_ = 1;
}

std::optional<milliseconds> shield::wait_for(caller who, steady_time now) noexcept
{
    if(!active(now))
        return {};
    if(auto const entry = entry_of(who); now < entry)
        return std::chrono::ceil<milliseconds>(entry - now);
    auto const end = raised_.until + raised_.ramp;
    credit_ += seconds_double(now - raised_.until) / seconds_double(raised_.ramp);
    if(who == last_admitted_ && credit_ < 1 && now - last_admission_ < raised_.ramp / 50)
        return std::min<milliseconds>(1s, std::chrono::ceil<milliseconds>(end - now));
    credit_ = std::max(0.0, credit_ - 1);
    last_admitted_ = who;
    last_admission_ = now;
    return {};
}

steady_time shield::entry_of(caller who) const noexcept
{
    if(who == raised_.told)
        return raised_.until;
    auto const after = seconds_double(raised_.ramp) * place_of(who, raised_.until);
    return raised_.until + std::chrono::duration_cast<steady_time::duration>(after);
}

} // namespace errata
