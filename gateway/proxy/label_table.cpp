#include "proxy/label_table.hpp"

#include <algorithm>

namespace errata
{

label_table::label_table(std::size_t capacity)
    : capacity_(std::clamp<std::size_t>(capacity, 2, 65536)), names_(std::make_unique<std::string[]>(capacity_))
{
    names_[none] = "none";
    names_[other] = "other";
}

label_table::label label_table::intern(std::string_view name)
{
    if(name.empty())
        return none;
    if(auto const found = known_.find(name); found != known_.end())
        return found->second;
    auto const next = size_.load(std::memory_order_relaxed);
    if(next == capacity_)
        return other;
    names_[next] = name;
    known_.emplace(names_[next], static_cast<label>(next));
    size_.store(next + 1, std::memory_order_release);
    return static_cast<label>(next);
}

} // namespace errata
