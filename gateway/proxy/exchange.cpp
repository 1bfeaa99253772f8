#include "proxy/exchange.hpp"

#include "proxy/cors.hpp"
#include "proxy/listener.hpp"
#include "proxy/session.hpp"
#include "routing/target.hpp"

#include <boost/asio/this_coro.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <charconv>

namespace errata
{

exchange::exchange(shard& home, session& client)
    : home_(home), client_(client), attempt_(home), answer_head_(home.blocks()),
      total_(
          home.wheel(), [](void* self) { static_cast<exchange*>(self)->stop(failure::deadline); }, this)
{
}

head const& exchange::request() const noexcept
{
    return client_.request();
}

error_policy const& exchange::errors() const noexcept
{
    return route_ ? *route_->errors : *gen_->config->errors;
}

retry_policy const& exchange::retry() const noexcept
{
    return route_ ? *route_->retry : *gen_->config->retry;
}

task<> exchange::run()
{
    begin();
    if(asks_for_catalog())
    {
        co_await send_catalog();
        finish();
        co_return;
    }
    auto refused = examine();
    if(!refused)
        refused = admit();
    if(!refused && route_->hold.enabled)
        refused = co_await held_back();
    if(!refused && service_->line().limited())
        refused = co_await queue();
    if(refused)
        co_await send_failure(*refused);
    else if(forwards_left() == 0u)
        co_await answer_options();
    else
    {
        take_content();
        prepare_request();
        // The steady path: content at hand, a pooled connection, an answer that is no error and has arrived whole.
        if(next_endpoint())
        {
            if(!streaming_ && attempt_.reuse())
            {
                bool const sent = attempt_.ask(request_head_.view(), whole_);
                watch_client();
                if(!sent)
                    co_await attempt_.send_rest();
                attempt_.expect(patience());
                while(!attempt_.settled(request().method))
                    co_await attempt_.arrival();
            }
            else
            {
                watch_client();
                co_await try_once(false);
            }
            if(attempt_.failed() || attempt_.answer().status < 200 || repeats_on(attempt_.answer().status))
                co_await settle();
            notes_.headed = steady_clock::now();
            report_attempt(notes_.headed);
        }
        if(send_queue out; answers_in_place(out))
        {
            if(!client_.client().send_now(out))
                co_await deliver(out);
            end_upstream();
        }
        else
            co_await answer();
    }
    finish();
}

/// A client that resets while the upstream works is noticed. Where content streams, reading it notices.
void exchange::watch_client()
{
    if(!streaming_)
        client_.client().arm_in_place();
}

task<> exchange::refuse(failure why, std::string_view detail)
{
    begin();
    keep_ = false;
    linger_ = true;
    failure_report report{why};
    report.detail = detail;
    co_await send_failure(report);
    finish();
}

task<> exchange::recover()
{
    keep_ = false;
    co_await upload_.finish();
    attempt_.discard();
    forget_copies(); // room for the answer
    cause_ = failure::internal;
    if(client_.client().bytes_out != sent_before_)
        cut_ = true;
    else
        try
        {
            linger_ = true;
            co_await send_failure(failure_report{failure::internal});
        }
        catch(std::exception const&)
        {
            cut_ = true;
        }
    finish();
}

void exchange::finish()
{
    total_.disarm();
    leave_guards();
    record();
    forget_copies();
    apart_.reset();
    client_.held().release();
    answer_head_.release();
    home_.leave(std::exchange(gen_, nullptr));
}

void exchange::begin()
{
    gen_ = home_.current();
    ++gen_->users;
    route_ = nullptr;
    service_ = nullptr;
    tried_.clear();
    known_wait_.reset();
    notes_.clear();
    stopped_.reset();
    cause_.reset();
    upload_.forget();
    acted_ = execution::no;
    tries_ = status_ = interims_ = 0;
    sent_before_ = client_.client().bytes_out;
    linger_ = cut_ = committed_ = streaming_ = uploading_ = false;
    keep_ = request().keep_alive && !home_.draining() && !client_.from().retired();
    now_ = wall_clock::now();
    began_ = client_.arrived();
    auto const theirs = request().value(field_id::x_request_id);
    if(is_acceptable_request_id(theirs))
        request_id_ = theirs;
    else
    {
        home_.ids().make(now_, made_id_);
        request_id_ = {made_id_.data(), made_id_.size()};
    }
    join_trace();
}

/// The client's trace goes on; where it has none (W3C Trace Context 4.3: or none that is valid) one may begin here.
void exchange::join_trace()
{
    trace_ = {};
    trace_begun_ = false;
    if(request().has(field_id::traceparent))
        trace_ = parse_traceparent(request().value(field_id::traceparent)).value_or(trace_context{});
    auto const how = gen_->config->traces;
    if(how == tracing::pass || !trace_.trace_id.empty())
        return;
    trace_ = begun_.start(home_.ids(), how == tracing::sample);
    trace_begun_ = true;
}

/// What can be answered without an upstream: refusals by the request itself, by the routes, by a switch.
std::optional<failure_report> exchange::examine()
{
    auto const& r = request();
    if(r.method == "TRACE" || r.method == "CONNECT")
        return failure_report{.what = failure::method_refused, .allow = ordinary_methods};
    if(is_misdirected())
        return failure_report{.what = failure::misdirected};
    if(r.has(field_id::via) && is_loop())
        return failure_report{.what = failure::loop_detected};
    path_ = r.path_and_query.substr(0, r.path_and_query.find('?'));
    auto const normal = normalize_path(path_, path_memory_, gen_->config->encoded_slashes);
    if(!normal)
        return failure_report{.what = failure::malformed_request,
                              .detail = "The path of the request target is not valid."};
    path_ = *normal;
    auto const found = gen_->config->routes->find({r.host, path_, r.method, r.fields});
    if(!found.found && !found.allow.empty())
    {
        allow_ = found.allow; // the report only looks at it
        // A preflight is about another method: the route of that one says who may read what.
        auto const meant = preflight_method(r.method, r.fields);
        auto const* about =
            meant.empty() ? nullptr : gen_->config->routes->find({r.host, path_, meant, r.fields}).found;
        if(about && about->cors)
            choose_route(about);
        return failure_report{.what = failure::method_not_allowed, .allow = allow_};
    }
    if(!found.found)
        return failure_report{.what = failure::no_route};
    choose_route(found.found);
    if(auto const& m = home_.maintenance_of(*route_); m.holds(now_))
        return maintenance();
    if(route_->require_length && r.body == framing::chunked)
        return failure_report{.what = failure::length_required};
    auto const most = body_limit();
    if(most && r.body == framing::length && r.content_length > most)
        return failure_report{.what = failure::payload_too_large};
    return std::nullopt;
}

void exchange::choose_route(route const* found)
{
    route_ = found;
    service_ = found ? gen_->upstreams[found->upstream].get() : nullptr;
}

/// How many more hops an OPTIONS may take (RFC 9110 7.6.2); nothing when it does not say, or is another method.
std::optional<std::uint64_t> exchange::forwards_left() const
{
    auto const& r = request();
    if(r.method != "OPTIONS" || !r.has(field_id::max_forwards))
        return std::nullopt;
    auto const text = r.value(field_id::max_forwards);
    std::uint64_t left = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), left);
    if(read.ec != std::errc{} || read.ptr != text.data() + text.size())
        return std::nullopt;
    return left;
}

