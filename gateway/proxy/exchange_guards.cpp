#include "proxy/exchange.hpp"

#include "proxy/listener.hpp"
#include "proxy/session.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <functional>

// What stands between a request and its upstream: shields, held callers, the concurrency limit, the choice of an
// endpoint, repeats.

namespace errata
{

/// Guards that decide at once. Those that must wait or ask another shard follow in `queue` and `held_back`.
std::optional<failure_report> exchange::admit()
{
    total_.arm(route_->total_timeout ? *route_->total_timeout : service_->config().timeouts.total);
    service_->budget().request_began();
    counted_ = true;
    auto const now = steady_clock::now();
    if(route_->rate_limit.enabled)
        if(auto const early = gen_->limits.at(route_)->ask(now))
        {
            failure_report report{failure::rate_limited};
            report.known_wait = early;
            return report;
        }
    auto* const guard = window();
    auto const wait = guard && guard->active(now) ? guard->wait_for(caller(), now) : std::nullopt;
    if(!wait)
        return std::nullopt;
    failure_report report{failure::cooldown};
    report.known_wait = wait;
    report.status = guard->status() == 429 ? 429 : 0;
    return report;
}

/// Who asks, and for what: what a caller keeps when it comes again.
shield::caller exchange::caller() const
{
    auto const& r = request();
    std::size_t mark = 0;
    for(auto const part : {std::string_view(client_.peer()), value_of(r.fields, "X-Forwarded-For"),
                           r.value(field_id::authorization), std::string_view(r.method), r.path_and_query})
        mark = mark * 31 + std::hash<std::string_view>{}(part);
    return mark;
}

shield_config const& exchange::shield_settings() const noexcept
{
    return route_->shield.enabled ? route_->shield : service_->config().shield;
}

/// The shield over this request, if one is configured (an endpoint's own is part of its health).
shield* exchange::window()
{
    auto const& settings = shield_settings();
    if(!settings.enabled || settings.scope == shield_scope::endpoint)
        return nullptr;
    return settings.scope == shield_scope::route || route_->shield.enabled ? &home_.route_shield(*gen_, *route_)
                                                                           : &service_->cooldown();
}

void exchange::raise_shield(unsigned status, std::optional<milliseconds> hint)
{
    auto const& settings = shield_settings();
    if(!settings.enabled)
        return;
    auto const now = steady_clock::now();
    if(settings.scope == shield_scope::endpoint)
        service_->set_aside(*attempt_.to(), settings, status, hint, caller(), now);
    else if(settings.scope == shield_scope::route || route_->shield.enabled)
        home_.raise_route_shield(*gen_, *route_, settings, status, hint, caller(), now);
    else
        service_->shield_on(status, hint, caller(), now);
}

namespace
{

/// Looks after one who waits for a place: at the end of its patience, and now and then before, since a place that was
/// left to another shard may have found nobody there.
class patrol
{
public:
    patrol(timer_wheel& wheel, admission& line, waiter const& whom, milliseconds patience)
        : line_(line), whom_(whom), end_(steady_clock::now() + patience),
          next_(
              wheel, [](void* self) { static_cast<patrol*>(self)->look(); }, this)
    {
        go_on();
    }

private:
    void look()
    {
        line_.tick(steady_clock::now());
        if(whom_.result() == waiter::outcome::waiting)
            go_on();
    }
    void go_on()
    {
        constexpr milliseconds round{100};
        auto const left = std::chrono::ceil<milliseconds>(end_ - steady_clock::now());
        next_.arm(std::clamp(left, milliseconds{1}, round));
    }

