#include "admin/operation.hpp"

#include "admin/admin_api.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace errata
{
namespace
{
std::string joined(std::vector<std::string> const& lines)
{
    std::string all;
    for(auto const& line : lines)
        all.append(all.empty() ? "" : "\n").append(line);
    return all;
}

/// Certificates change without any routing file changing.
void add_certificates(snapshot const& config, std::vector<std::string>& files)
{
    auto const add = [&](std::string const& file)
    {
        if(!file.empty())
            files.push_back(file);
    };
    auto const add_server = [&](std::optional<listener_tls> const& tls)
    {
        if(!tls)
            return;
        add(tls->client_ca);
        for(auto const& c : tls->certificates)
        {
            add(c.certificate);
            add(c.key);
        }
    };
    for(auto const& l : config.listeners)
        add_server(l.tls);
    for(auto const* port : {&config.admin, &config.telemetry})
        if(*port)
            add_server((*port)->tls);
    for(auto const& u : config.upstreams)
    {
        add(u.tls.ca);
        add(u.tls.certificate);
        add(u.tls.key);
    }
}
} // namespace

operation::operation(net::io_context& control, std::string version, loader load_again)
    : control_(control), version_(std::move(version)), load_(std::move(load_again)), gateway_(control),
      api_(std::make_unique<admin_api>(*this)), watch_(control, [this] { reload("files changed"); })
{
}

operation::~operation()
{
    if(waiting_.joinable())
        waiting_.join();
}

boost::system::result<void, std::string> operation::start(loaded const& first)
{
    started_ = loaded_ = std::chrono::system_clock::now();
    tree_ = first.tree;
    if(auto const started = gateway_.start(first.config); !started)
        return started.error();
    metrics_ = std::make_unique<metrics>(gateway_.counted(), [this] { return facts(); });
    std::string where;
    for(auto const& address : gateway_.addresses())
        where.append(where.empty() ? "" : ", ").append("listening on ").append(address);
    spdlog::info("errata {}: {}", version_, where);
    open_ports();
    watch_files(first);
    return {};
}

void operation::replace(std::unique_ptr<http_port>& port, std::optional<port_config> const& wanted, bool telemetry)
{
    char const* const name = telemetry ? "telemetry" : "admin";
    if(port && wanted && port->config() == *wanted && !wanted->tls)
        return;
    if(port)
    {
        port->close();
        net::post(control_, [old = std::shared_ptr<http_port>(std::move(port))] {}); // its last accept ends first
    }
    if(!wanted)
        return;
    auto made = std::make_unique<http_port>(control_, *wanted, access_of(*wanted, telemetry),
                                            [this, telemetry](admin_request r)
                                            { return api_->handle(std::move(r), telemetry); });
    if(auto const opened = made->open(); !opened)
    {
        spdlog::error("{} port: {}", name, opened.error());
        mistakes_.push_back(opened.error());
        return;
    }
    spdlog::info("{} port on {}", name, made->address());
    port = std::move(made);
}

void operation::open_ports()
{
    replace(admin_, config().admin, false);
    replace(telemetry_, config().telemetry, true);
}

void operation::watch_files(loaded const& from)
{
    auto files = from.files;
    if(from.config)
        add_certificates(*from.config, files);
    if(!files.empty() && !watch_.watch(files))
        spdlog::warn("not every file can be watched for changes: reload with SIGHUP");
}

bool operation::reload(std::string_view why)
{
    if(gateway_.draining())
        return false;
    auto const next = load_();
    mistakes_.clear();
    for(auto const& m : next.mistakes)
        if(!m.warning || next.config)
            mistakes_.push_back(describe(m));
    bool done = next.config != nullptr;
    if(done)
    {
        if(auto const swapped = gateway_.reload(next.config); !swapped)
        {
            mistakes_.push_back(swapped.error());
            done = false;
        }
    }
    if(!done)
    {
        ++reloads_failed_;
        spdlog::error("reload ({}) failed, the configuration in use stays: {}", why, joined(mistakes_));
        if(!next.files.empty())
            watch_files(next); // a file that is mended must be noticed
        return false;
    }
    ++reloads_done_;
    loaded_ = std::chrono::system_clock::now();
    tree_ = next.tree;
    if(!mistakes_.empty())
        spdlog::warn("reload ({}): {}", why, joined(mistakes_));
    mistakes_.clear();
    std::string where;
    for(auto const& address : gateway_.addresses())
        where.append(where.empty() ? "" : ", ").append(address);
    spdlog::info("reload ({}) done: serving on {}", why, where);
    open_ports();
    watch_files(next);
    return true;
}

void operation::drain()
{
    bool const first = !gateway_.draining();
    if(first)
        spdlog::info("draining: not ready from now on, listeners close in {} ms, requests have {} ms",
                     config().drain_delay.count(), config().drain_deadline.count());
    else
        spdlog::info("ending at once");
    gateway_.drain();
    if(first)
        waiting_ = std::thread(
            [this]
            {
                gateway_.wait();
                control_.stop();
            });
}

void operation::reopen_log()
{
    gateway_.log().reopen();
    spdlog::info("access log opened again");
}

process_facts operation::facts() const
{
    process_facts f;
    f.version = version_;
    f.started = started_;
    f.loaded = loaded_;
    f.shards = gateway_.threads();
    f.draining = gateway_.draining();
    f.ready = !f.draining;
    f.reloads_done = reloads_done_;
    f.reloads_failed = reloads_failed_;
    f.log_written = gateway_.log().written();
    f.log_dropped = gateway_.log().dropped();
    return f;
}

} // namespace errata
