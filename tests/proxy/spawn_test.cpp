#include "proxy/spawn.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace errata
{
namespace
{
/// An operation that finds no memory to begin.
auto no_memory()
{
    return net::async_initiate<net::deferred_t const, void()>([](auto&&) { throw std::bad_alloc{}; }, net::deferred);
}

/// What `spawn` says of a coroutine, over all turns of a loop that lets no exception stop it.
template <class Make>
std::vector<std::string> told_of(Make make)
{
    net::io_context io{1};
    std::vector<std::string> told;
    spawn(io, std::move(make),
          [&](std::exception_ptr const& bug)
          {
              try
              {
                  if(bug)
                      std::rethrow_exception(bug);
                  told.emplace_back("ended");
              }
              catch(std::bad_alloc const&)
              {
                  told.emplace_back("no memory");
              }
              catch(std::exception const& e)
              {
                  told.emplace_back(e.what());
              }
          });
    while(!io.stopped())
        try
        {
            io.run();
        }
        catch(std::bad_alloc const&)
        {
            continue;
        }
    return told;
}

task<> waits_a_moment()
{
    net::basic_waitable_timer<steady_clock, net::wait_traits<steady_clock>, executor> timer(
        co_await net::this_coro::executor, milliseconds{1});
    co_await timer.async_wait(nothrow);
}
} // namespace

TEST(spawn, tells_once_how_a_coroutine_ended)
{
    struct row
    {
        std::string told;
        std::function<task<>()> make;
    };
    for(auto const& r :
        {
            row{"ended", []() -> task<> { co_return; }},
            row{"ended", []() -> task<> { co_await waits_a_moment(); }},
            row{"a bug",
                []() -> task<>
                {
                    co_await waits_a_moment();
                    throw std::runtime_error("a bug");
                }},
            row{"a bug", []() -> task<> { throw std::runtime_error("a bug"); }},
            row{"a bug", [n = 0]() -> task<> { return n ? waits_a_moment() : throw std::runtime_error("a bug"); }},
        })
        EXPECT_EQ(told_of(r.make), std::vector{r.told});
}

TEST(spawn, tells_of_a_coroutine_that_was_thrown_away)
{
    EXPECT_EQ(told_of([]() -> task<> { co_await no_memory(); }), std::vector<std::string>{"no memory"});
    EXPECT_EQ(told_of(
                  []() -> task<>
                  {
                      co_await waits_a_moment();
                      co_await no_memory();
                  }),
              std::vector<std::string>{"no memory"});
}

} // namespace errata