    admission& line_;
    waiter const& whom_;
    steady_time end_;
    deadline next_;
};

} // namespace

/// Waits for a place where the upstream's concurrency is limited.
task<std::optional<failure_report>> exchange::queue()
{
    auto& line = service_->line();
    waiter w([](void* self) { static_cast<exchange*>(self)->call_from_line(); }, this);
    auto const entered = line.enter(w, steady_clock::now());
    if(entered == admission::answer::queued)
    {
        patrol const minding(home_.wheel(), line, w, service_->config().concurrency.queue_timeout);
        service_->counted->count(upstream_happening::queued);
        while(w.result() == waiter::outcome::waiting && !stopped_)
            co_await turn_.wait();
        if(stopped_)
            co_return failure_report{*stopped_};
    }
    if(entered != admission::answer::saturated && w.result() == waiter::outcome::admitted)
    {
        place_ = w.take();
        co_return std::nullopt;
    }
    failure_report report{entered == admission::answer::saturated ? failure::saturated : failure::queue_timeout};
    report.known_wait = line.drain_estimate(home_.ids().fraction());
    co_return report;
}

/// Wakes whoever waits in `queue`, later: the caller may be in the middle of something. By then it may have been woken
/// for another reason and be gone, so the event is not its own but the exchange's.
void exchange::call_from_line()
{
    net::post(home_.io(), [this] { turn_.notify(); });
}

hold_key exchange::caller_key() const
{
    auto const& hold = route_->hold;
    switch(hold.key)
    {
    case hold_config::key_kind::address:
        return home_.shared().hasher.key(route_->name, hold.key, client_.peer());
    case hold_config::key_kind::field:
        return home_.shared().hasher.key(route_->name, hold.key, value_of(request().fields, hold.field));
    case hold_config::key_kind::authorization:
        break;
    }
    return home_.shared().hasher.key(route_->name, hold.key, request().value(field_id::authorization));
}

/// A caller that was told to wait and came back too early does not reach the upstream.
task<std::optional<failure_report>> exchange::held_back()
{
    auto const held = co_await home_.ask_hold(*gen_, *route_, caller_key());
    if(!held)
        co_return std::nullopt;
    failure_report report{failure::retry_too_early};
    report.status = held->status;
    report.known_wait = held->remaining;
    co_return report;
}

bool exchange::next_endpoint()
{
    auto const now = steady_clock::now();
    if(service_->config().breaker.enabled)
    {
        permit_ = service_->circuit().allows(now);
        if(!permit_)
        {
            if(tries_ == 0)
                attempt_.refuse(failure::circuit_open);
            known_wait_ = service_->circuit().half_open_in(now);
            return false;
        }
    }
    auto const& shielding = shield_settings();
    auto const who = shielding.enabled && shielding.scope == shield_scope::endpoint ? caller() : shield::caller{};
    std::optional<milliseconds> wait;
    auto* const to = service_->choose(tried_, who, now, home_.ids().next(), wait);
    if(!to)
    {
        service_->circuit().on_nothing(permit_);
        if(tries_ == 0)
            attempt_.refuse(service_->health().why_none(now));
        if(auto const back = service_->health().earliest_return(now, who))
        {
            auto const until = std::chrono::ceil<milliseconds>(*back - now);
            wait = std::min(wait.value_or(until), until);
        }
        if(wait)
            known_wait_ = wait;
        return false;
    }
    if(std::find(tried_.begin(), tried_.end(), to->index) == tried_.end())
        tried_.push_back(to->index);
    notes_.asked = now;
    if(++tries_ == 1)
        notes_.first_asked = now;
    attempt_.begin(*service_, *to);
    service_->attempt_began(*to);
    unreported_ = loaded_ = true;
    return true;
}

/// The attempt has a final head or failed: health and breaker hear of it.
void exchange::report_attempt(steady_time now)
{
    if(!std::exchange(unreported_, false))
        return;
    auto seen = outcome::nothing;
    if(!attempt_.failed())
        seen = outcome_of_status(attempt_.answer().status);
    else if(!upload_.fault() && attempt_.fault() != failure::overloaded)
        seen = outcome_of(attempt_.fault(), attempt_.reused(), attempt_.answered_a_byte());
    if(attempt_.failed() && attempt_.fault() == failure::closed_idle)
        service_->counted->count(upstream_happening::idle_died);
    service_->report(*attempt_.to(), seen, permit_, now);
}

/// The attempt's connection is no longer ours.
void exchange::unload()
{
    if(std::exchange(loaded_, false))
        service_->attempt_ended(*attempt_.to());
}

/// When the gateway repeats by itself: what was not executed, on another endpoint; what died before the first byte of
/// an answer, once, when repeating is harmless and the content is still at hand; chosen statuses where configured.
bool exchange::may_repeat()
{
    auto const& rule = service_->config().repeat;
    if(stopped_ || uploading_ || tries_ == 0 || tries_ >= std::max(2u, rule.attempts))
        return false;
    bool harmless = is_idempotent(request().method) && !streaming_;
    if(!attempt_.failed())
    {
        // The upstream's own word on when to come back is respected: with a hint the client is told instead.
        if(!harmless || attempt_.answer().has(field_id::retry_after))
            return false;
    }
    else if(auto const why = attempt_.fault(); why == failure::closed || why == failure::closed_idle)
    {
        if(!harmless)
            return false;
    }
    else if(why == failure::response_timeout && rule.per_try > milliseconds::zero() && harmless)
    {
        // A try of its own length is over: the next one may be quicker.
    }
    else
    {
        auto const& row = trait(why);
        if(row.acted != execution::no || row.wait != hint_source::policy ||
           tried_.size() >= service_->endpoints().size())
            return false;
    }
    if(!service_->budget().begin_repeat())
    {
        service_->counted->count(upstream_happening::repeat_refused);
        return false;
    }
    ++repeats_;
    return true;
}

bool exchange::repeats_on(unsigned status) const noexcept
{
    auto const& statuses = service_->config().repeat.statuses;
    return !statuses.empty() && std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

/// Between repeats: base * 2^k up to the maximum, half of it by chance.
task<> exchange::back_off()
{
    auto const& rule = service_->config().repeat;
    if(rule.backoff <= milliseconds::zero())
        co_return;
    auto const full = std::min<double>(static_cast<double>(rule.backoff.count()) *
                                           static_cast<double>(1u << std::min(repeats_, 16u)) / 2,
                                       static_cast<double>(rule.backoff_max.count()));
    co_await home_.pause(milliseconds{static_cast<int>(full / 2 + full / 2 * home_.ids().fraction()) + 1});
}

/// Takes the attempt to a final answer or a failure that stays: passes interim answers on, repeats what may be
/// repeated.
task<> exchange::settle()
{
    auto const give_up = steady_clock::now() + service_->config().repeat.connect_window;
    for(;;)
    {
        co_await pass_interim();
        report_attempt(steady_clock::now());
        if(!attempt_.failed() && !repeats_on(attempt_.answer().status))
            co_return;
        acted_ = std::max(acted_, attempt_.acted());
        bool const refused = attempt_.failed() && attempt_.fault() == failure::connect_refused;
        bool const wait = refused && steady_clock::now() < give_up && !stopped_;
        if(!wait && !may_repeat())
            co_return;
        bool const answered = !attempt_.failed();
        attempt_.discard();
        unload();
        if(wait)
        {
            co_await home_.pause(connect_pause);
            tried_.clear();
        }
        else if(answered || repeats_ > 1)
            co_await back_off();
        if(stopped_ || !next_endpoint())
        {
            attempt_.fail(stopped_.value_or(failure::no_healthy_endpoint));
            co_return;
        }
        prepare_request();       // the count of failures changed
        co_await try_once(true); // never twice into a pool that may be stale as a whole
    }
}

void exchange::leave_guards()
{
    unload();
    if(std::exchange(counted_, false))
        service_->budget().request_ended();
    for(; repeats_; --repeats_)
        service_->budget().repeat_ended();
    if(place_.held())
        place_.release(steady_clock::now());
}

} // namespace errata
