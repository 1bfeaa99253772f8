#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace errata
{

/// Memory for reading, taken from its shard's free lists only while a connection is busy: small blocks for heads, large
/// ones for streaming. An own mapping of pages would not be smaller: what is parked holds no block at all.
class block_pool
{
public:
    static constexpr std::size_t small = 8 * 1024;
    static constexpr std::size_t large = 64 * 1024;

    block_pool();
    block_pool(block_pool const&) = delete;
    block_pool& operator=(block_pool const&) = delete;
    ~block_pool();

    [[nodiscard]] char* take(std::size_t size);
    void give(char* block, std::size_t size) noexcept;
    /// Frees what nobody holds.
    void shrink() noexcept;

private:
    static constexpr std::size_t kept_small = 256, kept_large = 32; // what stays for the next burst
    std::vector<char*> small_, large_;
};

/// Bytes that have arrived and are not used up yet, contiguous. Views into it stay valid until `compact`, `grow` or
/// `release`.
class read_buffer
{
public:
    explicit read_buffer(block_pool& pool) noexcept : pool_(pool) {}
    read_buffer(read_buffer const&) = delete;
    read_buffer& operator=(read_buffer const&) = delete;
    ~read_buffer() { release(); }

    [[nodiscard]] std::string_view data() const noexcept { return {block_ + begin_, end_ - begin_}; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::size_t room() const noexcept { return capacity_ - end_; }
    [[nodiscard]] char* space() noexcept { return block_ + end_; }

    void commit(std::size_t n) noexcept { end_ += n; }
    void consume(std::size_t n) noexcept { begin_ += n; }

    /// Has a block of at least `size` bytes from here on; moves what is there.
    void reserve(std::size_t size);
    /// Moves what is there to the start.
    void compact() noexcept;
    /// Everything used up: start again at the front. Ends views.
    void clear() noexcept { begin_ = end_ = 0; }
    void append(std::string_view bytes);
    /// Gives the block back. Ends views.
    void release() noexcept;
    void swap(read_buffer& other) noexcept;

private:
    block_pool& pool_;
    char* block_ = nullptr;
    std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

} // namespace errata
