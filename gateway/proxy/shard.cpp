#include "proxy/shard.hpp"

#include "proxy/aside.hpp"
#include "proxy/health_checker.hpp"
#include "proxy/listener.hpp"
#include "proxy/parked.hpp"
#include "proxy/session.hpp"
#include "proxy/spawn.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <ctime>

namespace errata
{
shard::shard(unsigned number, unsigned shards, shared_state& shared)
    : number_(number), shards_(shards), shared_(shared), io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      guard_(io_.get_executor()), wheel_(io_), sockets_(io_, blocks_), yard_(wheel_, blocks_),
      resolver_(io_, wheel_, shared.dns), parked_(std::make_unique<parked_list>(*this)),
      drain_deadline_(
          wheel_, [](void* self) { static_cast<shard*>(self)->end_all(); }, this),
      drain_idle_(
          wheel_, [](void* self) { static_cast<shard*>(self)->parked_->close_all(); }, this),
      log_tick_(
          wheel_, [](void* self) { static_cast<shard*>(self)->flush_log(); }, this),
      return_tick_(
          wheel_, [](void* self) { static_cast<shard*>(self)->return_memory(); }, this)
{
    spare_.reserve(spare_sessions);
}

shard::~shard() = default;

void shard::run()
{
    // What a handler lets out ended what that handler was about; everything else goes on.
    auto const contained = [this](auto turn)
    {
        for(;;)
            try
            {
                return turn(io_);
            }
            catch(...)
            {
                report_bug(std::current_exception());
            }
    };
    sockets_.start();
    contained([](net::io_context& io) { return io.run(); });
    // What was cancelled last comes back while everything is still there: the operation of a pending read lies in its
    // connection's own memory. Again and again, since a second order to end may stop the loop before its turn.
    do
        io_.restart();
    while(contained([](net::io_context& io) { return io.poll(); }) > 0);
}

void shard::post_adopt(std::shared_ptr<snapshot const> next, shared_parts parts)
{
    net::post(io_,
              [this, next = std::move(next), parts = std::move(parts)]() mutable { adopt(std::move(next), parts); });
}

void shard::adopt(std::shared_ptr<snapshot const> next, shared_parts const& parts)
{
    auto fresh = std::make_unique<generation>();
    for(auto const& config : next->upstreams)
    {
        auto const& part = parts.upstreams.at(config.name);
        // An upstream that did not change keeps its connections and its state.
        std::shared_ptr<upstream> kept;
        if(current_)
            for(auto const& u : current_->upstreams)
                if(u->shared() == part.shared)
                    kept = u;
        if(kept)
            kept->use_tls(part.tls);
        fresh->upstreams.push_back(
            kept ? kept : std::make_shared<upstream>(config, part.shared, *this, shards_, yard_, part.tls));
    }
    if(current_)
        for(auto const old : current_->upstream_labels)
            counted_.of_upstream(old).forget_state();
    for(auto const& u : fresh->upstreams)
    {
        fresh->upstream_labels.push_back(counted_.upstream(u->config().name));
        u->counted = &counted_.of_upstream(fresh->upstream_labels.back());
        u->counted->endpoints.set(u->endpoints().size());
        u->counted->endpoints_usable.set(u->endpoints().size());
    }
    for(auto const& [match, r] : next->routes->all())
    {
        fresh->route_labels.push_back(counted_.route(r.name));
        if(auto const limit = parts.limits.find(r.name); limit != parts.limits.end())
            fresh->limits.emplace(&r, limit->second);
    }
    fresh->config = std::move(next);
    std::swap(current_, fresh);
    if(fresh && fresh->users)
        old_.push_back(std::move(fresh));
    adopt_checkers();
}

/// Upstreams that stayed the same keep their checks; the others' end, and those of new ones begin.
void shard::adopt_checkers()
{
    if(number_ != 0)
        return;
    auto const serves = [this](health_checker const& c)
    { return std::ranges::any_of(current_->upstreams, [&](auto const& u) { return u.get() == &c.of(); }); };
    for(auto const& c : checkers_)
        if(!serves(*c))
            c->stop();
    for(auto const& u : current_->upstreams)
        if(u->config().check.enabled && !draining_ &&
           std::ranges::none_of(checkers_, [&](auto const& c) { return &c->of() == u.get(); }))
            checkers_.push_back(std::make_unique<health_checker>(*this, u));
}

void shard::sweep_checkers()
{
    // Posted: the last of its coroutines is still on the stack.
    net::post(io_,
              [this]
              {
                  std::erase_if(checkers_, [](auto const& c) { return c->ended(); });
                  stop_if_empty();
              });
}

void shard::tell_others(std::string const& upstream, upstream_fact const& fact)
{
    for(auto* const other : shared_.shards)
        if(other != this)
            other->post_fact(upstream, fact);
}

void shard::post_fact(std::string const& name, upstream_fact const& fact)
{
    net::post(io_,
              [this, name, fact]
              {
                  if(current_)
                      for(auto const& u : current_->upstreams)
                          if(u->config().name == name)
                              u->adopt(fact, steady_clock::now());
              });
}

route const* shard::route_named(std::string const& name) const
{
    for(auto const& r : current_->config->routes->all())
        if(r.second.name == name)
            return &r.second;
    return nullptr;
}

shield& shard::route_shield(generation& g, route const& r)
{
    return g.route_shields[&r];
}

void shard::raise_route_shield(generation& g, route const& r, shield_config const& settings, unsigned status,
                               std::optional<milliseconds> hint, shield::caller who, steady_time now)
{
    auto const fact = route_shield(g, r).on_answer(settings, status, hint, who, now);
    if(!fact)
        return;
    for(auto* const other : shared_.shards)
        if(other != this)
            net::post(other->io_,
                      [other, name = r.name, fact = *fact]
                      {
                          if(auto const* same = other->route_named(name))
                              other->route_shield(*other->current_, *same).adopt(fact);
                      });
}

hold_table& shard::holds(generation& g, route const& r)
{
    return g.holds.try_emplace(&r, std::max<std::size_t>(1, r.hold.table / shards_), r.hold.max_hold).first->second;
}

task<std::optional<hold_table::held>> shard::ask_hold(generation& g, route const& r, hold_key key)
{
    auto* const owner = shared_.shards[hold_hasher::owner(key, shared_.shards.size())];
    if(owner == this)
        co_return holds(g, r).find(key, steady_clock::now());
    struct question
    {
        event answered;
        std::optional<hold_table::held> answer;
    } mine;
    net::post(owner->io_,
              [owner, name = r.name, key, asker = this, q = &mine]
              {
                  std::optional<hold_table::held> found;
                  if(auto const* same = owner->route_named(name))
                      found = owner->holds(*owner->current_, *same).find(key, steady_clock::now());
                  net::post(asker->io_,
                            [q, found]
                            {
                                q->answer = found;
                                q->answered.notify();
                            });
              });
    co_await mine.answered.wait();
    co_return mine.answer;
}

void shard::tell_hold(generation& g, route const& r, hold_key key, unsigned status, milliseconds wait)
{
    auto* const owner = shared_.shards[hold_hasher::owner(key, shared_.shards.size())];
    if(owner == this)
        return holds(g, r).told(key, status, wait, steady_clock::now());
    net::post(owner->io_,
              [owner, name = r.name, key, status, wait]
              {
                  if(auto const* same = owner->route_named(name))
                      owner->holds(*owner->current_, *same).told(key, status, wait, steady_clock::now());
              });
}

void shard::leave(generation* g)
{
    if(--g->users == 0 && g != current_.get())
        std::erase_if(old_, [g](auto const& o) { return o.get() == g; });
}

void shard::post_listen(unsigned id, int descriptor, listener_config config, std::shared_ptr<server_tls> tls)
{
    net::post(io_,
              [this, id, descriptor, config = std::move(config), tls = std::move(tls)]() mutable
              {
                  listeners_.push_back(
                      std::make_unique<listener>(*this, id, descriptor, std::move(config), std::move(tls)));
                  listeners_.back()->start();
              });
}

listener* shard::listener_of(unsigned id) const
{
    for(auto const& l : listeners_)
        if(l->id == id)
            return l.get();
    return nullptr;
}

void shard::post_configure(unsigned id, listener_config config, std::shared_ptr<server_tls> tls)
{
    net::post(io_,
              [this, id, config = std::move(config), tls = std::move(tls)]() mutable
              {
                  if(auto* const l = listener_of(id))
                      l->configure(std::move(config), std::move(tls));
              });
}

void shard::post_retire(unsigned id)
{
    net::post(io_,
              [this, id]
              {
                  if(auto* const l = listener_of(id))
                      l->retire();
                  // Later: a cancelled accept still looks at its listener.
                  net::post(io_,
                            [this] {
                                std::erase_if(listeners_, [](auto const& l) { return l->retired() && l->users == 0; });
                            });
              });
}

void shard::post_log(log_lane* lane)
{
    net::post(io_,
              [this, lane]
              {
                  if(lane_)
                      lane_->flush();
                  lane_ = lane;
              });
}

void shard::flush_log()
{
    if(!lane_)
        return;
    lane_->flush();
    if(lane_->waiting()) // the writer is behind
        flush_log_soon();
}

void shard::post_drain(milliseconds patience)
{
    net::post(io_, [this, patience] { drain(patience); });
}

void shard::post_stop()
{
    net::post(io_, [this] { end_all(); });
}

void shard::drain(milliseconds patience)
{
    if(draining_)
        return;
    draining_ = true;
    for(auto const& c : checkers_)
        c->stop();
    for(auto const& l : listeners_)
        l->stop(true);
    // Busy connections say Connection: close with their next answer; idle ones get a moment for a request that is
    // already under way.
    drain_deadline_.arm(std::max(patience, milliseconds{1}));
    drain_idle_.arm(std::min(patience, drain_idle_grace));
    stop_if_empty();
}

void shard::end_all()
{
    draining_ = true;
    for(auto const& c : checkers_)
        c->stop();
    for(auto const& l : listeners_)
        l->stop(false);
    parked_->close_all();
    for(auto const& s : sessions_)
        s->stop(failure::draining);
    stopping_ = true;
    stop_if_empty();
}

void shard::stop_if_empty()
{
    if(!draining_ || sessions_.size() > lost_ || parked_->size() || !checkers_.empty())
        return;
    drain_deadline_.disarm();
    drain_idle_.disarm();
    if(lane_)
        lane_->flush();
    if(current_)
        for(auto const& u : current_->upstreams)
            for(auto const& e : u->endpoints())
                e->idle.clear();
    resolver_.stop();
    wheel_.stop();
    sockets_.stop();
    guard_.reset();
    io_.stop();
}

std::string_view shard::date(wall_clock::time_point now)
{
    auto const second = wall_clock::to_time_t(now);
    if(second != date_second_)
    {
        char text[32];
        std::tm parts{};
        gmtime_r(&second, &parts);
        date_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)); // RFC 9110 5.6.7
        date_second_ = second;
    }
    return date_;
}

task<> shard::pause(milliseconds time)
{
    event over;
    deadline wake(
        wheel_, [](void* e) { static_cast<event*>(e)->notify(); }, &over);
    wake.arm(time);
    co_await over.wait();
}

} // namespace errata
