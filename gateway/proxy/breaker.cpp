#include "proxy/breaker.hpp"

#include <algorithm>

namespace errata
{

namespace
{

constexpr std::uint64_t one_taken = 1;
constexpr std::uint64_t one_succeeded = 1u << 16;

constexpr unsigned taken(std::uint64_t probes)
{
    return probes & 0xffff;
}
constexpr unsigned succeeded(std::uint64_t probes)
{
    return probes >> 16 & 0xffff;
}

} // namespace

/// Applies `next` to the counts of phase `turn` (fresh ones if the stored counts belong to another phase).
template <class Change>
std::uint64_t breaker_counts::change(std::uint32_t turn, Change const& next) noexcept
{
    auto seen = probes_.load(std::memory_order_relaxed);
    for(;;)
    {
        auto const current = seen >> 32 == turn ? seen : std::uint64_t{turn} << 32;
        auto const wanted = next(current);
        if(wanted == seen || probes_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed))
            return wanted;
    }
}

bool breaker_counts::take_probe(std::uint32_t turn, unsigned limit) noexcept
{
    bool got = false;
    change(turn,
           [&](std::uint64_t probes)
           {
               got = taken(probes) < limit;
               return got ? probes + one_taken : probes;
           });
    return got;
}

void breaker_counts::give_back_probe(std::uint32_t turn) noexcept
{
    change(turn, [](std::uint64_t probes) { return taken(probes) ? probes - one_taken : probes; });
}

unsigned breaker_counts::probe_succeeded(std::uint32_t turn) noexcept
{
    return succeeded(change(turn, [](std::uint64_t probes) { return probes + one_succeeded; }));
}

breaker::permit breaker::allows(steady_time now) noexcept
{
    if(!config_.enabled)
        return {true, turn_};
    half_open_when_due(now);
    switch(state_)
    {
    case state::closed:
        return {true, turn_};
    case state::open:
        return {};
    case state::half_open:
        return {shared_.take_probe(turn_, config_.probes), turn_};
    }
    return {};
}

std::optional<breaker::fact> breaker::on_success(permit given, steady_time now) noexcept
{
    if(!counts(given))
        return {};
    if(state_ == state::half_open)
    {
        if(shared_.probe_succeeded(turn_) < config_.probes)
            return {};
        shared_.failures.restart();
        return enter(state::closed, {});
    }
    shared_.failures.success(now);
    return {};
}

std::optional<breaker::fact> breaker::on_failure(permit given, steady_time now) noexcept
{
    if(!counts(given))
        return {};
    if(state_ == state::closed)
    {
        shared_.failures.failure(now);
        if(!tripped(now))
            return {};
        shared_.failures.restart();
    }
    return enter(state::open, now + config_.open);
}

void breaker::on_nothing(permit given) noexcept
{
    if(counts(given) && state_ == state::half_open)
        shared_.give_back_probe(turn_);
}

void breaker::adopt(fact const& told) noexcept
{
    // Two shards may trip at the same moment; both end up with the later of the two phases.
    if(told.turn < turn_ || (told.turn == turn_ && told.until <= until_))
        return;
    turn_ = told.turn;
    state_ = told.to;
    until_ = told.until;
}

breaker::state breaker::current(steady_time now) const noexcept
{
    return state_ == state::open && now >= until_ ? state::half_open : state_;
}

std::chrono::milliseconds breaker::half_open_in(steady_time now) const noexcept
{
    if(state_ != state::open || now >= until_)
        return {};
    return std::chrono::ceil<std::chrono::milliseconds>(until_ - now);
}

bool breaker::counts(permit given) const noexcept
{
    return config_.enabled && given.granted && given.turn == turn_ && state_ != state::open;
}

bool breaker::tripped(steady_time now) const noexcept
{
    if(config_.consecutive_failures && shared_.failures.streak() >= config_.consecutive_failures)
        return true;
    if(config_.error_rate <= 0)
        return false;
    auto const recent = shared_.failures.recent(now);
    return recent.total >= config_.minimum && recent.rate() >= config_.error_rate;
}

breaker::fact breaker::enter(state next, steady_time until) noexcept
{
    ++turn_;
    state_ = next;
    until_ = until;
    return {next, until, turn_};
}

void breaker::half_open_when_due(steady_time now) noexcept
{
    if(state_ == state::closed || now < until_)
        return;
    // Every shard comes to the same phase by the clock alone. Probes without a verdict for a whole open phase are lost
    // or stuck: a new phase lets new ones try.
    auto const open = std::max<std::chrono::milliseconds>(config_.open, std::chrono::milliseconds{1});
    enter(state::half_open, until_ + ((now - until_) / open + 1) * open);
}

} // namespace errata
