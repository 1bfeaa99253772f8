#include "proxy/parked.hpp"
#include "proxy/session.hpp"
#include "proxy/shard.hpp"

#include <algorithm>

// What a shard tells and does for the admin port, on its own thread.

namespace errata
{

namespace
{

/// Whether it asked to be left alone, as a whole, on a route or through an endpoint.
bool shielded(upstream& u, generation const& g, steady_time now)
{
    return u.cooldown().up(now) ||
           std::ranges::any_of(u.endpoints(), [&](auto const& e) { return u.health()[e->index].aside(now); }) ||
           std::ranges::any_of(g.route_shields, [&](auto const& each)
                               { return g.upstreams[each.first->upstream].get() == &u && each.second.up(now); });
}

} // namespace

void shard::measure()
{
    counted_.at(level::connections_open).set(sessions_.size() + parked_->size());
    counted_.at(level::connections_parked).set(parked_->size());
    counted_.at(level::error_body_bytes).set(number_ == 0 ? shared_.error_bodies.used() : 0); // all shards' together
    if(!current_)
        return;
    std::size_t active = current_->users;
    for(auto const& old : old_)
        active += old->users;
    counted_.at(level::requests_active).set(active);
    auto const now = steady_clock::now();
    for(auto const& u : current_->upstreams)
    {
        std::size_t idle = 0, busy = 0, died = 0;
        for(auto const& e : u->endpoints())
        {
            idle += e->idle.idle();
            busy += u->attempts_on(*e);
            died += e->idle.take_died();
        }
        u->counted->at(upstream_level::connections_idle).set(idle);
        u->counted->at(upstream_level::connections_active).set(busy);
        u->counted->at(upstream_level::requests_waiting).set(u->line().waiting_here());
        u->counted->count(upstream_happening::idle_died, died);
        u->counted->shielded.set(shielded(*u, *current_, now));
        auto const state = u->circuit().current(now);
        u->counted->breaker_state.set(state == breaker::state::closed ? 0 : state == breaker::state::open ? 2 : 1);
        u->refresh(now);
        u->counted->endpoints_usable.set(u->health().usable().size());
    }
}

std::vector<upstream_view> shard::look()
{
    std::vector<upstream_view> out;
    if(!current_)
        return out;
    auto const now = steady_clock::now();
    for(auto const& u : current_->upstreams)
    {
        auto& view = out.emplace_back();
        view.name = u->config().name;
        view.circuit = u->circuit().current(now);
        view.shielded = shielded(*u, *current_, now);
        for(auto const& e : u->endpoints())
        {
            auto const& health = u->health()[e->index];
            view.endpoints.push_back({e->config.url, health.available(now), health.ejected(now), health.aside(now),
                                      health.healthy(), health.assigned(), health.ejections(), e->idle.idle()});
        }
    }
    return out;
}

bool shard::change_endpoint(std::string const& name, std::size_t number, endpoint_change what)
{
    if(!current_)
        return false;
    for(auto const& u : current_->upstreams)
    {
        if(u->config().name != name || number >= u->endpoints().size())
            continue;
        auto const at = static_cast<endpoint_index>(number);
        auto& health = u->health();
        switch(what)
        {
        case endpoint_change::eject:
            health.eject(at, steady_clock::now());
            break;
        case endpoint_change::drain:
            health.assign(at, standing::drained);
            break;
        case endpoint_change::admit:
            health.assign(at, standing::admitted);
            health.adopt({at, health_fact::ejected{{}, 0}});
            break;
        }
        return true;
    }
    return false;
}

bool shard::switch_maintenance(std::string const& route, maintenance_config const& to)
{
    if(!current_ || !route_named(route))
        return false;
    switched_[route] = to;
    return true;
}

maintenance_config const& shard::maintenance_of(route const& r) const
{
    if(!switched_.empty())
        if(auto const own = switched_.find(r.name); own != switched_.end())
            return own->second;
    return r.maintenance;
}

} // namespace errata
