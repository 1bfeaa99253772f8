#include "proxy/upstream.hpp"

#include "proxy/shard.hpp"
#include "proxy/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <algorithm>

namespace errata
{
namespace
{

std::string authority_of(endpoint_config const& c)
{
    if(!c.unix_path.empty())
        return "localhost";
    auto const host = c.host.find(':') == std::string::npos ? c.host : '[' + c.host + ']';
    return c.port == (c.tls ? 443 : 80) ? host : host + ':' + std::to_string(c.port);
}

std::vector<peer_address> fixed_addresses(endpoint_config const& c)
{
    if(!c.unix_path.empty())
        return {{net::local::stream_protocol::endpoint(c.unix_path), "unix:" + c.unix_path}};
    error_code ec;
    auto const literal = net::ip::make_address(c.host, ec);
    if(ec)
        return {};
    return {{net::ip::tcp::endpoint(literal, c.port), authority_of(c)}};
}

std::vector<unsigned> weights_of(upstream_config const& c)
{
    std::vector<unsigned> weights;
    for(auto const& e : c.endpoints)
        weights.push_back(e.weight);
    return weights;
}

} // namespace

endpoint::endpoint(endpoint_config const& c, endpoint_index i, pool_config const& p, unsigned shards, link_yard& yard)
    : config(c), index(i), idle(yard, std::max(1u, p.idle_per_endpoint / shards), p.idle_timeout),
      addresses(fixed_addresses(c)), authority(authority_of(c))
{
}

upstream::upstream(upstream_config const& config, std::shared_ptr<upstream_shared> shared, shard& home, unsigned shards,
                   link_yard& yard, std::shared_ptr<client_tls> tls)
    : config_(config), shared_(std::move(shared)), home_(home), tls_(std::move(tls)),
      health_(config_.ejection, config_.check, shared_->health),
      balancer_(config_.balance, weights_of(config_), home.ids().next(), shared_->loads, home.number()),
      breaker_(config_.breaker, shared_->breaker),
      admission_(
          config_.concurrency, shared_->admission,
          [](void* self) { static_cast<upstream*>(self)->tell(capacity_freed{}); }, this),
      // the minimum is for all shards together; each may have a part of it
      budget_(config_.repeat.budget, (config_.repeat.budget_minimum + shards - 1) / shards)
{
    for(endpoint_index i = 0; i < config_.endpoints.size(); ++i)
        endpoints_.push_back(std::make_unique<endpoint>(config_.endpoints[i], i, config_.pool, shards, yard));
}

void upstream::refresh(steady_time now)
{
    if(health_.refresh(now))
        balancer_.use(health_.usable());
}

endpoint* upstream::choose(std::span<endpoint_index const> tried, shield::caller who, steady_time now,
                           std::uint64_t random, std::optional<milliseconds>& wait)
{
    refresh(now);
    auto found = choose_open(tried, who, now, random, wait);
    if(!found && !tried.empty())
        found = choose_open({}, who, now, random, wait); // each has been tried: one of them again
    return found ? endpoints_[*found].get() : nullptr;
}

/// Passes over endpoints that are being approached again, but not by this caller yet; `wait` is the shortest time that
/// one of them asks of it.
std::optional<endpoint_index> upstream::choose_open(std::span<endpoint_index const> tried, shield::caller who,
                                                    steady_time now, std::uint64_t random,
                                                    std::optional<milliseconds>& wait)
{
    auto found = balancer_.choose(tried, random);
    if(!found || !health_[*found].cooldown().active(now))
        return found;
    std::vector<endpoint_index> passed(tried.begin(), tried.end());
    for(; found; found = balancer_.choose(passed, random))
    {
        auto const asked = health_.wait_for(*found, who, now);
        if(!asked)
            return found;
        wait = std::min(wait.value_or(*asked), *asked);
        passed.push_back(*found);
    }
    return {};
}

void upstream::report(endpoint const& e, outcome seen, breaker::permit given, steady_time now)
{
    if(auto const fact = health_.report(e.index, seen, now))
        tell(*fact);
    if(!config_.breaker.enabled)
        return;
    if(seen == outcome::nothing)
        return breaker_.on_nothing(given);
    if(auto const fact = seen == outcome::failed || seen == outcome::server_error ? breaker_.on_failure(given, now)
                                                                                  : breaker_.on_success(given, now))
        tell(*fact);
}

void upstream::shield_on(unsigned status, std::optional<milliseconds> hint, shield::caller who, steady_time now)
{
    if(!config_.shield.enabled)
        return;
    if(auto const fact = shield_.on_answer(config_.shield, status, hint, who, now))
        tell(*fact);
}

void upstream::set_aside(endpoint const& e, shield_config const& settings, unsigned status,
                         std::optional<milliseconds> hint, shield::caller who, steady_time now)
{
    if(auto const fact = health_.set_aside(e.index, settings, status, hint, who, now))
        tell(*fact);
}

void upstream::checked(endpoint_index e, bool passed, steady_time next)
{
    if(!passed && counted)
        counted->count(upstream_happening::check_failed);
    if(auto const fact = health_.checked(e, passed, next))
        tell(*fact);
}

void upstream::adopt(upstream_fact const& told, steady_time now)
{
    if(auto const* h = std::get_if<health_fact>(&told))
        health_.adopt(*h);
    else if(auto const* b = std::get_if<breaker::fact>(&told))
        breaker_.adopt(*b);
    else if(auto const* s = std::get_if<shield::fact>(&told))
        shield_.adopt(*s);
    else
        admission_.admit_waiting(now);
}

void upstream::tell(upstream_fact const& fact)
{
    if(counted)
    {
        auto const* const h = std::get_if<health_fact>(&fact);
        if(h && std::holds_alternative<health_fact::ejected>(h->what))
            counted->count(upstream_happening::ejected);
        if(auto const* c = std::get_if<breaker::fact>(&fact); c && c->to == breaker::state::open)
            counted->count(upstream_happening::breaker_opened);
        if(std::holds_alternative<shield::fact>(fact) || (h && std::holds_alternative<shield::fact>(h->what)))
            counted->count(upstream_happening::shield_raised);
    }
    home_.tell_others(config_.name, fact);
}

} // namespace errata
