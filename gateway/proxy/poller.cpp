#include "proxy/poller.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <memory>
#include <unistd.h>

namespace errata
{
namespace
{
int made(int descriptor)
{
    if(descriptor < 0)
        throw boost::system::system_error(last_error(), "epoll");
    return descriptor;
}

/// Runs what must be done also when an exception ends the scope.
template <class F>
struct at_end
{
    F then;
    ~at_end() { then(); }
};
template <class F>
at_end(F) -> at_end<F>;
} // namespace

poller::poller(net::io_context& io, block_pool& blocks)
    : epoll_(io.get_executor(), made(::epoll_create1(EPOLL_CLOEXEC))), slots_(blocks, sizeof(watched))
{
}

void poller::start()
{
    stopped_ = false;
    wait();
}

void poller::stop() noexcept
{
    stopped_ = true;
    error_code ignored;
    epoll_.cancel(ignored);
}

poller::watched* poller::add(int descriptor)
{
    watched* added = nullptr;
    at_end const unless_added{[&]
                              {
                                  if(!added)
                                      ::close(descriptor);
                              }};
    auto* const w = new (slots_.take()) watched(*this, descriptor);
    if(!watch(*w, EPOLL_CTL_ADD, 0))
    {
        auto const why = last_error();
        std::destroy_at(w);
        slots_.give(w);
        throw boost::system::system_error(why, "epoll_ctl");
    }
    return added = w;
}

bool poller::watch(watched& w, int how, std::uint32_t also) noexcept
{
    epoll_event what{};
    what.events = EPOLLIN | EPOLLRDHUP | EPOLLET | also;
    what.data.ptr = &w;
    return ::epoll_ctl(epoll_.native_handle(), how, w.descriptor, &what) == 0;
}

void poller::remove(watched* w) noexcept
{
    forget(*w);
    if(w->descriptor >= 0)
        ::close(w->descriptor);
    std::destroy_at(w);
    slots_.give(w);
}

/// What has been reported and not been told yet is about a socket that is no more.
void poller::forget(watched const& w) noexcept
{
    for(auto i = next_; i < count_; ++i)
        if(auto& told = events_[static_cast<std::size_t>(i)]; told.data.ptr == &w)
            told.data.ptr = nullptr;
}

void poller::wake_soon(watched& w)
{
    if(w.is_linked())
        return;
    due_.push_back(w);
    if(!turning_)
        post();
}

void poller::post()
{
    if(!std::exchange(posted_, true))
        net::post(epoll_.get_executor(), handler<&poller::posted>{this, &post_memory_});
}

void poller::wait()
{
    if(stopped_)
        return;
    epoll_.async_wait(net::posix::descriptor_base::wait_read, handler<&poller::ready>{this, &wait_memory_});
}

void poller::ready()
{
    // Afterwards: to ask for the next event while this one is there would be answered at once.
    at_end const again{[this] { wait(); }};
    turn();
}

void poller::posted()
{
    posted_ = false;
    turn();
}

void poller::turn()
{
    turning_ = true;
    at_end const rest{[this]
                      {
                          turning_ = false;
                          if(next_ < count_ || !turn_.empty() || !due_.empty())
                              post();
                      }};
    if(next_ == count_)
    {
        next_ = 0;
        count_ = std::max(0, ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0));
    }
    while(next_ < count_)
    {
        auto const& event = events_[static_cast<std::size_t>(next_++)];
        auto* const w = static_cast<watched*>(event.data.ptr);
        if(!w)
            continue;
        auto const ended = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        w->over |= ended;
        w->readable |= ended || (event.events & EPOLLIN);
        w->writable |= (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
        if(w->wake)
            w->wake(w->owner);
    }
    // Whoever asks again meanwhile has a turn after all others had theirs.
    turn_.splice(turn_.end(), due_);
    while(!turn_.empty())
    {
        auto& w = turn_.front();
        turn_.pop_front();
        if(w.wake)
            w.wake(w.owner);
    }
}

void polled_socket::no_room() noexcept
{
    it_->writable = false;
    if(!it_->awaits_room) // whatever room there is by now is told, too
        it_->awaits_room = it_->home.watch(*it_, EPOLL_CTL_MOD, EPOLLOUT);
}

void polled_socket::close() noexcept
{
    if(!is_open())
        return;
    it_->home.forget(*it_);
    ::close(std::exchange(it_->descriptor, -1));
}

} // namespace errata
