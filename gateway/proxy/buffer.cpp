#include "proxy/buffer.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace errata
{

block_list::~block_list()
{
    for(auto* const each : slabs_)
        ::munmap(each, slab);
}

char* block_list::take()
{
    if(free_.empty())
        add_slab();
    auto* const block = free_.back();
    free_.pop_back();
    returned_ = std::min(returned_, free_.size());
    return block;
}

void block_list::add_slab()
{
    slabs_.reserve(slabs_.size() + 1);
    free_.reserve((slabs_.size() + 1) * (slab / size_)); // giving back must not need memory
    auto* const fresh = ::mmap(nullptr, slab, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if(fresh == MAP_FAILED)
        throw std::bad_alloc{};
    slabs_.push_back(static_cast<char*>(fresh));
    for(auto at = slab; at; at -= size_)
        free_.push_back(slabs_.back() + at - size_);
    returned_ = free_.size();
}

void block_list::shrink() noexcept
{
    for(; returned_ < free_.size(); ++returned_)
        ::madvise(free_[returned_], size_, MADV_DONTNEED);
    std::ranges::sort(free_, std::greater{}); // what lies first is taken first: what is in use stays close together
}

block_list* block_pool::list_of(std::size_t size) noexcept
{
    return size == page ? &pages_ : size == small ? &small_ : size == large ? &large_ : nullptr;
}

void block_pool::shrink() noexcept
{
    for(auto* const each : {&pages_, &small_, &large_})
        each->shrink();
}

char* block_pool::take(std::size_t size)
{
    auto* const list = list_of(size);
    return list ? list->take() : new char[size];
}

void block_pool::give(char* block, std::size_t size) noexcept
{
    if(auto* const list = list_of(size))
        list->give(block);
    else
        delete[] block;
}

void read_buffer::reserve(std::size_t size)
{
    if(capacity_ >= size)
        return;
    // Blocks of the pool's sizes are reused; anything larger is rare (a head beyond 64 KiB).
    auto const wanted = size <= block_pool::small ? block_pool::small : std::max(size, block_pool::large);
    auto* const block = pool_.take(wanted);
    auto const kept = this->size();
    if(kept)
        std::memcpy(block, block_ + begin_, kept);
    if(block_)
        pool_.give(block_, capacity_);
    block_ = block;
    capacity_ = wanted;
    begin_ = 0;
    end_ = kept;
}

void read_buffer::compact() noexcept
{
    if(begin_ == 0)
        return;
    std::memmove(block_, block_ + begin_, size());
    end_ -= begin_;
    begin_ = 0;
}

void read_buffer::append(std::string_view bytes)
{
    if(room() < bytes.size())
    {
        compact();
        reserve(size() + bytes.size());
    }
    std::memcpy(space(), bytes.data(), bytes.size());
    commit(bytes.size());
}

void read_buffer::release() noexcept
{
    if(block_)
        pool_.give(block_, capacity_);
    block_ = nullptr;
    capacity_ = begin_ = end_ = 0;
}

void read_buffer::swap(read_buffer& other) noexcept
{
    std::swap(block_, other.block_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
}

} // namespace errata
