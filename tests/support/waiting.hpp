#pragma once

#include <chrono>
#include <thread>

namespace errata::test
{

/// How long a test waits for anything that must happen. Far beyond what a loaded machine needs; a test that gets here
/// fails.
inline constexpr std::chrono::seconds patience{10};

/// Asks every few milliseconds, within `patience`: what another thread or process does can only be watched.
template <class Condition>
[[nodiscard]] bool comes_true(Condition condition)
{
    auto const bound = std::chrono::steady_clock::now() + patience;
    while(!condition())
    {
        if(std::chrono::steady_clock::now() > bound)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

} // namespace errata::test
