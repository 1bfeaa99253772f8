#include "proxy/port_plan.hpp"

#include "proxy/listener.hpp"
#include "proxy/tls.hpp"

#include <algorithm>
#include <unistd.h>

namespace errata
{
namespace
{
std::string text_of(listener_config const& bound)
{
    if(bound.address.starts_with("unix:"))
        return bound.address;
    auto const host = bound.address.find(':') == std::string::npos ? bound.address : '[' + bound.address + ']';
    return host + ':' + std::to_string(bound.port);
}

/// A descriptor per shard; the error is a sentence.
boost::system::result<void, std::string> open_sockets(port_plan::step& s, unsigned shards, bool check_free)
{
    bool const is_unix = s.config.address.starts_with("unix:");
    for(unsigned i = 0; i < shards; ++i)
    {
        // A Unix socket has no SO_REUSEPORT: the shards share one queue.
        auto const opened = is_unix && i ? boost::system::result<int, std::string>(::dup(s.descriptors.front()))
                                         : open_listening_socket(s.config, i == 0 && check_free);
        if(!opened)
            return opened.error();
        s.descriptors.push_back(*opened);
        if(!is_unix && s.config.port == 0)
            s.config.port = bound_port(*opened);
    }
    return {};
}
} // namespace

boost::system::result<port_plan, std::string> port_plan::make(std::vector<listener_config> const& wanted,
                                                              std::vector<open_port> const& open, unsigned shards,
                                                              unsigned& next_id)
{
    port_plan plan;
    auto left = open;
    for(auto const& config : wanted)
    {
        auto& s = plan.steps.emplace_back();
        s.config = config;
        if(config.tls)
        {
            // Always anew: the files may have other contents.
            auto loaded = server_tls::load(*config.tls);
            if(!loaded)
                return "listener " + text_of(config) + ": " + loaded.error();
            s.tls = *loaded;
        }
        auto const same = std::find_if(left.begin(), left.end(),
                                       [&](open_port const& p)
                                       { return p.config.address == config.address && p.config.port == config.port; });
        if(same != left.end())
        {
            s.id = same->id;
            plan.ports.push_back({s.id, config, same->address});
            left.erase(same);
            continue;
        }
        s.id = next_id++;
        // Our own old listener may still have the port, under another address.
        bool const ours =
            std::any_of(open.begin(), open.end(), [&](open_port const& p) { return p.config.port == config.port; });
        if(auto const opened = open_sockets(s, shards, !ours); !opened)
            return opened.error();
        plan.ports.push_back({s.id, config, text_of(s.config)});
    }
    for(auto const& p : left)
        plan.retired.push_back(p.id);
    return plan;
}

port_plan::~port_plan()
{
    for(auto const& s : steps)
        for(auto const fd : s.descriptors)
            ::close(fd);
}

} // namespace errata
