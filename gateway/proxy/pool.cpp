#include "proxy/pool.hpp"

namespace errata
{

std::unique_ptr<link> link_yard::fresh()
{
    if(spare_.empty())
        return std::make_unique<link>(wheel_, blocks_);
    auto l = std::move(spare_.back());
    spare_.pop_back();
    return l;
}

void link_yard::retire(std::unique_ptr<link> l)
{
    l->wire.close();
    if(!l->wire.pending())
        return keep(std::move(l));
    l->slot = closing_.size();
    // Its pending read comes back on the loop's next turn; until then the link must live.
    l->yard = this;
    l->wire.watch(
        [](void* p)
        {
            auto* const who = static_cast<link*>(p);
            auto* const yard = who->yard;
            auto& list = yard->closing_;
            auto const slot = who->slot;
            auto mine = std::move(list[slot]);
            if(slot + 1 != list.size())
            {
                list[slot] = std::move(list.back());
                list[slot]->slot = slot;
            }
            list.pop_back();
            yard->keep(std::move(mine));
        },
        l.get());
    closing_.push_back(std::move(l));
}

void link_yard::keep(std::unique_ptr<link> l)
{
    constexpr std::size_t most_spare = 64;
    l->wire.watch(nullptr, nullptr);
    l->wire.release();
    l->exchanges = 0;
    l->home = nullptr;
    if(spare_.size() < most_spare)
        spare_.push_back(std::move(l));
}

std::unique_ptr<link> pool::take()
{
    if(idle_links_.empty())
        return nullptr;
    auto l = std::move(idle_links_.back());
    idle_links_.pop_back();
    l->wire.watch(nullptr, nullptr);
    l->wire.lift();
    return l;
}

void pool::put(std::unique_ptr<link> l)
{
    if(idle_links_.size() >= most_)
        return yard_.retire(std::move(l));
    l->home = this;
    l->slot = idle_links_.size();
    l->wire.in().clear();
    l->wire.limit(idle_, failure::closed_idle);
    l->wire.watch(&pool::woke, l.get());
    l->wire.arm();
    idle_links_.push_back(std::move(l));
    if(!idle_links_.back()->wire.pending()) // TLS: something was there already
        woke(idle_links_.back().get());
}

void pool::woke(void* p)
{
    auto* const l = static_cast<link*>(p);
    auto* const self = l->home;
    if(!l->wire.stopped()) // it was not our own idle time-out
        ++self->died_;
    self->yard_.retire(self->remove(l->slot));
}

std::unique_ptr<link> pool::remove(std::size_t slot)
{
    auto l = std::move(idle_links_[slot]);
    if(slot + 1 != idle_links_.size())
    {
        idle_links_[slot] = std::move(idle_links_.back());
        idle_links_[slot]->slot = slot;
    }
    idle_links_.pop_back();
    return l;
}

void pool::clear()
{
    while(!idle_links_.empty())
    {
        auto l = std::move(idle_links_.back());
        idle_links_.pop_back();
        yard_.retire(std::move(l));
    }
}

} // namespace errata
