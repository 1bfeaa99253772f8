#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace errata
{

/// Bytes on their way out: grows, is cleared and reused. Appending costs a bounds check and a copy; nothing is zeroed
/// first.
class out_buffer
{
public:
    void clear() noexcept { size_ = 0; }
    [[nodiscard]] std::string_view view() const noexcept { return {block_.get(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Room for `n` more bytes; write there, then `commit`.
    [[nodiscard]] char* room(std::size_t n)
    {
        if(capacity_ - size_ < n)
            grow(n);
        return block_.get() + size_;
    }
    void commit(char const* end) noexcept { size_ = static_cast<std::size_t>(end - block_.get()); }

    /// Texts one behind the other, with one look at the room for all of them.
    template <class... Texts>
    [[gnu::always_inline]] void add(std::string_view first, Texts const&... more)
    {
        put(first, std::string_view(more)...);
    }
    void add(std::uint64_t number, int base = 10)
    {
        auto* const p = room(20);
        commit(std::to_chars(p, p + 20, number, base).ptr);
    }
    /// One field line.
    void add_field(std::string_view name, std::string_view value) { add(name, ": ", value, "\r\n"); }
    /// Gives memory back that one unusual message took.
    void shrink(std::size_t most)
    {
        if(capacity_ > most)
            block_.reset(), capacity_ = size_ = 0;
    }

private:
    // Inlined for the sake of the literals among them: then their lengths are known, and they are stored, not copied.
    template <class... Texts>
    [[gnu::always_inline]] void put(Texts... texts)
    {
        auto* p = room((texts.size() + ...));
        ((p = copy(texts, p)), ...);
        commit(p);
    }
    [[gnu::always_inline]] static char* copy(std::string_view text, char* to) noexcept
    {
        if(!text.empty()) // its pointer may be null, which memcpy must not see
            std::memcpy(to, text.data(), text.size());
        return to + text.size();
    }
    void grow(std::size_t n)
    {
        auto const wanted = std::max<std::size_t>({capacity_ * 2, size_ + n, 1024});
        auto block = std::make_unique_for_overwrite<char[]>(wanted);
        if(size_)
            std::memcpy(block.get(), block_.get(), size_);
        block_ = std::move(block);
        capacity_ = wanted;
    }

    std::unique_ptr<char[]> block_;
    std::size_t size_ = 0, capacity_ = 0;
};

} // namespace errata
