#include "proxy/exchange.hpp"

#include "problem/problem.hpp"
#include "proxy/access_record.hpp"
#include "proxy/aside.hpp"
#include "proxy/session.hpp"

// The end of an exchange's story: what is remembered of it. The success path costs a clock reading, a few plain adds
// and a formatted line.

namespace errata
{
namespace
{
using std::chrono::microseconds;

microseconds as_us(steady_clock::duration d)
{
    return std::chrono::duration_cast<microseconds>(d);
}

/// Refusals by an upstream's guards.
std::optional<upstream_happening> guard_of(failure cause)
{
    if(cause == failure::circuit_open)
        return upstream_happening::breaker_refused;
    if(cause == failure::cooldown)
        return upstream_happening::shield_refused;
    if(cause == failure::saturated)
        return upstream_happening::saturated;
    if(cause == failure::queue_timeout)
        return upstream_happening::queue_timed_out;
    return std::nullopt;
}

/// An upstream's error whose content could not be read is still the upstream's.
bool is_own(std::optional<failure> cause)
{
    return cause && *cause != failure::body_not_decodable;
}

error_origin origin_of(std::optional<failure> cause)
{
    if(cause == failure::client_closed)
        return error_origin::client;
    return is_own(cause) ? error_origin::gateway : error_origin::upstream;
}
} // namespace

/// What log and metrics want to know of an answer that the core made.
void exchange::note(errata::answer const& reply)
{
    status_ = reply.status;
    if(reply.cause)
        cause_ = reply.cause;
    notes_.advised = true;
    notes_.code = reply.code;
    notes_.dialect = reply.dialect;
    notes_.leaks = reply.leaks;
    notes_.retry = reply.retry;
    if(!is_own(reply.cause))
        notes_.treatment = reply.rewritten ? "rewritten" : reply.would_rewrite ? "observed" : "";
    note_upstream();
    count_findings(reply);
    if(reply.status >= 400)
        sample(reply);
    if(route_ && route_->hold.enabled && reply.retry.allowed && reply.retry.after &&
       reply.cause != failure::retry_too_early)
        home_.tell_hold(*gen_, *route_, caller_key(), reply.status, *reply.retry.after);
}

/// While its head is there.
void exchange::note_upstream()
{
    if(tries_ == 0 || !attempt_.connected() || attempt_.failed())
        return;
    notes_.upstream_status = attempt_.answer().status;
    notes_.upstream_request_id = attempt_.answer().value(field_id::x_request_id);
}

void exchange::count_findings(errata::answer const& reply)
{
    auto& counted = home_.count();
    counted.advice(reply.retry);
    auto& of_route = counted.of_route(route_ ? gen_->route_labels[route_->number] : label_table::none);
    of_route.count(route_happening::leak_removed, reply.leaks);
    of_route.count(route_happening::body_unrecognized, reply.unrecognised);
    of_route.count(route_happening::rewritten, notes_.treatment == "rewritten");
    of_route.count(route_happening::observed, reply.would_rewrite);
    auto const add = [&](happening what, std::uint64_t n)
    {
        if(n)
            counted.count(what, n);
    };
    add(happening::hint_dropped, reply.read.dropped);
    add(happening::hint_contradicted, reply.read.contradicted);
    if(!is_own(reply.cause) && !observed_) // else the upstream's head is not there (any more), or stays as it was
        if(auto const* const theirs = find(end_to_end_, "Retry-After"))
            add(happening::hint_repaired, value_of(reply.fields, "Retry-After") != theirs->value);
    add(happening::missing_challenge, reply.missing_challenge);
    add(happening::missing_allow, reply.missing_allow);
    add(happening::reserved_code, !is_own(reply.cause) && is_reserved_code(reply.code));
    add(happening::caller_held, reply.cause == failure::retry_too_early);
}

/// Mode observe: the original is on its way untouched; a copy of it is looked at afterwards.
void exchange::observe()
{
    note_upstream();
    observed_ = std::make_unique<observation>(attempt_.answer().status, end_to_end_, errors().max_body);
}

void exchange::remember(std::string_view piece)
{
    if(afford(observed_->room_for(piece)))
        return observed_->add(piece);
    observed_->give_up();
    home_.count().count(happening::body_over_budget);
}

task<> exchange::look_at_observed()
{
    if(!observed_ || cut_ || !committed_)
        co_return;
    auto const seen = observed_->seen();
    if(seen.body.size() > aside::worthwhile)
        co_await rewrite_aside(seen);
    notes_.trouble = seen.trouble;
    if(!seen.complete)
        home_.count().count(happening::body_over_limit);
    auto const note_ours = [this](errata::answer const& ours)
    {
        note(ours);
        raise_shield(ours.status, ours.read.wait);
    };
    apart_ ? note_ours(apart_->made) : note_ours(rewrite(seen, home_.work()));
}

/// Before and after, for whoever looks into it.
void exchange::sample(errata::answer const& reply)
{
    auto const route = route_ ? std::string_view(route_->name) : std::string_view{};
    auto* const place = home_.samples().next({route, reply.code, reply.status, notes_.upstream_status}, now_);
    if(!place)
        return;
    auto& s = *place;
    s.time = now_;
    s.request_id = request_id_;
    s.method = request().method;
    s.path = request().path_and_query.substr(0, std::min<std::size_t>(request().path_and_query.find('?'), 256));
    s.route = route;
    s.upstream = route_ ? std::string_view(service_->config().name) : std::string_view{};
    s.status = reply.status;
    s.upstream_status = notes_.upstream_status;
    s.cause = cause_ ? trait(*cause_).name : std::string_view{};
    s.dialect = reply.dialect;
    s.code = reply.code;
    s.unrecognized = reply.unrecognised;
    // The core has just read it: for the gateway's own errors, untouched contents and HEAD there is nothing to see.
    s.before.clear();
    auto const* const read = (apart_ ? apart_->work : home_.work()).read;
    if(read && !is_own(reply.cause) && (reply.rewritten || reply.would_rewrite))
        write_skeleton(read->doc, s.before);
    s.observed = reply.would_rewrite;
    s.after = (reply.would_rewrite                      ? reply.instead
               : reply.rewritten || is_own(reply.cause) ? reply.body
                                                        : "")
                  .substr(0, error_samples::text_limit);
}

void exchange::record()
{
    auto const end = steady_clock::now();
    auto const total = end - began_;
    // What nobody was waited for: before the first attempt, and after the answer's head unless its content took time.
    auto own = total;
    if(tries_)
        own = (notes_.first_asked - began_) + (notes_.in_pieces ? steady_clock::duration{} : end - notes_.headed);
    if(tries_ && request_content_.taken())
        notes_.content_in = request_content_.taken();

    auto& counted = home_.count();
    counted.request(route_ ? gen_->route_labels[route_->number] : label_table::none, status_, notes_.content_in,
                    notes_.content_out, as_us(total), as_us(own));
    if(tries_)
    {
        service_->counted->count(upstream_happening::attempt, tries_);
        service_->counted->count(upstream_happening::repeat, tries_ - 1);
        service_->counted->answer.add(as_us(notes_.headed - notes_.asked));
    }
    bool const success = status_ < 400 && !cause_;
    if(!success)
        count_error();
    if(auto* const lane = home_.log(); lane && lane->wants(success, [this] { return home_.ids().fraction(); }))
        log(*lane, as_us(total), as_us(own));
}

void exchange::count_error()
{
    auto& counted = home_.count();
    counted.error({.route = route_ ? gen_->route_labels[route_->number] : label_table::none,
                   .upstream = route_ ? gen_->upstream_labels[route_->upstream] : label_table::none,
                   .status = status_,
                   .upstream_status = notes_.upstream_status,
                   .cause = cause_,
                   .dialect = notes_.dialect,
                   .origin = origin_of(cause_)});
    if(cause_ == failure::cut_after_head)
        counted.count(happening::answer_cut);
    if(cause_ == failure::client_closed)
        counted.count(happening::client_left);
    if(service_ && cause_)
        if(auto const guard = guard_of(*cause_))
            service_->counted->count(*guard);
}

void exchange::log(log_lane& lane, microseconds total, microseconds own)
{
    auto const& r = request();
    access_record line;
    line.time = now_;
    line.request_id = request_id_;
    line.client = client_.peer();
    line.method = r.method;
    line.host = r.host;
    line.path = r.path_and_query.substr(0, r.path_and_query.find('?'));
    line.protocol = r.minor ? "HTTP/1.1" : "HTTP/1.0";
    line.status = status_;
    line.bytes_in = notes_.content_in;
    line.bytes_out = notes_.content_out;
    line.total = total;
    line.own = own;
    if(route_)
    {
        line.route = route_->name;
        line.upstream = service_->config().name;
    }
    if(tries_)
        log_upstream(line);
    if(status_ >= 400 || cause_)
        log_error(line);
    line.trace_id = trace_.trace_id;
    line.span_id = trace_.span_id;
    lane.write(line);
    home_.flush_log_soon();
}

void exchange::log_upstream(access_record& line) const
{
    line.endpoint = attempt_.to() ? std::string_view(attempt_.to()->authority) : std::string_view{};
    line.attempts = tries_;
    auto sent = notes_.asked;
    if(!attempt_.reused() && attempt_.connected_at() >= notes_.asked)
    {
        sent = attempt_.connected_at();
        line.connect = as_us(sent - notes_.asked);
    }
    if(attempt_.answered_a_byte())
        line.first_byte = as_us(notes_.headed - sent);
}

void exchange::log_error(access_record& line)
{
    line.origin = errata::name_of(origin_of(cause_));
    if(cause_)
    {
        line.cause = trait(*cause_).name;
        line.proxy_status = trait(*cause_).token;
        line.code = trait(*cause_).code;
    }
    if(!notes_.trouble.empty())
        line.proxy_status = notes_.trouble;
    if(tries_)
        line.details = attempt_.fault_text();
    if(!notes_.advised)
        return;
    line.upstream_status = notes_.upstream_status != status_ ? notes_.upstream_status : 0;
    line.upstream_request_id = notes_.upstream_request_id;
    line.treatment = notes_.treatment;
    line.code = notes_.code;
    line.dialect = notes_.dialect;
    line.leaks = notes_.leaks;
    line.retry = name_of(decision_of(notes_.retry));
    if(notes_.retry.allowed && notes_.retry.after)
        line.retry_after = static_cast<std::uint64_t>(notes_.retry.seconds());
}

} // namespace errata
