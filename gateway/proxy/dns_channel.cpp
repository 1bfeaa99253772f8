#include "proxy/dns_channel.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <ares.h>
#include <netdb.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>

namespace errata
{

namespace
{

std::optional<net::ip::address> address_of(sockaddr const& from)
{
    if(from.sa_family == AF_INET)
    {
        net::ip::address_v4::bytes_type bytes;
        std::memcpy(bytes.data(), &reinterpret_cast<sockaddr_in const&>(from).sin_addr, bytes.size());
        return net::ip::address_v4{bytes};
    }
    if(from.sa_family == AF_INET6)
    {
        auto const& six = reinterpret_cast<sockaddr_in6 const&>(from);
        net::ip::address_v6::bytes_type bytes;
        std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
        return net::ip::address_v6{bytes, six.sin6_scope_id};
    }
    return {};
}

std::string_view rcode_of(int status)
{
    switch(status)
    {
    case ARES_ENODATA:
        return "NOERROR"; // the name is there, but it has no address
    case ARES_EFORMERR:
        return "FORMERR";
    case ARES_ESERVFAIL:
        return "SERVFAIL";
    case ARES_ENOTFOUND:
        return "NXDOMAIN";
    case ARES_ENOTIMP:
        return "NOTIMP";
    case ARES_EREFUSED:
        return "REFUSED";
    default:
        return {};
    }
}

dns_answer answer_of(int status, ares_addrinfo const* found)
{
    dns_answer answer;
    std::optional<int> ttl;
    for(auto const* node = found ? found->nodes : nullptr; node; node = node->ai_next)
    {
        auto const address = address_of(*node->ai_addr);
        if(!address || std::ranges::find(answer.addresses, *address) != answer.addresses.end())
            continue;
        answer.addresses.push_back(*address);
        ttl = ttl ? std::min(*ttl, node->ai_ttl) : node->ai_ttl;
    }
    answer.ttl = std::chrono::seconds{std::max(0, ttl.value_or(0))};
    if(answer)
        return answer;
    answer.why = status == ARES_ETIMEOUT ? failure::dns_timeout : failure::dns_error;
    answer.rcode = status == ARES_SUCCESS ? rcode_of(ARES_ENODATA) : rcode_of(status);
    return answer;
}

void start_library()
{
    static std::once_flag once;
    std::call_once(once, [] { ares_library_init(ARES_LIB_INIT_ALL); });
}

} // namespace

/// One of c-ares's sockets. c-ares opens and closes it, we only wait on it.
struct dns_channel::watch
{
    watch(net::io_context& io, int fd) : descriptor(io.get_executor(), fd) {}
    ~watch() { release(); }

    void release()
    {
        if(descriptor.is_open())
            descriptor.release();
    }

    net::posix::basic_stream_descriptor<executor> descriptor;
    bool want_read = false, want_write = false;
    bool reading = false, writing = false;
};

struct dns_channel::question
{
    handler done;
    std::shared_ptr<bool> alive; ///< c-ares answers all open questions while it is destroyed: nobody wants to know then
};

dns_channel::dns_channel(net::io_context& io, dns_options const& options) : io_(io), timer_(io)
{
    start_library();
    ares_options wanted{};
    // NOCHECKRESP: otherwise SERVFAIL and REFUSED are reported as "could not contact servers".
    wanted.flags = ARES_FLAG_NOCHECKRESP;
    wanted.timeout = static_cast<int>(options.timeout.count());
    wanted.tries = options.tries;
    wanted.sock_state_cb = &socket_changed;
    wanted.sock_state_cb_data = this;
    auto const mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if(ares_init_options(&channel_, &wanted, mask) != ARES_SUCCESS)
        throw std::bad_alloc{}; // all that can go wrong here: a missing resolv.conf means 127.0.0.1
    if(!options.servers.empty())
        ares_set_servers_ports_csv(channel_, options.servers.c_str());
}

dns_channel::~dns_channel()
{
    *alive_ = false;
    ares_destroy(channel_);
    watched_.clear();
}

void dns_channel::ask(std::string const& host, handler done)
{
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    auto const answered = [](void* asked, int status, int, ares_addrinfo* found)
    {
        std::unique_ptr<question> const q(static_cast<question*>(asked));
        std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> const result(found, &ares_freeaddrinfo);
        if(*q->alive)
            q->done(answer_of(status, result.get()));
    };
    auto const alive = alive_;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, answered, new question{std::move(done), alive});
    if(*alive)
        schedule_timeout();
}

void dns_channel::socket_changed(void* self, int descriptor, int readable, int writable)
{
    static_cast<dns_channel*>(self)->observe(descriptor, readable, writable);
}

void dns_channel::observe(int descriptor, bool readable, bool writable)
{
    auto& w = watched_[descriptor];
    if(!readable && !writable)
    {
        if(w)
            w->release(); // c-ares closes it next
        watched_.erase(descriptor);
        return;
    }
    if(!w)
        w = std::make_shared<watch>(io_, descriptor);
    w->want_read = readable;
    w->want_write = writable;
    wait_readable(w);
    wait_writable(w);
}

void dns_channel::wait_readable(std::shared_ptr<watch> const& w)
{
    if(!w->want_read || w->reading || !w->descriptor.is_open())
        return;
    w->reading = true;
    w->descriptor.async_wait(net::posix::descriptor_base::wait_read,
                             [this, w, alive = alive_](error_code ec)
                             {
                                 w->reading = false;
                                 if(ec || !*alive || !w->descriptor.is_open())
                                     return;
                                 process(w->descriptor.native_handle(), ARES_SOCKET_BAD);
                                 if(*alive)
                                     wait_readable(w);
                             });
}

void dns_channel::wait_writable(std::shared_ptr<watch> const& w)
{
    if(!w->want_write || w->writing || !w->descriptor.is_open())
        return;
    w->writing = true;
    w->descriptor.async_wait(net::posix::descriptor_base::wait_write,
                             [this, w, alive = alive_](error_code ec)
                             {
                                 w->writing = false;
                                 if(ec || !*alive || !w->descriptor.is_open())
                                     return;
                                 process(ARES_SOCKET_BAD, w->descriptor.native_handle());
                                 if(*alive)
                                     wait_writable(w);
                             });
}

/// Lets c-ares read, write and look at its clock. Answers are given to their askers from here.
void dns_channel::process(int readable, int writable)
{
    auto const alive = alive_;
    ares_process_fd(channel_, readable, writable);
    if(*alive)
        schedule_timeout();
}

void dns_channel::schedule_timeout()
{
    timeval left{};
    if(!ares_timeout(channel_, nullptr, &left))
    {
        timer_.cancel();
        return;
    }
    timer_.expires_after(std::chrono::seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec} + milliseconds{1});
    timer_.async_wait(
        [this, alive = alive_](error_code ec)
        {
            if(!ec && *alive)
                process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        });
}

} // namespace errata
