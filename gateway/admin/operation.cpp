#include "admin/operation.hpp"

#include "admin/admin_api.hpp"
#include "admin/certificate.hpp"
#include "proxy/machine.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace errata
{
namespace
{
std::string joined(std::vector<std::string> const& parts, std::string_view between)
{
    return fmt::format("{}", fmt::join(parts, between));
}

void log_all(spdlog::level::level_enum level, std::vector<std::string> const& lines)
{
    constexpr std::size_t most = 50; // the admin port tells all of them
    for(std::size_t i = 0; i < std::min(lines.size(), most); ++i)
        spdlog::log(level, "{}", lines[i]);
    if(lines.size() > most)
        spdlog::log(level, "and {} more", lines.size() - most);
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
    watch_files(first);
    // Nobody was told of what changed between the reading and now.
    if(load_ && load_().tree->sources != tree_->sources)
        net::post(control_, [this] { reload("files changed"); });
    spdlog::info("errata {}: listening on {}", version_, joined(gateway_.addresses(), ", listening on "));
    open_ports();
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
        warnings_.push_back(std::string(name) + " port: " + opened.error());
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
    {
        auto const first = files.size();
        add_certificates(*from.config, files);
        certificates_.clear();
        for(auto i = first; i < files.size(); ++i)
            if(auto const end = end_of_certificate(files[i]))
                certificates_[files[i]] = *end;
    }
    if(!files.empty() && !watch_.watch(files))
        spdlog::warn("not every file can be watched for changes: reload with SIGHUP");
}

bool operation::reload(std::string_view why)
{
    if(gateway_.draining())
    {
        mistakes_ = {"the gateway is draining: nothing is loaded any more"};
        return false;
    }
    auto const next = load_();
    mistakes_.clear();
    warnings_.clear();
    for(auto const& m : next.mistakes)
        (m.warning ? warnings_ : mistakes_).push_back(describe(m));
    if(next.config)
        if(auto const swapped = gateway_.reload(next.config); !swapped)
            mistakes_.push_back(swapped.error());
    reload_good_ = next.config && mistakes_.empty();
    if(!reload_good_)
    {
        ++reloads_failed_;
        spdlog::error("reload ({}) failed, the configuration in use stays", why);
        log_all(spdlog::level::err, mistakes_);
        if(!next.files.empty())
            watch_files(next); // a file that is mended must be noticed
        return false;
    }
    ++reloads_done_;
    loaded_ = std::chrono::system_clock::now();
    tree_ = next.tree;
    note_what_stays();
    log_all(spdlog::level::warn, warnings_);
    spdlog::info("reload ({}) done: serving on {}", why, joined(gateway_.addresses(), ", "));
    open_ports();
    watch_files(next);
    return true;
}

/// What a running process cannot change.
void operation::note_what_stays()
{
    auto const wanted = config().threads ? config().threads : threads_from_quota();
    if(wanted != gateway_.threads())
        warnings_.push_back(fmt::format("threads: {} asked for, {} serve until a restart", wanted, gateway_.threads()));
}

std::vector<std::string> operation::reasons_not_ready() const
{
    if(gateway_.draining())
        return {"draining"};
    std::vector<std::string> reasons;
    if(!config().ready_needs_upstreams)
        return reasons;
    auto const all = totals::sum(gateway_.counted());
    for(auto const& u : config().upstreams)
        if(auto const known = all.upstreams.find(u.name); known == all.upstreams.end() || !known->second.usable)
            reasons.push_back("upstream " + u.name + " has no usable endpoint");
    return reasons;
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
}

process_facts operation::facts() const
{
    process_facts f;
    f.version = version_;
    f.started = started_;
    f.loaded = loaded_;
    f.shards = gateway_.threads();
    f.draining = gateway_.draining();
    f.ready = reasons_not_ready().empty();
    f.certificates = certificates_;
    f.reload_good = reload_good_;
    f.reloads_done = reloads_done_;
    f.reloads_failed = reloads_failed_;
    f.log_written = gateway_.log().written();
    f.log_dropped = gateway_.log().dropped();
    return f;
}

} // namespace errata
