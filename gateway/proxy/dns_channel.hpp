#pragma once

#include "problem/failure.hpp"
#include "proxy/net.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/address.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct ares_channeldata;

namespace errata
{

/// What a name stands for, or why that is not known.
struct dns_answer
{
    std::vector<net::ip::address> addresses; ///< in the order they should be tried (RFC 6724); empty: failed
    std::chrono::seconds ttl{0};
    failure why = failure::dns_error; ///< dns_error or dns_timeout, when failed
    std::string_view rcode;           ///< for Proxy-Status (RFC 9209 2.3.2), static text; empty when no server told one
    bool stale = false;               ///< the last good answer; asking again failed or is under way

    explicit operator bool() const noexcept { return !addresses.empty(); }
    friend bool operator==(dns_answer const&, dns_answer const&) = default;
};

struct dns_options
{
    milliseconds timeout{1'000}; ///< of the first try with a server; c-ares doubles it for the next
    int tries = 2;
    std::string servers{}; ///< "address:port,..." instead of those in resolv.conf
};

/// c-ares on an event loop: asks name servers and reads /etc/hosts, keeps nothing. getaddrinfo would need a thread and
/// tells neither the rcode nor a time-out.
class dns_channel
{
public:
    using handler = std::function<void(dns_answer)>;

    dns_channel(net::io_context& io, dns_options const& options);
    ~dns_channel();
    dns_channel(dns_channel const&) = delete;
    dns_channel& operator=(dns_channel const&) = delete;

    /// Calls `done` once, maybe before it returns; never if the channel is destroyed first.
    void ask(std::string const& host, handler done);

private:
    struct watch;
    struct question;
    static void socket_changed(void* self, int descriptor, int readable, int writable);
    void observe(int descriptor, bool readable, bool writable);
    void wait_readable(std::shared_ptr<watch> const& w);
    void wait_writable(std::shared_ptr<watch> const& w);
    void process(int readable, int writable);
    void schedule_timeout();

    using timer = net::basic_waitable_timer<steady_clock, net::wait_traits<steady_clock>, executor>;
    net::io_context& io_;
    timer timer_;
    std::map<int, std::shared_ptr<watch>> watched_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    ares_channeldata* channel_ = nullptr;
};

} // namespace errata
