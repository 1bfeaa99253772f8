#include "proxy/buffer.hpp"

#include <algorithm>
#include <utility>

namespace errata
{

block_pool::block_pool()
{
    small_.reserve(kept_small); // giving back must not need memory
    large_.reserve(kept_large);
}

block_pool::~block_pool()
{
    shrink();
}

void block_pool::shrink() noexcept
{
    for(auto* const list : {&small_, &large_})
    {
        for(auto* const block : *list)
            delete[] block;
        list->clear();
    }
}

char* block_pool::take(std::size_t size)
{
    auto* const list = size == small ? &small_ : size == large ? &large_ : nullptr;
    if(!list || list->empty())
        return new char[size];
    auto* const block = list->back();
    list->pop_back();
    return block;
}

void block_pool::give(char* block, std::size_t size) noexcept
{
    auto* const list = size == small ? &small_ : size == large ? &large_ : nullptr;
    if(!list || list->size() >= (size == small ? kept_small : kept_large))
    {
        delete[] block;
        return;
    }
    list->push_back(block);
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
