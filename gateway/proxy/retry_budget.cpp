#include "proxy/retry_budget.hpp"

#include <algorithm>

namespace errata
{

bool retry_budget::begin_repeat() noexcept
{
    auto const share = static_cast<std::size_t>(std::max(0.0, share_) * double(live_));
    if(repeating_ >= std::max(minimum_, share))
        return false;
    ++repeating_;
    return true;
}

} // namespace errata