/// An https resource is answered for only over a connection with a certificate for its host (RFC 9110 7.4, 4.2.2). A
/// trusted peer stands for its own clients, whom it has shown another certificate.
bool exchange::is_misdirected() const
{
    if(client_.peer_trusted())
        return false;
    auto* const tls = client_.client().tls();
    return tls ? !client_.covers(request().host) : iequals(request().target.substr(0, 8), "https://");
}

bool exchange::is_loop() const
{
    unsigned members = 0;
    for(std::size_t i = 0; i < request().fields.size(); ++i)
    {
        if(request().ids[i] != field_id::via)
            continue;
        auto rest = request().fields[i].value;
        while(!rest.empty())
        {
            auto const comma = rest.find(',');
            auto const member = rest.substr(0, comma);
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
            ++members;
            if(member.find(gen_->config->self.name) != std::string_view::npos)
                return true;
        }
    }
    return members > 10;
}

failure_report exchange::maintenance() const
{
    auto const& m = home_.maintenance_of(*route_);
    failure_report report{failure::maintenance};
    if(m.until)
        report.known_wait = std::chrono::duration_cast<milliseconds>(*m.until - now_);
    report.detail = m.detail;
    return report;
}

std::uint64_t exchange::body_limit() const noexcept
{
    return route_->max_body ? *route_->max_body : client_.from().config().limits.body_bytes;
}

