#pragma once

#include "proxy/buffer.hpp"

#include <cstddef>

namespace errata
{

/// Room for small objects of one size, many to a page of the pool; a page without any goes back to it. So thousands of
/// them can come and go and leave nothing behind.
class page_slots
{
public:
    /// `size` in bytes, at most an eighth of a page.
    page_slots(block_pool& pages, std::size_t size) noexcept;
    page_slots(page_slots const&) = delete;
    page_slots& operator=(page_slots const&) = delete;

    /// Aligned for any object. Throws std::bad_alloc.
    [[nodiscard]] void* take();
    void give(void* taken) noexcept;

private:
    struct slot
    {
        slot* next;
    };
    struct alignas(std::max_align_t) page
    {
        page *next = nullptr, *previous = nullptr;
        slot* free = nullptr;
        unsigned used = 0;
    };
    page* add_page();
    void link(page* p) noexcept;
    void unlink(page* p) noexcept;

    block_pool& pool_;
    std::size_t size_;
    page* open_ = nullptr; ///< those with a free slot
};

} // namespace errata
