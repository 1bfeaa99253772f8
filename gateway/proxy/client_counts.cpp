#include "proxy/client_counts.hpp"

namespace errata
{

bool client_counts::enter(std::string_view address, unsigned most)
{
    used_.store(true, std::memory_order_relaxed);
    std::scoped_lock const lock(mutex_);
    auto found = open_.find(address);
    if(found == open_.end())
        found = open_.emplace(address, 0).first;
    if(found->second >= most)
        return false;
    ++found->second;
    return true;
}

void client_counts::leave(std::string_view address) noexcept
{
    if(!used_.load(std::memory_order_relaxed))
        return;
    std::scoped_lock const lock(mutex_);
    auto const found = open_.find(address);
    if(found != open_.end() && --found->second == 0)
        open_.erase(found);
}

} // namespace errata