milliseconds exchange::patience() const noexcept
{
    auto const whole = route_->response_timeout ? *route_->response_timeout : service_->config().timeouts.response;
    auto const per_try = service_->config().repeat.per_try;
    return per_try > milliseconds::zero() ? std::min(whole, per_try) : whole;
}

/// One attempt with everything it may need: a new connection, content that is still arriving.
task<> exchange::try_once(bool fresh)
{
    if(fresh || !attempt_.reuse())
        co_await attempt_.open();
    if(stopped_)
        attempt_.fail(*stopped_);
    if(attempt_.failed())
        co_return;
    if(!streaming_)
    {
        co_await attempt_.round_trip(request_head_.view(), whole_, request().method, patience());
        co_return;
    }
    if(!attempt_.ask(request_head_.view(), {}))
        co_await attempt_.send_rest();
    // A peer that takes no more may have answered already (413, 401): reading finds out.
    if(attempt_.wire().stopped())
        attempt_.fail(attempt_.wire().reason());
    if(attempt_.failed())
        co_return;
    uploading_ = true;
    auto const& times = client_.from().config().timeouts;
    upload_.start(home_.io(), request_content_, client_.client(), attempt_.wire(), request().body == framing::chunked,
                  {times.body, service_->config().timeouts.write, patience(), times.min_rate, body_limit()});
    co_await attempt_.read_head(request().method);
}

/// Interim answers (RFC 9110 15.2) go on to clients that understand them; a final one follows. Bounded: a storm of them
/// is a broken upstream.
task<> exchange::pass_interim()
{
    constexpr unsigned most_interims = 16;
    auto& client = client_.client();
    while(!attempt_.failed() && attempt_.answer().status < 200)
    {
        auto const& a = attempt_.answer();
        if(a.status == 101)
        {
            // Only what was asked for (RFC 9110 7.8), and only when the whole request is through: what still comes of
            // it must not be taken for the new protocol.
            auto const chosen = a.value(field_id::upgrade);
            if(!request().upgrade || !route_->allow_upgrade)
                attempt_.fail(failure::malformed_response);
            else if(chosen.empty() || !has_token(request().fields, "upgrade", chosen) || upload_.running())
                attempt_.fail(failure::upgrade_failed);
            co_return;
        }
        if(++interims_ > most_interims)
        {
            attempt_.fail(failure::malformed_response);
            co_return;
        }
        if(request().minor >= 1 && (a.status != 100 || request().expect_continue))
        {
            out_.clear();
            write_interim_head(a, out_);
            send_queue out;
            out.add(out_.view());
            if(!client.send_now(out))
                co_await deliver(out);
        }
        if(!upload_.running())
            attempt_.wire().limit(patience(), failure::response_timeout);
        co_await attempt_.read_head(request().method);
        attempt_.wire().lift();
    }
}

void exchange::stop(failure why)
{
    if(stopped_)
        return;
    stopped_ = why;
    if(why == failure::deadline && committed_)
        return; // the total deadline ends at the response head
    if(turn_.awaited())
        call_from_line();
    attempt_.stop(why);
}

} // namespace errata
