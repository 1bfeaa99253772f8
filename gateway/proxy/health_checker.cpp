#include "proxy/health_checker.hpp"

#include "proxy/shard.hpp"
#include "proxy/spawn.hpp"

namespace errata
{

/// The checks of one endpoint, one after the other.
struct health_checker::probe
{
    probe(health_checker& checker, shard& home, upstream& service, endpoint& e)
        : by(checker), to(e), ask(home),
          late(
              home.wheel(), [](void* p) { static_cast<probe*>(p)->ask.stop(failure::response_timeout); }, this),
          nap(
              home.wheel(),
              [](void* p)
              {
                  auto& self = *static_cast<probe*>(p);
                  self.lost ? self.by.begin(self) : self.wake.notify();
              },
              this)
    {
        auto const& check = service.config().check;
        request = "GET " + check.path + " HTTP/1.1\r\nHost: " + e.authority +
                  "\r\nUser-Agent: errata-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }

    health_checker& by;
    endpoint& to;
    std::string request;
    attempt ask;
    event wake;
    deadline late, nap;
    bool lost = false; ///< ended by a bug or for want of memory: begun again after a nap
};

health_checker::health_checker(shard& home, std::shared_ptr<upstream> service)
    : home_(home), service_(std::move(service))
{
    for(auto const& e : service_->endpoints())
    {
        probes_.push_back(std::make_unique<probe>(*this, home_, *service_, *e));
        ++running_;
        begin(*probes_.back());
    }
}

void health_checker::begin(probe& p)
{
    p.lost = false;
    p.ask.discard();
    spawn(
        home_.io(), [this, &p] { return watch(p); },
        [this, &p](std::exception_ptr const& bug)
        {
            if(bug)
                home_.report_bug(bug);
            if(!bug || stopping_)
                return end();
            p.lost = true;
            p.late.disarm();
            p.nap.arm(pause());
        });
}

void health_checker::end()
{
    if(--running_ == 0)
        home_.sweep_checkers();
}

health_checker::~health_checker() = default;

void health_checker::stop()
{
    stopping_ = true;
    for(auto const& p : probes_)
    {
        p->ask.stop(failure::draining);
        p->wake.notify();
        if(std::exchange(p->lost, false))
            end();
    }
}

task<> health_checker::watch(probe& p)
{
    while(!stopping_)
    {
        auto const passed = co_await passes(p);
        if(stopping_)
            break;
        auto const next = pause();
        if(passed)
            service_->checked(p.to.index, *passed, steady_clock::now() + next);
        p.nap.arm(next);
        co_await p.wake.wait();
        p.nap.disarm();
    }
}

task<std::optional<bool>> health_checker::passes(probe& p)
{
    constexpr unsigned most_interims = 16;
    auto const& check = service_->config().check;
    p.ask.begin(*service_, p.to);
    p.late.arm(check.timeout);
    co_await p.ask.open();
    if(!p.ask.failed() && !check.tcp)
    {
        co_await p.ask.round_trip(p.request, {}, "GET", check.timeout);
        for(unsigned i = 0; i < most_interims && !p.ask.failed() && p.ask.answer().status < 200; ++i)
            co_await p.ask.read_head("GET");
    }
    p.late.disarm();
    bool passed = !p.ask.failed();
    if(passed && !check.tcp)
    {
        auto const status = p.ask.answer().status;
        passed = status >= check.expect_min && status <= check.expect_max;
    }
    bool const ours = p.ask.failed() && p.ask.fault() == failure::overloaded; // no descriptor left
    p.ask.discard();
    co_return ours ? std::nullopt : std::optional{passed};
}

/// The interval, made a little shorter or longer by chance: many gateways must not check in step.
milliseconds health_checker::pause() const
{
    auto const& check = service_->config().check;
    auto const by = 1 + check.jitter * (2 * home_.ids().fraction() - 1);
    return std::max(milliseconds{1}, milliseconds{static_cast<milliseconds::rep>(double(check.interval.count()) * by)});
}

} // namespace errata
