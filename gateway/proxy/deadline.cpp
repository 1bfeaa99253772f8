#include "proxy/deadline.hpp"

namespace errata
{

deadline::~deadline()
{
    disarm();
    unlink();
}

void deadline::arm(milliseconds after)
{
    if(after <= milliseconds::zero())
        return disarm();
    // One tick more than asked: the current tick has partly passed, and a deadline must not fire early.
    auto const ticks =
        static_cast<std::uint64_t>((after + timer_wheel::tick - milliseconds{1}) / timer_wheel::tick) + 1;
    if(expiry_ == 0)
        ++wheel_.armed_;
    expiry_ = wheel_.tick_of(coarse_now()) + ticks;
    // Later than the visit that is planned: that visit will move us on. Most arming ends here.
    if(link_ && slot_time_ <= expiry_)
        return wheel_.wake_by(slot_time_);
    unlink();
    wheel_.insert(*this);
}

void deadline::disarm() noexcept
{
    if(expiry_ == 0)
        return;
    expiry_ = 0;
    --wheel_.armed_;
}

void deadline::unlink() noexcept
{
    if(!link_)
        return;
    *link_ = next_;
    if(next_)
        next_->link_ = link_;
    next_ = nullptr;
    link_ = nullptr;
}

timer_wheel::timer_wheel(net::io_context& io) : timer_(io.get_executor()), start_(steady_clock::now()) {}

std::uint64_t timer_wheel::tick_of(steady_time t) const noexcept
{
    return static_cast<std::uint64_t>((t - start_) / tick) + 1;
}

void timer_wheel::insert(deadline& d)
{
    // Not further than a turn ahead, and never into the slot being visited.
    d.slot_time_ = std::min<std::uint64_t>(std::max(d.expiry_, current_ + 1), current_ + slots - 1);
    auto& head = heads_[d.slot_time_ % slots];
    d.next_ = head;
    d.link_ = &head;
    if(head)
        head->link_ = &d.next_;
    head = &d;
    occupied_.set(d.slot_time_ % slots);
    wake_by(d.slot_time_);
}

/// Sees to it that the wheel turns when the slot of tick `at` is due; it sleeps while nothing is armed.
void timer_wheel::wake_by(std::uint64_t at)
{
    if(!wake_ || at < wake_)
        schedule(at);
}

void timer_wheel::schedule(std::uint64_t at)
{
    if(stopped_)
        return;
    wake_ = 0; // so that the next deadline tries again where this finds no memory
    timer_.expires_at(start_ + tick * static_cast<std::int64_t>(at - 1) + tick);
    timer_.async_wait(
        [this](error_code ec)
        {
            if(!ec)
                turn();
        });
    wake_ = at;
}

void timer_wheel::turn()
{
    wake_ = 0;
    std::exception_ptr bug;
    auto const until = tick_of(steady_clock::now());
    // Slot s is due when tick s has passed. The present tick's slot is not, and must not be passed over: it would be
    // visited a whole turn later.
    while(current_ + 1 < until)
    {
        // Nobody between here and the next occupied slot: jump.
        auto const next = next_occupied();
        if(next == 0 || next >= until)
        {
            current_ = until - 1;
            break;
        }
        current_ = next;
        auto const slot = current_ % slots;
        occupied_.reset(slot);
        deadline* list = std::exchange(heads_[slot], nullptr);
        if(list)
            list->link_ = &list; // so that a deadline disarmed meanwhile unlinks itself from this list
        while(list)
        {
            deadline& d = *list;
            d.unlink();
            if(d.expiry_ == 0)
                continue;
            if(d.expiry_ > current_)
            {
                insert(d);
                continue;
            }
            d.expiry_ = 0;
            --armed_;
            try
            {
                d.fire_(d.owner_);
            }
            catch(...)
            {
                bug = std::current_exception(); // it is that deadline's alone: the others of this list come first
            }
        }
    }
    if(armed_ != 0)
        if(auto const next = next_occupied())
            wake_by(next);
    if(bug)
        std::rethrow_exception(bug);
}

std::uint64_t timer_wheel::next_occupied() const noexcept
{
    auto const first = (current_ + 1) % slots;
    auto at = first == 0 ? occupied_._Find_first() : occupied_._Find_next(first - 1);
    if(at >= slots)
        at = occupied_._Find_first();
    if(at >= slots)
        return 0;
    auto const distance = (at + slots - first) % slots;
    return current_ + 1 + distance;
}

void timer_wheel::stop()
{
    stopped_ = true;
    timer_.cancel();
}

} // namespace errata
