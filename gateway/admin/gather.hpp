#pragma once

#include "proxy/server.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace errata
{

/// What `question` says of each shard, asked on the shard's own thread. To be awaited on the main thread.
template <class T, class Question>
task<std::vector<T>> gather(server& gateway, Question question)
{
    struct round
    {
        std::vector<T> answers;
        event ready;
    };
    auto const r = std::make_shared<round>();
    r->answers.resize(gateway.threads());
    gateway.ask([r, question = std::move(question)](shard& s) { r->answers[s.number()] = question(s); },
                [r] { r->ready.notify(); });
    co_await r->ready.wait();
    co_return std::move(r->answers);
}

} // namespace errata
