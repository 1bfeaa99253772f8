#include "proxy/aside.hpp"

#include <boost/asio/post.hpp>

#include <exception>

namespace errata
{

net::thread_pool& aside::thread()
{
    std::call_once(begun_, [this] { thread_.emplace(1); });
    return *thread_;
}

void aside::post(std::function<void()> job)
{
    net::post(thread().get_executor(), std::move(job));
}

task<> aside::run(net::io_context& home, std::function<void()> job)
{
    event done;
    std::exception_ptr bug;
    net::post(thread().get_executor(),
              [&]
              {
                  try
                  {
                      job();
                  }
                  catch(...)
                  {
                      bug = std::current_exception();
                  }
                  net::post(home, [&done] { done.notify(); });
              });
    co_await done.wait();
    if(bug)
        std::rethrow_exception(bug);
}

} // namespace errata
