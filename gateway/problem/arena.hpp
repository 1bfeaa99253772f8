#pragma once

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <string_view>

namespace errata
{

/// Short-lived bytes of one answer: what decoding, recognising and rendering produce. Nothing is freed one by one;
/// `release` ends them all and keeps the first block, so that an ordinary error costs no heap traffic.
class arena
{
public:
    arena() : pool_(first_, sizeof first_) {}
    arena(arena const&) = delete;
    arena& operator=(arena const&) = delete;

    /// Copies `text`; the copy lives until `release`.
    [[nodiscard]] std::string_view keep(std::string_view text)
    {
        auto* const p = allocate(text.size());
        std::copy(text.begin(), text.end(), p);
        return {p, text.size()};
    }

    [[nodiscard]] char* allocate(std::size_t size) { return static_cast<char*>(pool_.allocate(size ? size : 1, 1)); }
    [[nodiscard]] std::pmr::memory_resource* resource() noexcept { return &pool_; }
    void release() { pool_.release(); }

private:
    alignas(std::max_align_t) std::byte first_[16 * 1024];
    std::pmr::monotonic_buffer_resource pool_;
};

} // namespace errata
