#pragma once

#include "proxy/net.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <new>

namespace errata
{

/// Says once that a coroutine is over. Asio throws one away without a word where there is no memory to begin what it
/// waits for: that is told as std::bad_alloc.
template <class End>
class ending
{
public:
    explicit ending(End end) : end_(std::move(end)) {}
    ending(ending&& other) noexcept : end_(std::move(other.end_)), untold_(std::exchange(other.untold_, false)) {}
    ending& operator=(ending&&) = delete;
    ~ending()
    {
        if(untold_)
            try
            {
                end_(std::make_exception_ptr(std::bad_alloc{}));
            }
            catch(...)
            {
                untold_ = false; // nobody is left to hear of it
            }
    }
    void operator()(std::exception_ptr bug)
    {
        untold_ = false;
        end_(std::move(bug));
    }

private:
    End end_;
    bool untold_ = true;
};

/// Runs the coroutine that `make` returns beside its caller. `end` is called exactly once when it is over, with the
/// exception that ended it if one did. Never throws: what cannot begin has ended.
template <class Make, class End>
void spawn(net::io_context& where, Make make, End end) noexcept
{
    try
    {
        net::co_spawn(where.get_executor(), std::move(make), ending<End>{std::move(end)});
    }
    catch(std::bad_alloc const&)
    {
        return; // told by its `ending`
    }
}

} // namespace errata
