#include "proxy/page_slots.hpp"

#include <cstdint>
#include <new>

namespace errata
{

page_slots::page_slots(block_pool& pages, std::size_t size) noexcept
    : pool_(pages), size_((size + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1))
{
}

void* page_slots::take()
{
    auto* const p = open_ ? open_ : add_page();
    auto* const taken = p->free;
    if(!taken)
        __builtin_unreachable(); // a page without a free slot is not open
    p->free = taken->next;
    ++p->used;
    if(!p->free)
        unlink(p);
    return taken;
}

void page_slots::give(void* taken) noexcept
{
    auto* const p = reinterpret_cast<page*>(reinterpret_cast<std::uintptr_t>(taken) & ~(block_pool::page - 1));
    if(!p->free)
        link(p);
    p->free = new (taken) slot{p->free};
    if(--p->used != 0)
        return;
    unlink(p);
    pool_.give(reinterpret_cast<char*>(p), block_pool::page);
}

page_slots::page* page_slots::add_page()
{
    auto* const memory = pool_.take(block_pool::page);
    auto* const p = new (memory) page;
    for(auto at = sizeof(page); at + size_ <= block_pool::page; at += size_)
        p->free = new (memory + at) slot{p->free};
    link(p);
    return p;
}

void page_slots::link(page* p) noexcept
{
    p->previous = nullptr;
    p->next = open_;
    if(open_)
        open_->previous = p;
    open_ = p;
}

void page_slots::unlink(page* p) noexcept
{
    (p->previous ? p->previous->next : open_) = p->next;
    if(p->next)
        p->next->previous = p->previous;
}

} // namespace errata
