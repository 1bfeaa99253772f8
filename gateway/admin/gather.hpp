#pragma once

#include "proxy/server.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace errata
{

/// What `question` says of each shard, asked on the shard's own thread. To be awaited on the main thread. Nothing when
/// a shard does not answer soon: while the gateway drains, some have ended already.
template <class T, class Question>
task<std::optional<std::vector<T>>> gather(server& gateway, Question question)
{
    using timer = net::basic_waitable_timer<steady_clock, net::wait_traits<steady_clock>, executor>;
    struct round
    {
        explicit round(net::io_context& control) : late(control.get_executor()) {}
        std::vector<T> answers;
        event ready;
        timer late;
        bool complete = false;
    };
    auto const r = std::make_shared<round>(gateway.control());
    r->answers.resize(gateway.threads());
    r->late.expires_after(std::chrono::seconds{1});
    r->late.async_wait(
        [r](error_code cancelled)
        {
            if(!cancelled)
                r->ready.notify();
        });
    gateway.ask([r, question = std::move(question)](shard& s) { r->answers[s.number()] = question(s); },
                [r]
                {
                    r->complete = true;
                    r->late.cancel();
                    r->ready.notify();
                });
    co_await r->ready.wait();
    if(!r->complete) // somebody may still write to the answers
        co_return std::nullopt;
    co_return std::move(r->answers);
}

} // namespace errata
