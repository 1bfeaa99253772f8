#include "proxy/server.hpp"

#include "problem/normalize.hpp"
#include "proxy/machine.hpp"
#include "proxy/tls.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <latch>

namespace errata
{

server::server(net::io_context& control) : control_(control), delay_(control.get_executor()) {}

server::~server()
{
    for(auto const& s : shards_)
        s->post_stop();
    wait();
}

boost::system::result<shared_parts, std::string> server::make_parts(snapshot const& config, unsigned shards)
{
    shared_parts made;
    for(auto const& [match, r] : config.routes->all())
        if(r.rate_limit.enabled)
        {
            auto const old = parts_.limits.find(r.name);
            bool const same = old != parts_.limits.end() && old->second->config() == r.rate_limit;
            made.limits[r.name] = same ? old->second : std::make_shared<rate_limiter>(r.rate_limit);
        }
    for(auto const& u : config.upstreams)
    {
        auto& part = made.upstreams[u.name];
        // An unchanged upstream keeps its counts, by which the shards know that it is the same.
        if(config_)
            for(auto const& old : config_->upstreams)
                if(old == u && parts_.upstreams.contains(u.name))
                    part = parts_.upstreams.at(u.name);
        if(!part.shared)
            part.shared = std::make_shared<upstream_shared>(u, shards);
        if(std::none_of(u.endpoints.begin(), u.endpoints.end(), [](auto const& e) { return e.tls; }))
            continue;
        auto loaded = client_tls::load(u.tls); // always: the files may have other contents
        if(!loaded)
            return "upstream " + u.name + ": " + loaded.error();
        part.tls = *loaded;
    }
    return made;
}

void server::carry_out(port_plan&& plan)
{
    for(auto& s : plan.steps)
    {
        for(std::size_t i = 0; i < shards_.size(); ++i)
            if(s.descriptors.empty())
                shards_[i]->post_configure(s.id, s.config, s.tls);
            else
                shards_[i]->post_listen(s.id, s.descriptors[i], s.config, s.tls);
        s.descriptors.clear();
    }
    for(auto const id : plan.retired)
        for(auto const& s : shards_)
            s->post_retire(id);
    ports_ = std::move(plan.ports);
}

void server::use_memory(snapshot const& config)
{
    shared_.error_bodies.set_limit(config.error_body_budget ? config.error_body_budget : memory_limit() / 4);
}

void server::use_log(access_log_config const& config)
{
    if(log_ && log_config_ == config)
        return;
    std::shared_ptr<access_log> old = std::move(log_);
    log_ = std::make_unique<access_log>(config, threads());
    log_config_ = config;
    for(unsigned i = 0; i < threads(); ++i)
        shards_[i]->post_log(log_->enabled() ? &log_->lane(i) : nullptr);
    if(old && !threads_.empty()) // written to until the last shard has heard of the new one
        ask([](shard&) {}, [old] {});
}

boost::system::result<void, std::string> server::start(std::shared_ptr<snapshot const> config)
{
    auto const threads = config->threads ? config->threads : threads_from_quota();
    auto parts = make_parts(*config, threads);
    if(!parts)
        return parts.error();
    auto plan = port_plan::make(config->listeners, {}, threads, next_port_);
    if(!plan)
        return plan.error();
    auto const files = raise_open_files();
    shared_.max_connections = std::max(16u, files / 4 * 3); // the rest: upstream connections, listeners, logs
    use_memory(*config);
    shared_.beside = &beside_;
    for(auto const& s : config->name_servers)
        shared_.dns.servers += (shared_.dns.servers.empty() ? "" : ",") + s;
    for(unsigned i = 0; i < threads; ++i)
    {
        shards_.push_back(std::make_unique<shard>(i, threads, shared_));
        shared_.shards.push_back(shards_.back().get());
        shards_.back()->post_adopt(config, *parts);
    }
    use_log(config->access_log);
    parts_ = *std::move(parts);
    carry_out(*std::move(plan));
    config_ = std::move(config);
    std::latch listening(threads);
    for(auto const& s : shards_)
    {
        net::post(s->io(), [&listening] { listening.count_down(); }); // behind what has been posted to it above
        threads_.emplace_back([&s] { s->run(); });
    }
    listening.wait(); // they have their turn first, also where one processor is there for all
    // While the shards serve already: no client waits for what the first error would have to build.
    after_start_ = std::jthread(
        []
        {
            yield_to_workers();
            try
            {
                build_tables();
                return_start_memory();
            }
            catch(std::bad_alloc const&)
            {
                return; // who needs a table that is not there builds it
            }
        });
    return {};
}

boost::system::result<void, std::string> server::reload(std::shared_ptr<snapshot const> next)
{
    auto parts = make_parts(*next, threads());
    if(!parts)
        return parts.error();
    auto plan = port_plan::make(next->listeners, ports_, threads(), next_port_);
    if(!plan)
        return plan.error();
    for(auto const& s : shards_)
        s->post_adopt(next, *parts);
    use_log(next->access_log);
    use_memory(*next);
    parts_ = *std::move(parts);
    carry_out(*std::move(plan));
    config_ = std::move(next);
    return {};
}

void server::ask(std::function<void(shard&)> question, std::function<void()> done)
{
    struct round
    {
        round(std::function<void(shard&)> what, std::function<void()> then, std::size_t shards)
            : question(std::move(what)), done(std::move(then)), missing(shards)
        {
        }
        std::function<void(shard&)> question;
        std::function<void()> done;
        std::atomic<std::size_t> missing;
    };
    auto const r = std::make_shared<round>(std::move(question), std::move(done), shards_.size());
    for(auto const& s : shards_)
        net::post(s->io(),
                  [this, r, to = s.get()]
                  {
                      r->question(*to);
                      if(r->missing.fetch_sub(1) == 1)
                          net::post(control_, [r] { r->done(); });
                  });
}

void server::drain()
{
    if(!std::exchange(draining_, true))
    {
        shared_.draining = true;
        delay_.expires_after(config_->drain_delay);
        delay_.async_wait(
            [this](error_code ec)
            {
                if(!ec)
                    for(auto const& s : shards_)
                        s->post_drain(config_->drain_deadline);
            });
        return;
    }
    delay_.cancel();
    for(auto const& s : shards_)
        s->post_stop();
}

std::vector<std::string> server::addresses() const
{
    std::vector<std::string> texts;
    for(auto const& p : ports_)
        texts.push_back(p.address);
    return texts;
}

std::vector<counters const*> server::counted() const
{
    std::vector<counters const*> all;
    for(auto const& s : shards_)
        all.push_back(&s->count());
    return all;
}

void server::wait()
{
    for(auto& t : threads_)
        if(t.joinable())
            t.join();
    threads_.clear();
}

} // namespace errata
