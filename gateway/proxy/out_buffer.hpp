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

    void add(std::string_view text)
    {
        if(text.empty()) // its pointer may be null, which memcpy must not see
            return;
        std::memcpy(room(text.size()), text.data(), text.size());
        size_ += text.size();
    }
    void add(std::uint64_t number, int base = 10)
    {
        auto* const p = room(20);
        commit(std::to_chars(p, p + 20, number, base).ptr);
    }
    /// One field line.
    void add_field(std::string_view name, std::string_view value)
    {
        auto* p = room(name.size() + value.size() + 4);
        std::memcpy(p, name.data(), name.size());
        p += name.size();
        *p++ = ':';
        *p++ = ' ';
        if(!value.empty())
            std::memcpy(p, value.data(), value.size());
        p += value.size();
        *p++ = '\r';
        *p++ = '\n';
        commit(p);
    }
    /// Gives memory back that one unusual message took.
    void shrink(std::size_t most)
    {
        if(capacity_ > most)
            block_.reset(), capacity_ = size_ = 0;
    }

private:
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
