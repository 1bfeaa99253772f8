#include "proxy/upload.hpp"

#include "proxy/spawn.hpp"

#include <algorithm>

namespace errata
{

void upload::start(net::io_context& io, content& from, transport& client, transport& upstream, bool chunked,
                   limits const& bounds)
{
    from_ = &from;
    client_ = &client;
    upstream_ = &upstream;
    chunked_ = chunked;
    bounds_ = bounds;
    fault_.reset();
    complete_ = ending_ = false;
    waited_ = {};
    running_ = true;
    spawn(
        io, [this] { return run(); },
        [this](std::exception_ptr const& bug)
        {
            running_ = false;
            if(bug)
                blame_client(failure::internal);
            finished_.notify();
        });
}

void upload::blame_client(failure why)
{
    fault_ = why;
    upstream_->stop(why);
}

/// Waits for the client: not longer than its time-out, and not longer than its rate so far lets it be silent. Only time
/// spent waiting for it counts; the first moments are free.
task<> upload::more_content()
{
    constexpr milliseconds grace{2'000};
    auto most = bounds_.body;
    if(bounds_.min_rate)
    {
        auto const earned = milliseconds{static_cast<std::int64_t>(from_->taken() * 1000 / bounds_.min_rate)};
        most = std::clamp(grace + earned - waited_, milliseconds{1}, most);
    }
    auto const began = steady_clock::now();
    client_->limit(most, failure::request_body_timeout);
    co_await client_->more();
    client_->lift();
    waited_ += std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
}

task<> upload::run()
{
    for(;;)
    {
        auto const piece = from_->take();
        if(bounds_.most && from_->taken() > bounds_.most)
            co_return blame_client(failure::payload_too_large);
        if(piece.empty() && !from_->done())
        {
            if(from_->failed())
                co_return blame_client(from_->malformed() ? failure::request_body_malformed : failure::client_closed);
            co_await more_content();
            if(client_->stopped() && !ending_)
                co_return blame_client(client_->reason());
            if(ending_)
                co_return;
            continue;
        }
        frame_.clear();
        send_queue out;
        if(chunked_ && !piece.empty())
        {
            add_chunk_size(piece.size(), frame_);
            out.add(frame_.view());
            out.add(piece);
            out.add(chunk_end);
        }
        else
            out.add(piece);
        if(!upstream_->send_now(out))
            co_await upstream_->send_rest(out, bounds_.write, failure::write_timeout);
        if(upstream_->stopped() || upstream_->deaf() || ending_)
            co_return;
        if(!from_->done())
            continue;
        if(chunked_)
        {
            frame_.clear();
            add_last_chunk(from_->trailers(), frame_);
            send_queue last;
            last.add(frame_.view());
            if(!upstream_->send_now(last))
                co_await upstream_->send_rest(last, bounds_.write, failure::write_timeout);
            if(upstream_->stopped() || upstream_->deaf())
                co_return;
        }
        complete_ = true;
        upstream_->limit(bounds_.response, failure::response_timeout);
        co_return;
    }
}

task<> upload::finish()
{
    if(!running_)
        co_return;
    ending_ = true;
    client_->stop(failure::internal);
    upstream_->stop(failure::internal);
    while(running_)
        co_await finished_.wait();
    client_->resume();
}

} // namespace errata
