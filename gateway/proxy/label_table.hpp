#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace errata
{

/// Names as small numbers: what metrics are labelled with. Grows only, up to a fixed size; what comes after is `other`,
/// so that no input can grow the metrics without bound. One thread adds names; any thread may read those whose number
/// it was given.
class label_table
{
public:
    using label = std::uint16_t;
    static constexpr label none = 0, other = 1;

    explicit label_table(std::size_t capacity);

    [[nodiscard]] label intern(std::string_view name); ///< empty: none
    [[nodiscard]] std::string_view name(label l) const noexcept { return names_[l]; }
    [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

private:
    std::size_t capacity_;
    std::unique_ptr<std::string[]> names_;
    std::atomic<std::size_t> size_{2};
    std::unordered_map<std::string_view, label> known_; ///< views into names_; the adding thread's
};

} // namespace errata
