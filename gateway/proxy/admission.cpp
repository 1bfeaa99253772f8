#include "proxy/admission.hpp"

#include <algorithm>

namespace errata
{

namespace
{

/// Adds one unless `limit` is reached.
bool add_below(std::atomic<unsigned>& count, unsigned limit) noexcept
{
    auto seen = count.load();
    while(seen < limit)
        if(count.compare_exchange_weak(seen, seen + 1))
            return true;
    return false;
}

} // namespace

place::~place()
{
    if(of_)
        of_->give_back(of_->last_);
}

void place::release(steady_time now)
{
    if(!of_)
        return;
    auto& of = *std::exchange(of_, nullptr);
    of.measure(now - since_);
    of.give_back(now);
}

waiter::~waiter()
{
    if(of_)
        of_->unlink(*this);
}

admission::~admission()
{
    while(!queue_.empty())
        unlink(queue_.front());
}

admission::answer admission::enter(waiter& w, steady_time now, milliseconds patience)
{
    last_ = now;
    if(!limited())
    {
        w.result_ = waiter::outcome::admitted;
        return answer::admitted;
    }
    if(queue_.empty() && take_place())
    {
        w.result_ = waiter::outcome::admitted;
        w.got_ = place{*this, now};
        return answer::admitted;
    }
    if(!take_queue_position())
        return answer::saturated;
    w.of_ = this;
    w.deadline_ = now + std::min(config_.queue_timeout, patience);
    earliest_deadline_ = std::min(earliest_deadline_, w.deadline_);
    queue_.push_back(w);
    // A place may have come free between our look and our joining the queue, unseen by whoever freed it.
    if(&queue_.front() != &w || !take_place())
        return answer::queued;
    unlink(w);
    w.result_ = waiter::outcome::admitted;
    w.got_ = place{*this, now};
    return answer::admitted;
}

void admission::admit_waiting(steady_time now)
{
    while(!queue_.empty() && take_place())
    {
        auto& first = queue_.front();
        first.got_ = place{*this, now};
        settle(first, waiter::outcome::admitted);
    }
}

void admission::tick(steady_time now)
{
    last_ = now;
    if(queue_.empty())
        return;
    if(active() < config_.limit)
        admit_waiting(now); // a place that was left to another shard, whose line had ended meanwhile
    if(now >= earliest_deadline_)
        expire(now);
}

void admission::expire(steady_time now)
{
    earliest_deadline_ = steady_time::max();
    for(auto i = queue_.begin(); i != queue_.end();)
    {
        auto& w = *i++;
        if(w.deadline_ <= now)
            settle(w, waiter::outcome::timed_out);
        else
            earliest_deadline_ = std::min(earliest_deadline_, w.deadline_);
    }
}

milliseconds admission::drain_estimate(double random) const noexcept
{
    constexpr double unmeasured = 1, longest = 300;
    auto const ahead = shared_.waiting.load(std::memory_order_relaxed) + 1.0;
    auto const each = service_seconds_ > 0 ? service_seconds_ : unmeasured;
    // Little's law: while all places are taken, one comes free every service time / places.
    auto const wait = std::min(longest, ahead * each / std::max(config_.limit, 1u));
    return milliseconds{static_cast<std::int64_t>(1000 * wait * (1 + 0.5 * std::clamp(random, 0.0, 1.0)))};
}

/// A place of this shard's is free: the first in line here gets it, every other time a line elsewhere.
void admission::give_back(steady_time now)
{
    last_ = now;
    hand_on_ = others_wait() && !hand_on_;
    if(!queue_.empty() && !hand_on_)
    {
        auto& first = queue_.front();
        first.got_ = place{*this, now};
        return settle(first, waiter::outcome::admitted);
    }
    --shared_.active;
    if(others_wait())
        poke_(owner_);
}

void admission::measure(steady_clock::duration took) noexcept
{
    auto const seconds = std::chrono::duration<double>(took).count();
    service_seconds_ = service_seconds_ > 0 ? service_seconds_ + (seconds - service_seconds_) / 8 : seconds;
}

bool admission::take_place() noexcept
{
    return add_below(shared_.active, config_.limit);
}

bool admission::take_queue_position() noexcept
{
    return add_below(shared_.waiting, config_.queue);
}

bool admission::others_wait() const noexcept
{
    return shared_.waiting.load() > queue_.size();
}

void admission::settle(waiter& w, waiter::outcome how)
{
    unlink(w);
    w.result_ = how;
    w.settled_(w.owner_);
}

void admission::unlink(waiter& w) noexcept
{
    queue_.erase(queue_.iterator_to(w));
    w.of_ = nullptr;
    --shared_.waiting;
}

} // namespace errata
