#pragma once

#include <cstddef>
#include <new>

namespace errata
{

/// Memory for one asynchronous operation of Asio, in the object that starts it again and again: starting it can then
/// not fail for want of memory. The handler carries an `allocator` as its `get_allocator()`.
class op_memory
{
public:
    template <class T>
    struct allocator
    {
        using value_type = T;
        op_memory* memory;

        explicit allocator(op_memory& m) noexcept : memory(&m) {}
        template <class U>
        allocator(allocator<U> const& other) noexcept : memory(other.memory)
        {
        }
        [[nodiscard]] T* allocate(std::size_t n) { return static_cast<T*>(memory->take(n * sizeof(T))); }
        void deallocate(T* p, std::size_t) noexcept { memory->give(p); }
        friend bool operator==(allocator const&, allocator const&) = default;
    };

private:
    [[nodiscard]] void* take(std::size_t size)
    {
        if(taken_ || size > sizeof space_)
            return ::operator new(size);
        taken_ = true;
        return space_;
    }
    void give(void* p) noexcept
    {
        if(p == space_)
            taken_ = false;
        else
            ::operator delete(p);
    }

    alignas(std::max_align_t) std::byte space_[192];
    bool taken_ = false;
};

} // namespace errata
