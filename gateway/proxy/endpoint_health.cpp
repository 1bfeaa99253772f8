#include "proxy/endpoint_health.hpp"

#include <algorithm>

namespace errata
{

outcome outcome_of(failure why, bool reused, std::size_t bytes_received) noexcept
{
    switch(why)
    {
    case failure::closed_idle:
    case failure::closed:
    case failure::write_timeout:
        return reused && bytes_received == 0 ? outcome::nothing : outcome::failed;

    case failure::dns_error:
    case failure::dns_timeout:
    case failure::connect_refused:
    case failure::unreachable:
    case failure::connect_timeout:
    case failure::tls_alert:
    case failure::tls_certificate:
    case failure::tls_protocol:
    case failure::tls_timeout:
    case failure::incomplete:
    case failure::malformed_response:
    case failure::framing:
    case failure::response_headers_too_large:
    case failure::transfer_coding:
    case failure::response_timeout:
    case failure::read_timeout:
    case failure::cut_after_head:
        return outcome::failed;

    case failure::proxy_auth:
    case failure::body_not_decodable:
    case failure::upgrade_failed:
        return outcome::answered;

    case failure::no_route:
    case failure::method_not_allowed:
    case failure::no_healthy_endpoint:
    case failure::circuit_open:
    case failure::cooldown:
    case failure::retry_too_early:
    case failure::saturated:
    case failure::queue_timeout:
    case failure::deadline: // the client's budget, spent by whoever came first
    case failure::malformed_request:
    case failure::request_headers_too_large:
    case failure::uri_too_long:
    case failure::payload_too_large:
    case failure::length_required:
    case failure::expectation_failed:
    case failure::misdirected:
    case failure::not_implemented:
    case failure::http_version:
    case failure::method_refused:
    case failure::request_timeout:
    case failure::request_body_timeout:
    case failure::request_body_malformed:
    case failure::client_closed:
    case failure::rate_limited:
    case failure::overloaded:
    case failure::draining:
    case failure::maintenance:
    case failure::loop_detected:
    case failure::internal:
        return outcome::nothing;
    }
    return outcome::nothing;
}

outcome outcome_of_status(unsigned status) noexcept
{
    return status >= 500 ? outcome::server_error : outcome::answered;
}

bool endpoint_health::deserves_ejection(outcome seen, steady_time now) noexcept
{
    if(!ejection_->enabled || seen == outcome::nothing)
        return false;
    if(seen == outcome::server_error)
        return false; // neither breaks off a row of failures nor adds to it
    if(seen == outcome::answered)
    {
        shared_->success(now);
        return false;
    }
    shared_->failure(now);
    if(ejected(now))
        return false; // requests that were under way when it was ejected
    if(ejection_->consecutive_failures && shared_->streak() >= ejection_->consecutive_failures)
        return true;
    if(ejection_->error_rate <= 0)
        return false;
    auto const recent = shared_->recent(now);
    return recent.total >= ejection_->rate_minimum && recent.rate() >= ejection_->error_rate;
}

steady_time endpoint_health::eject(steady_time now) noexcept
{
    auto const base = std::max(ejection_->base, milliseconds{1});
    if(ejections_ && now > ejected_until_)
        ejections_ -= static_cast<unsigned>(std::min<std::int64_t>(ejections_, (now - ejected_until_) / base));
    auto const longest = std::max(ejection_->max, base);
    auto time = base;
    for(unsigned k = 0; k < ejections_ && time < longest; ++k)
        time *= 2;
    ++ejections_;
    ejected_until_ = now + std::min(time, longest);
    // One failure after its return is enough to send it away again; an answer clears the row.
    shared_->restart(ejection_->consecutive_failures ? ejection_->consecutive_failures - 1 : 0);
    return ejected_until_;
}

void endpoint_health::adopt_ejection(steady_time until, unsigned times) noexcept
{
    // None at all: an administrator ends it before its time.
    if(until <= ejected_until_ && times != 0)
        return;
    ejected_until_ = until;
    ejections_ = times;
}

bool endpoint_health::checked(bool passed, steady_time next) noexcept
{
    auto const verdict_before = healthy_;
    in_a_row_ = passed == healthy_ ? 0 : in_a_row_ + 1;
    auto const needed = passed ? check_->healthy : check_->unhealthy;
    if(in_a_row_ && (in_a_row_ >= needed || !judged_)) // the very first check decides at once
    {
        healthy_ = passed;
        in_a_row_ = 0;
    }
    judged_ = true;
    auto const more = check_->healthy > in_a_row_ + 1 ? check_->healthy - in_a_row_ - 1 : 0;
    verdict_returns_ = next + more * check_->interval;
    return healthy_ != verdict_before;
}

void endpoint_health::adopt_verdict(bool healthy, steady_time returns) noexcept
{
    healthy_ = healthy;
    judged_ = true;
    in_a_row_ = 0;
    verdict_returns_ = returns;
}

bool endpoint_health::available(steady_time now) const noexcept
{
    return standing_ == standing::admitted && healthy_ && !ejected(now) && !aside(now);
}

std::optional<steady_time> endpoint_health::earliest_return(steady_time now, shield::caller who) const noexcept
{
    if(standing_ != standing::admitted || available(now))
        return {};
    auto const entry = aside(now) ? cooldown_.entry_of(who) : now;
    return std::max({ejected_until_, entry, healthy_ ? now : verdict_returns_, now});
}

} // namespace errata
