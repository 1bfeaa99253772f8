#include "proxy/exchange.hpp"

#include "problem/status.hpp"
#include "proxy/aside.hpp"
#include "proxy/cors.hpp"
#include "proxy/listener.hpp"
#include "proxy/session.hpp"

// The second half of an exchange's story: what the client gets.

namespace errata
{

namespace
{
/// Content that is copied behind its head: one piece is sent for less than two.
constexpr std::size_t cheap_to_copy = 512;
} // namespace

response_edits exchange::edits()
{
    response_edits e;
    // Content that is still on its way when all has been said ends the connection: the client is told while it can be.
    keep_ = keep_ && !home_.draining() && !upload_.running();
    e.client_minor = request().minor;
    e.close = !keep_;
    e.request_id = request_id_;
    e.date = home_.date(now_);
    e.edits = route_ ? &route_->response_fields : nullptr;
    return e;
}

request_facts exchange::facts() const
{
    request_facts f;
    f.method = request().method;
    f.request_id = request_id_;
    f.trace_id = trace_.trace_id;
    f.fields = request().fields;
    f.tries = std::max(1u, tries_);
    f.acted = acted_;
    return f;
}

/// An answer that is no error and lies in the read buffer whole: its head and content go out in one write.
bool exchange::answers_in_place(send_queue& out)
{
    if(attempt_.failed() || uploading_)
        return false;
    auto const& a = attempt_.answer();
    if(a.status >= 400 || a.status < 200 || a.status == 202 || a.body == framing::chunked ||
       a.body == framing::until_close || (route_->errors->success && route_->errors->mode != error_mode::off))
        return false;
    answer_content_.begin(attempt_.wire(), a);
    if(!answer_content_.whole_in_buffer())
        return false;
    status_ = a.status;
    committed_ = true;
    auto const content = answer_content_.take();
    notes_.content_out = content.size();
    write_success_head(false, nullptr);
    bool const copied = content.size() <= cheap_to_copy;
    if(copied)
        out_.add(content);
    out.add(out_.view());
    if(!copied)
        out.add(content);
    return true;
}

void exchange::write_success_head(bool chunked, field const* extra)
{
    auto e = edits();
    e.chunked = chunked;
    e.extra = extra;
    if(attempt_.answer().status == 101)
        e.upgrade = attempt_.answer().value(field_id::upgrade); // one of those that were offered
    out_.clear();
    write_response_head(attempt_.answer(), e, out_);
}

task<> exchange::answer()
{
    if(attempt_.failed())
    {
        auto const why = upload_.fault().value_or(attempt_.fault());
        co_await end_upload();
        failure_report report{why};
        report.proxy_status_extra = attempt_.fault_details();
        report.known_wait = why == failure::overloaded ? home_.short_wait() : known_wait_;
        if(why == failure::cooldown && service_->health().asked_with(steady_clock::now()) == 429)
            report.status = 429;
        co_await send_failure(report);
        attempt_.discard();
        co_return;
    }
    acted_ = std::max(acted_, attempt_.acted());
    auto const& a = attempt_.answer();
    status_ = a.status;
    if(a.status == 101)
        co_return co_await tunnel();
    if(a.status == 407) // it concerns the hop between us and the upstream
    {
        co_await end_upload();
        failure_report report{failure::proxy_auth};
        report.received_status = 407;
        co_await send_failure(report);
        attempt_.discard();
        co_return;
    }
    bool const touched = route_->errors->mode != error_mode::off;
    if(a.status >= 400 && touched)
        co_return co_await answer_error();
    if(a.status < 300 && touched && (a.status == 202 || route_->errors->success) && co_await answer_peeked())
        co_return;
    answer_content_.begin(attempt_.wire(), a);
    bool const chunked = frames_chunked();
    write_success_head(chunked, nullptr);
    co_await relay(chunked);
}

/// The fields of the upstream's answer that may travel on.
void exchange::select_end_to_end()
{
    auto const& a = attempt_.answer();
    end_to_end_.clear();
    for(std::size_t i = 0; i < a.fields.size(); ++i)
        if(!a.is_hop_by_hop(i))
            end_to_end_.push_back(a.fields[i]);
}

task<> exchange::answer_error()
{
    auto const& a = attempt_.answer();
    select_end_to_end();
    answer_content_.begin(attempt_.wire(), a);
    upstream_answer reply{.status = a.status, .fields = end_to_end_};
    bool const judged = wants_body(a.status, end_to_end_, request().method, errors());
    if(!judged || errors().mode == error_mode::observe)
    {
        co_await relay(write_repaired_head(reply, judged));
        co_return co_await look_at_observed();
    }
    co_await collect(reply, errors().max_body, errors().body_deadline);
    co_await answer_seen(reply);
}

/// For content that stays as it is: only the retry fields are put right, where they may be. `judged`: what would have
/// become of it is looked at when it is gone. True when the content goes in chunks.
bool exchange::write_repaired_head(upstream_answer const& reply, bool judged)
{
    auto const fixed = normalize_head(reply, facts(), errors(), retry(), gen_->config->self, now_,
                                      home_.ids().fraction(), home_.work());
    if(judged)
        observe();
    else
    {
        note(fixed);
        raise_shield(fixed.status, fixed.read.wait);
    }
    return write_kept_head(fixed.status, fixed.fields);
}

/// Answers with what `normalize` makes of a content that was looked at.
task<> exchange::answer_seen(upstream_answer const& reply)
{
    if(reply.body.size() > aside::worthwhile)
        co_await rewrite_aside(reply);
    bool const rewritten = apart_ ? write_seen(apart_->made) : write_seen(rewrite(reply, home_.work()));
    if(!rewritten)
    {
        attempt_.wire().resume();                                // looking may have been given up for lack of time
        co_return co_await relay(frames_chunked(), reply_body_); // what was seen goes first, then the rest
    }
    if(upload_.running())
        co_await end_upload();
    co_await send_out();
    end_upstream();
}

answer exchange::rewrite(upstream_answer const& reply, workspace& work)
{
    return normalize(reply, facts(), errors(), retry(), gen_->config->self, now_, home_.ids().fraction(), work);
}

/// All of a rewritten answer, or the head of one whose content stays. True when it was rewritten.
bool exchange::write_seen(errata::answer const& ours)
{
    if(attempt_.answer().status >= 400)
        raise_shield(ours.status, ours.read.wait);
    if(ours.rewritten)
        write_answer(ours);
    else
    {
        note(ours);
        write_kept_head(ours.status, ours.fields);
    }
    return ours.rewritten;
}

/// What `normalize` makes of a large body, while this worker serves others. The result lies in `apart_`.
task<> exchange::rewrite_aside(upstream_answer const& reply)
{
    auto const asked = facts();
    auto const random = home_.ids().fraction();
    apart_ = std::make_unique<rewritten_apart>();
    co_await home_.shared().beside->run(
        home_.io(), [&]
        { apart_->made = normalize(reply, asked, errors(), retry(), gen_->config->self, now_, random, apart_->work); });
}

/// Reads content that must be seen before anything is sent, as far as the limits go.
task<> exchange::collect(upstream_answer& reply, std::size_t most, milliseconds patience)
{
    auto& wire = attempt_.wire();
    if(answer_content_.whole_in_buffer() && answer_content_.left() <= std::min(most, aside::worthwhile))
    {
        reply.body = reply_body_ = answer_content_.take();
        co_return;
    }
    collected_.clear();
    wire.limit(patience, failure::read_timeout);
    if(wire.pending()) // into the block that is about to change hands
        co_await wire.arrival();
    // The head that normalize and the head writer look at stays where it is; what follows goes into another block.
    answer_head_.swap(wire.in());
    wire.in().reserve(block_pool::large);
    wire.in().append(answer_head_.data());
    answer_head_.consume(answer_head_.size());
    while(reply.complete)
    {
        auto const piece = answer_content_.take();
        collected_.append(piece);
        if(collected_.size() > most)
        {
            reply.complete = false;
            reply.trouble = "http_response_body_size";
            home_.count().count(happening::body_over_limit);
        }
        else if(!afford(piece.size()))
        {
            reply.complete = false;
            reply.trouble = "http_response_body_size";
            home_.count().count(happening::body_over_budget);
        }
        else if(answer_content_.done())
            break;
        else if(answer_content_.failed() || wire.stopped())
        {
            reply.complete = false;
            reply.trouble = wire.stopped() ? "connection_read_timeout" : "http_response_incomplete";
        }
        else if(piece.empty())
        {
            notes_.in_pieces = true;
            co_await wire.more();
        }
    }
    wire.lift();
    reply_body_ = collected_;
    reply.body = reply_body_.substr(0, most);
    notes_.trouble = reply.trouble;
}

/// A share of the memory for copies of contents, for as long as the exchange lasts; false when it is spent.
bool exchange::afford(std::size_t copied)
{
    if(!home_.shared().error_bodies.take(copied))
        return false;
    afforded_ += copied;
    return true;
}

void exchange::forget_copies() noexcept
{
    observed_.reset();
    if(!afforded_)
        return;
    home_.shared().error_bodies.give_back(std::exchange(afforded_, 0));
    if(collected_.capacity() > block_pool::large)
        collected_ = {};
}

/// Sends what is in `out` to the client, waiting where it must; a client that takes no more ends the exchange.
task<> exchange::deliver(send_queue& out)
{
    auto& client = client_.client();
    notes_.in_pieces = true;
    co_await client.send_rest(out, client_.from().config().timeouts.write, failure::client_closed);
    if(client.deaf() || client.stopped())
    {
        keep_ = false;
        cut_ = true;
        stopped_ = failure::client_closed;
    }
}

/// Successes that are looked at first: a 202 that says in its body when to come back, an error inside a success where
/// the route looks for them. False when this is none of them.
task<bool> exchange::answer_peeked()
{
    select_end_to_end();
    auto const& a = attempt_.answer();
    auto const most = wants_peek(a.status, end_to_end_, request().method, errors());
    if(most == 0)
        co_return false;
    answer_content_.begin(attempt_.wire(), a);
    upstream_answer reply{.status = a.status, .fields = end_to_end_};
    co_await collect(reply, most, peek_deadline);
    co_await answer_seen(reply);
    co_return true;
}

task<> exchange::send_failure(failure_report report)
{
    if(stopped_ && *stopped_ != failure::deadline && *stopped_ != failure::draining)
        report.what = *stopped_;
    cause_ = report.what;
    notes_.trouble = {};
    if(report.what == failure::client_closed)
    {
        status_ = 499;
        keep_ = false;
        cut_ = true;
        co_return;
    }
    if(closes(report.what) || content_unread())
    {
        keep_ = false;
        linger_ = true;
    }
    auto& work = home_.work();
    // A page may read the error only if its browser gets as far as sending the request.
    if(route_ && route_->cors && !preflight_method(request().method, request().fields).empty())
        if(auto fields = preflight_fields(*route_->cors, request().fields, work.memory); !fields.empty())
        {
            fields.push_back({"X-Request-Id", request_id_});
            co_return co_await send_no_content(fields);
        }
    auto reply =
        answer_failure(report, facts(), errors(), retry(), gen_->config->self, now_, home_.ids().fraction(), work);
    if(route_ && route_->cors)
    {
        add_cors_fields(*route_->cors, request().fields, work.fields, work.memory);
        reply.fields = work.fields;
    }
    co_await send_answer(reply);
}

/// Failures after which nothing on the connection can be trusted to be a request.
bool exchange::closes(failure why)
{
    switch(why)
    {
    case failure::malformed_request:
    case failure::request_headers_too_large:
    case failure::uri_too_long:
    case failure::payload_too_large:
    case failure::not_implemented:
    case failure::http_version:
    case failure::request_timeout:
    case failure::request_body_timeout:
    case failure::request_body_malformed:
    case failure::draining:
        return true;
    default:
        return false;
    }
}

/// The request's content has not wholly been read: what follows on the connection is not a request.
bool exchange::content_unread() const
{
    if(uploading_ || streaming_)
        return !request_content_.done();
    return request().body != framing::none && whole_.empty() &&
           !(request().body == framing::length && request().content_length == 0);
}

task<> exchange::send_answer(errata::answer const& reply)
{
    write_answer(reply);
    co_await send_out();
}

/// Before anything is awaited: the core's answer lies in buffers that the next answer of this shard uses.
void exchange::write_answer(errata::answer const& reply)
{
    note(reply);
    mind_unread_content();
    out_.clear();
    write_answer_head(reply.status, reason_of(reply.status), reply.fields, edits(), out_);
    out_.add(reply.body);
    notes_.content_out = reply.body.size();
}

task<> exchange::send_out()
{
    send_queue out;
    out.add(out_.view());
    if(!client_.client().send_now(out))
        co_await deliver(out);
}

/// What of the request's content has not been read would be taken for the next request.
void exchange::mind_unread_content() noexcept
{
    if(!uploading_ || upload_.complete())
        return;
    keep_ = false;
    linger_ = true;
}

} // namespace errata
