#include "proxy/exchange.hpp"

#include "problem/status.hpp"
#include "proxy/listener.hpp"
#include "proxy/session.hpp"

// Content that goes through while it arrives, and the end of the upstream's part in an exchange.

namespace errata
{

/// Content without a length goes to the client in chunks, or to an HTTP/1.0 client up to the end of the connection.
bool exchange::frames_chunked()
{
    auto const body = attempt_.answer().body;
    if(body != framing::chunked && body != framing::until_close)
        return false;
    if(request().minor == 0)
        keep_ = false;
    return request().minor >= 1;
}

/// The head of an answer whose content stays, into `out_`; is the content to be chunked?
bool exchange::write_kept_head(unsigned status, field_list fields)
{
    auto const& a = attempt_.answer();
    bool const chunked = frames_chunked();
    auto e = edits();
    e.chunked = chunked;
    out_.clear();
    write_answer_head(status, status == a.status ? a.reason : reason_of(status), fields, e, out_);
    return chunked;
}

/// Head in `out_`, then the content while it arrives. A failure from here on cuts the connection: never a clean end.
task<> exchange::relay(bool chunked, std::string_view seen)
{
    auto& wire = attempt_.wire();
    auto& client = client_.client();
    auto const idle = is_event_stream() ? service_->config().timeouts.tunnel : service_->config().timeouts.idle;
    committed_ = true;
    bool head_pending = true;
    for(;;)
    {
        auto const piece = seen.empty() ? answer_content_.take() : std::exchange(seen, {});
        if(observed_)
            remember(piece);
        bool const broken = piece.empty() && (answer_content_.failed() || wire.stopped());
        if(broken && head_pending)
            co_return co_await answer_broken_content();
        if(broken)
        {
            cause_ = failure::cut_after_head;
            cut_ = true;
            keep_ = false;
            break;
        }
        if(!head_pending)
            out_.clear();
        if(chunked && !piece.empty())
            add_chunk_size(piece.size(), out_);
        send_queue out;
        out.add(out_.view());
        out.add(piece);
        if(chunked && !piece.empty())
            out.add(chunk_end);
        if(chunked && answer_content_.done())
        {
            last_.clear();
            add_last_chunk(answer_content_.trailers(), last_);
            out.add(last_.view());
        }
        head_pending = false;
        if(!client.send_now(out))
            co_await deliver(out);
        if(client.deaf() || client.stopped() || stopped_)
        {
            keep_ = false;
            cut_ = true;
            break;
        }
        if(answer_content_.done())
            break;
        if(!wire.in().empty())
            continue;
        wire.in().clear();
        wire.in().reserve(block_pool::large);
        wire.limit(idle, failure::read_timeout);
        notes_.in_pieces = true;
        co_await wire.more();
        wire.lift();
    }
    notes_.content_out = answer_content_.taken();
    co_await end_upload();
    end_upstream();
}

/// The content turned out to be broken before anything went to the client: it can still be told.
task<> exchange::answer_broken_content()
{
    auto const& wire = attempt_.wire();
    auto const why = wire.stopped()                ? wire.reason()
                     : answer_content_.malformed() ? failure::framing
                                                   : failure::incomplete;
    committed_ = false;
    co_await end_upload();
    co_await send_failure(failure_report{why});
    attempt_.discard();
}

bool exchange::is_event_stream() const
{
    return attempt_.answer().value(field_id::content_type).starts_with("text/event-stream");
}

task<> exchange::end_upload()
{
    mind_unread_content();
    co_await upload_.finish();
}

void exchange::end_upstream()
{
    bool const orderly =
        answer_content_.done() && !answer_content_.failed() && !cut_ && (!uploading_ || upload_.complete());
    attempt_.give_back(orderly && attempt_.answer().keep_alive);
}

} // namespace errata
