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
      breaker_(config_.breaker, shared_->breaker), shield_(config_.shield),
      admission_(
          config_.concurrency, shared_->admission,
          [](void* self) { static_cast<upstream*>(self)->tell(capacity_freed{}); }, this),
      // the minimum is for all shards together; each may have a part of it
      budget_(config_.repeat.budget, (config_.repeat.budget_minimum + shards - 1) / shards)
{
    for(endpoint_index i = 0; i < config_.endpoints.size(); ++i)
        endpoints_.push_back(std::make_unique<endpoint>(config_.endpoints[i], i, config_.pool, shards, yard));
}

endpoint* upstream::choose(std::span<endpoint_index const> tried, steady_time now, std::uint64_t random)
{
    if(health_.refresh(now))
    {
        balancer_.use(health_.usable());
        if(counted)
            counted->endpoints_usable.set(health_.usable().size());
    }
    auto found = balancer_.choose(tried, random);
    if(!found && !tried.empty())
        found = balancer_.choose({}, random); // each has been tried: one of them again
    return found ? endpoints_[*found].get() : nullptr;
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
    if(auto const fact = shield_.on_answer(status, hint, who, now))
        tell(*fact);
}

void upstream::set_aside(endpoint const& e, shield_config const& settings, unsigned status,
                         std::optional<milliseconds> hint, steady_time now)
{
    if(!hint || std::find(settings.on.begin(), settings.on.end(), status) == settings.on.end())
        return;
    tell(health_.set_aside(e.index, now + std::min(*hint, settings.max_hold)));
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
        if(auto const* h = std::get_if<health_fact>(&fact); h && std::holds_alternative<health_fact::ejected>(h->what))
            counted->count(upstream_happening::ejected);
        if(auto const* c = std::get_if<breaker::fact>(&fact); c && c->to == breaker::state::open)
            counted->count(upstream_happening::breaker_opened);
        if(std::holds_alternative<shield::fact>(fact))
            counted->count(upstream_happening::shield_raised);
    }
    home_.tell_others(config_.name, fact);
}

} // namespace errata
