#include "proxy/aside.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace errata
{
namespace
{
/// Lets a coroutine run to its end on a loop of its own.
template <class Coroutine>
void on_a_loop(net::io_context& io, Coroutine coroutine)
{
    net::co_spawn(io.get_executor(), std::move(coroutine),
                  [](std::exception_ptr bug)
                  {
                      if(bug)
                          std::rethrow_exception(bug);
                  });
    io.run();
}

TEST(aside, calls_on_another_thread_and_resumes_on_the_own_one)
{
    net::io_context io{1};
    aside beside;
    std::thread::id there, before, after;
    on_a_loop(io,
              [&]() -> task<>
              {
                  before = std::this_thread::get_id();
                  co_await beside.run(io, [&] { there = std::this_thread::get_id(); });
                  after = std::this_thread::get_id();
              });
    EXPECT_NE(there, std::thread::id{});
    EXPECT_NE(there, before);
    EXPECT_EQ(after, before);
}

TEST(aside, lets_the_own_loop_go_on_meanwhile)
{
    net::io_context io{1};
    aside beside;
    std::atomic<bool> other_ran{false};
    net::co_spawn(
        io.get_executor(),
        [&]() -> task<>
        {
            // Ends only when the loop has done something else.
            co_await beside.run(io, [&] { other_ran.wait(false); });
        },
        net::detached);
    net::post(io,
              [&]
              {
                  other_ran = true;
                  other_ran.notify_one();
              });
    io.run();
    EXPECT_TRUE(other_ran);
}

TEST(aside, throws_where_it_is_waited_for_what_the_job_threw)
{
    net::io_context io{1};
    aside beside;
    auto const failing = [&]() -> task<>
    { co_await beside.run(io, [] { throw std::runtime_error("out of something"); }); };
    EXPECT_THROW(on_a_loop(io, failing), std::runtime_error);
}
} // namespace
} // namespace errata
