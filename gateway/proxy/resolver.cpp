#include "proxy/resolver.hpp"

#include <algorithm>
#include <cctype>

namespace errata
{

namespace
{

namespace intrusive = boost::intrusive;

constexpr milliseconds shortest_life{1'000}; ///< also of an answer with TTL 0
constexpr milliseconds pause_after_failure{1'000};
constexpr std::chrono::hours unused_life{1};
constexpr std::size_t names_before_sweep = 256;

bool is_localhost(std::string_view host)
{
    if(host.ends_with('.'))
        host.remove_suffix(1);
    constexpr std::string_view name = "localhost";
    if(host.size() < name.size())
        return false;
    auto const end = host.substr(host.size() - name.size());
    auto const same = std::ranges::equal(end, name, {}, [](unsigned char c) { return std::tolower(c); });
    return same && (host.size() == name.size() || host[host.size() - name.size() - 1] == '.');
}

/// What needs no name server.
std::optional<dns_answer> plain_address(std::string_view host)
{
    if(host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    error_code ec;
    if(auto const literal = net::ip::make_address(host, ec); !ec)
        return dns_answer{{literal}, {}, {}, {}, false};
    if(is_localhost(host))
        return dns_answer{{net::ip::address_v4::loopback(), net::ip::address_v6::loopback()}, {}, {}, {}, false};
    return {};
}

} // namespace

/// Somebody who waits for a name. Lives in the frame of `lookup`.
struct resolver::waiting : intrusive::list_base_hook<intrusive::link_mode<intrusive::auto_unlink>>
{
    explicit waiting(timer_wheel& wheel)
        : patience(
              wheel, [](void* self) { static_cast<waiting*>(self)->done.notify(); }, this)
    {
    }
    event done;
    deadline patience;
    std::optional<dns_answer> answer;
};

struct resolver::entry
{
    dns_answer good; ///< the last good answer; empty when there was none
    dns_answer last; ///< the last answer
    steady_time fresh_until{};
    steady_time ask_again{}; ///< not before
    steady_time used{};
    milliseconds refresh{30'000};
    bool asking = false;
    intrusive::list<waiting, intrusive::constant_time_size<false>> waiters;
};

resolver::resolver(net::io_context& io, timer_wheel& wheel, dns_options const& options)
    : wheel_(wheel), channel_(io, options)
{
}

resolver::~resolver() = default;

task<dns_answer> resolver::lookup(std::string host, milliseconds refresh, milliseconds patience)
{
    if(auto at_once = known(host, refresh, steady_clock::now()))
        co_return *std::move(at_once);
    waiting w{wheel_};
    auto& e = names_.find(host)->second; // known() put it there; entries with waiters stay
    e.waiters.push_back(w);
    ask(host, e);
    if(!w.answer)
    {
        w.patience.arm(patience);
        co_await w.done.wait();
    }
    if(w.answer)
        co_return *std::move(w.answer);
    auto late = best_of(e);
    if(!late)
        late = dns_answer{{}, {}, failure::dns_timeout, {}, false};
    co_return late;
}

std::optional<dns_answer> resolver::known(std::string_view host, milliseconds refresh, steady_time now)
{
    if(auto plain = plain_address(host))
        return plain;
    auto found = names_.find(host);
    if(found == names_.end())
    {
        if(names_.size() >= names_before_sweep)
            forget_unused(now);
        found = names_.try_emplace(std::string(host)).first;
    }
    auto& e = found->second;
    e.refresh = refresh;
    e.used = now;
    if(e.good && now < e.fresh_until)
        return e.good;
    if(now < e.ask_again)
        return best_of(e); // asked a moment ago, in vain
    // Run out a short while ago: good enough for this caller, renewed for the next. Longer: the world may have changed.
    if(e.good && now < e.fresh_until + refresh)
    {
        ask(host, e);
        return best_of(e);
    }
    return {};
}

void resolver::stop()
{
    for(auto& [host, e] : names_)
        while(!e.waiters.empty())
        {
            auto& w = e.waiters.front();
            e.waiters.pop_front();
            w.done.notify();
        }
}

void resolver::ask(std::string_view host, entry& e)
{
    if(e.asking)
        return;
    e.asking = true;
    try
    {
        channel_.ask(std::string(host), [this, name = std::string(host)](dns_answer answer)
                     { settle(name, std::move(answer), steady_clock::now()); });
    }
    catch(...)
    {
        e.asking = false;
        throw;
    }
}

void resolver::settle(std::string const& host, dns_answer answer, steady_time now)
{
    auto& e = names_.find(host)->second; // stays while it is asked for
    e.asking = false;
    e.last = std::move(answer);
    if(e.last)
    {
        auto const life = std::clamp<milliseconds>(e.last.ttl, shortest_life, std::max(e.refresh, shortest_life));
        e.good = e.last;
        e.fresh_until = now + life;
    }
    else
        e.ask_again = now + pause_after_failure;

    // A waiter that is resumed may ask again at once: only those who waited for this answer get it.
    decltype(e.waiters) served;
    served.swap(e.waiters);
    while(!served.empty())
    {
        auto& w = served.front();
        served.pop_front();
        w.answer = best_of(e);
        w.done.notify();
    }
}

void resolver::forget_unused(steady_time now)
{
    std::erase_if(names_,
                  [&](auto const& name)
                  {
                      auto const& e = name.second;
                      return !e.asking && e.waiters.empty() && now - e.used > unused_life;
                  });
}

/// The last good answer if there is one, else the last failure.
dns_answer resolver::best_of(entry const& e)
{
    if(!e.good)
        return e.last;
    auto answer = e.good;
    answer.stale = !e.last || e.asking;
    return answer;
}

} // namespace errata
