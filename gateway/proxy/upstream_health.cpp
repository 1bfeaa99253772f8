#include "proxy/upstream_health.hpp"

#include <algorithm>
#include <cmath>

namespace errata
{

namespace
{

constexpr milliseconds rate_length{10'000};

template <class... F>
struct overload : F...
{
    using F::operator()...;
};
template <class... F>
overload(F...) -> overload<F...>; // clang 14 does not deduce aggregates

} // namespace

health_counts::health_counts(std::size_t endpoints, ejection_config const& config)
{
    for(std::size_t i = 0; i < endpoints; ++i)
        records_.emplace_back(rate_length, config.error_rate > 0);
}

upstream_health::upstream_health(ejection_config const& ejection, health_check_config const& check,
                                 health_counts& shared)
    : ejection_(ejection)
{
    endpoints_.reserve(shared.size());
    for(std::size_t i = 0; i < shared.size(); ++i)
    {
        endpoints_.emplace_back(ejection, check, shared[i]);
        usable_.push_back(static_cast<endpoint_index>(i)); // what a balancer begins with
    }
}

std::optional<health_fact> upstream_health::report(endpoint_index endpoint, outcome seen, steady_time now)
{
    if(endpoints_.size() < 2)
        return {}; // one endpoint is never ejected
    auto& e = endpoints_[endpoint];
    if(!e.deserves_ejection(seen, now) || !affordable(endpoint, now))
        return {};
    return eject(endpoint, now);
}

std::optional<health_fact> upstream_health::checked(endpoint_index endpoint, bool passed, steady_time next)
{
    auto& e = endpoints_[endpoint];
    auto const changed = e.checked(passed, next);
    dirty_ |= changed;
    if(!changed && e.healthy())
        return {};
    // While it is down each check moves the moment of its return, which the others tell their clients.
    return health_fact{endpoint, health_fact::judged{e.healthy(), e.verdict_returns()}};
}

std::optional<health_fact> upstream_health::set_aside(endpoint_index endpoint, shield_config const& config,
                                                      unsigned status, std::optional<milliseconds> hint,
                                                      shield::caller who, steady_time now)
{
    auto const told = endpoints_[endpoint].cooldown().on_answer(config, status, hint, who, now);
    if(!told)
        return {};
    dirty_ = true;
    return health_fact{endpoint, *told};
}

health_fact upstream_health::assign(endpoint_index endpoint, standing s)
{
    health_fact const told{endpoint, s};
    adopt(told);
    return told;
}

health_fact upstream_health::eject(endpoint_index endpoint, steady_time now)
{
    auto& e = endpoints_[endpoint];
    auto const until = e.eject(now);
    dirty_ = true;
    return {endpoint, health_fact::ejected{until, e.ejections()}};
}

void upstream_health::adopt(health_fact const& told)
{
    if(told.endpoint >= endpoints_.size())
        return; // posted before a reload with fewer endpoints
    auto& e = endpoints_[told.endpoint];
    std::visit(
        overload{
            [&](health_fact::ejected const& f) { e.adopt_ejection(f.until, f.times); },
            [&](health_fact::judged const& f) { e.adopt_verdict(f.healthy, f.returns); },
            [&](shield::fact const& f) { e.cooldown().adopt(f); },
            [&](standing s) { e.assign(s); },
        },
        told.what);
    dirty_ = true;
}

std::optional<steady_time> upstream_health::earliest_return(steady_time now, shield::caller who) const noexcept
{
    std::optional<steady_time> soonest;
    for(auto const& e : endpoints_)
    {
        auto const t = e.earliest_return(now, who);
        if(t && (!soonest || *t < *soonest))
            soonest = t;
    }
    return soonest;
}

/// One that could be used but for what it asked.
endpoint_health const* upstream_health::only_aside(steady_time now) const noexcept
{
    auto const found = std::ranges::find_if(
        endpoints_, [&](endpoint_health const& e)
        { return e.cooldown().active(now) && e.healthy() && !e.ejected(now) && e.assigned() == standing::admitted; });
    return found == endpoints_.end() ? nullptr : &*found;
}

failure upstream_health::why_none(steady_time now) const noexcept
{
    return only_aside(now) ? failure::cooldown : failure::no_healthy_endpoint;
}

unsigned upstream_health::asked_with(steady_time now) const noexcept
{
    auto const* const e = only_aside(now);
    return e ? e->cooldown().status() : 0;
}

std::size_t upstream_health::floor() const noexcept
{
    auto const share = std::ceil(std::clamp(ejection_.keep, 0.0, 1.0) * double(endpoints_.size()) - 1e-9);
    return std::max<std::size_t>(1, static_cast<std::size_t>(share));
}

bool upstream_health::affordable(endpoint_index endpoint, steady_time now) const noexcept
{
    auto const available = std::ranges::count_if(endpoints_, [&](auto const& e) { return e.available(now); });
    auto const left = static_cast<std::size_t>(available) - (endpoints_[endpoint].available(now) ? 1 : 0);
    return left >= floor();
}

/// Goes through all endpoints: only after a change, or when a time has run out.
bool upstream_health::rebuild(steady_time now)
{
    std::vector<endpoint_index> found, ejected;
    next_change_ = steady_time::max();
    for(endpoint_index i = 0; i < endpoints_.size(); ++i)
    {
        auto const& e = endpoints_[i];
        for(auto const t : {e.ejected_until(), e.cooldown().until()})
            if(t > now)
                next_change_ = std::min(next_change_, t);
        if(e.available(now))
            found.push_back(i);
        else if(e.ejected(now) && e.healthy() && !e.aside(now) && e.assigned() == standing::admitted)
            ejected.push_back(i);
    }
    if(found.size() < floor() && !ejected.empty())
    {
        found.insert(found.end(), ejected.begin(), ejected.end());
        std::ranges::sort(found);
    }
    dirty_ = false;
    if(found == usable_)
        return false;
    usable_ = std::move(found);
    return true;
}

} // namespace errata
