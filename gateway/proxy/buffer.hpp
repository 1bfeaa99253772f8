#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace errata
{

/// Blocks of one size, whole pages in mappings of their own: of what comes and goes with a burst of connections the
/// allocator could return little, since what stays (a record of each parked connection
/// and of each socket) would lie between.
class block_list
{
public:
    explicit block_list(std::size_t size) noexcept : size_(size) {}
    block_list(block_list const&) = delete;
    block_list& operator=(block_list const&) = delete;
    ~block_list();

    [[nodiscard]] char* take();
    void give(char* block) noexcept { free_.push_back(block); } // there is room for all
    /// Returns the memory of what nobody holds to the system.
    void shrink() noexcept;
    /// Bytes that nobody holds and that are not returned.
    [[nodiscard]] std::size_t unused() const noexcept { return (free_.size() - returned_) * size_; }

private:
    static constexpr std::size_t slab = 512 * 1024;
    void add_slab();

    std::size_t size_;
    std::vector<char*> slabs_, free_;
    std::size_t returned_ = 0; ///< so many at the start of `free_` hold no memory
};

/// Memory for busy connections, taken from its shard's lists only while they are: pages for sessions, small blocks for
/// heads, large ones for streaming.
class block_pool
{
public:
    static constexpr std::size_t page = 4 * 1024;
    static constexpr std::size_t small = 8 * 1024;
    static constexpr std::size_t large = 64 * 1024;

    [[nodiscard]] char* take(std::size_t size);
    void give(char* block, std::size_t size) noexcept;
    /// Returns the memory of what nobody holds to the system.
    void shrink() noexcept;
    /// Bytes that nobody holds and that are not returned.
    [[nodiscard]] std::size_t unused() const noexcept { return pages_.unused() + small_.unused() + large_.unused(); }

private:
    [[nodiscard]] block_list* list_of(std::size_t size) noexcept;
    block_list pages_{page}, small_{small}, large_{large};
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
