#include "fake_dns.hpp"
#include "proxy/resolver.hpp"

#include <boost/asio/co_spawn.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

namespace errata
{
namespace
{

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
using reply = fake_dns::reply;

/// A resolver that knows no name server but ours.
class resolving : public testing::Test
{
protected:
    explicit resolving(dns_options options = {})
        : server(io, [this](std::string const& name) { return says.contains(name) ? says[name] : reply{.rcode = 3}; }),
          names(io, wheel, with(options, server.server()))
    {
    }

    static dns_options with(dns_options o, std::string server)
    {
        o.timeout = 250ms;
        o.tries = 1;
        o.servers = std::move(server);
        return o;
    }

    dns_answer lookup(std::string host, milliseconds patience = 10s)
    {
        std::optional<dns_answer> got;
        net::co_spawn(io.get_executor(), names.lookup(std::move(host), 30s, patience),
                      [&](std::exception_ptr e, dns_answer a)
                      {
                          EXPECT_FALSE(e);
                          got = std::move(a);
                      });
        run_until([&] { return got.has_value(); });
        return got.value_or(dns_answer{});
    }

    /// What the resolver would answer at once after `later`.
    std::optional<dns_answer> known(std::string_view host, milliseconds later = 0ms)
    {
        return names.known(host, 30s, steady_clock::now() + later);
    }

    template <class Done>
    void run_until(Done const& done)
    {
        auto const end = steady_clock::now() + 10s;
        while(!done() && steady_clock::now() < end)
            io.run_one_for(10ms);
        EXPECT_TRUE(done()) << "within ten seconds";
    }

    static std::vector<std::string> text(dns_answer const& a)
    {
        std::vector<std::string> all;
        for(auto const& address : a.addresses)
            all.push_back(address.to_string());
        return all;
    }

    std::map<std::string, reply> says;
    net::io_context io{1};
    timer_wheel wheel{io};
    fake_dns server;
    resolver names;
};

TEST_F(resolving, finds_the_addresses_of_both_families_with_their_ttl)
{
    says["two.test"] = {.addresses = {"192.0.2.1", "192.0.2.2", "2001:db8::1"}, .ttl = 17};
    auto const a = lookup("two.test.");
    EXPECT_THAT(text(a), UnorderedElementsAre("192.0.2.1", "192.0.2.2", "2001:db8::1"));
    EXPECT_EQ(a.ttl, 17s);
    EXPECT_FALSE(a.stale);
}

TEST_F(resolving, needs_no_server_for_literals_and_localhost)
{
    std::pair<char const*, std::vector<std::string>> const rows[] = {
        {"192.0.2.7", {"192.0.2.7"}},
        {"2001:db8::7", {"2001:db8::7"}},
        {"[::1]", {"::1"}},
        {"localhost", {"127.0.0.1", "::1"}},
        {"LocalHost", {"127.0.0.1", "::1"}},
        {"localhost.", {"127.0.0.1", "::1"}},
        {"app.localhost", {"127.0.0.1", "::1"}},
    };
    for(auto const& [host, wanted] : rows)
        EXPECT_EQ(text(known(host).value_or(dns_answer{})), wanted) << host;
    EXPECT_EQ(server.asked, 0);
    EXPECT_EQ(names.names(), 0u);
    EXPECT_FALSE(lookup("notlocalhost"));
}

TEST_F(resolving, tells_the_name_servers_verdict)
{
    struct row
    {
        unsigned rcode;
        char const* wanted;
    };
    row const rows[] = {{3, "NXDOMAIN"}, {2, "SERVFAIL"}, {5, "REFUSED"},
                        {4, "NOTIMP"},   {1, "FORMERR"},  {0, "NOERROR"}};
    for(auto const& r : rows)
    {
        auto const host = "rcode" + std::to_string(r.rcode) + ".test";
        says[host] = {.rcode = r.rcode};
        auto const a = lookup(host + ".");
        EXPECT_FALSE(a);
        EXPECT_EQ(a.why, failure::dns_error);
        EXPECT_EQ(a.rcode, r.wanted);
    }
}

TEST_F(resolving, reports_a_silent_name_server_as_a_timeout)
{
    says["silent.test"] = {.silent = true};
    auto const a = lookup("silent.test.");
    EXPECT_FALSE(a);
    EXPECT_EQ(a.why, failure::dns_timeout);
    EXPECT_EQ(a.rcode, "");
}

TEST_F(resolving, waits_no_longer_than_the_caller_has_patience)
{
    says["silent.test"] = {.silent = true};
    // The server has 250 ms: who waits for it to the end hears later than who does not, however busy the machine is.
    std::vector<milliseconds> heard;
    for(milliseconds const patience : {milliseconds{10'000}, milliseconds{40}})
        net::co_spawn(io.get_executor(), names.lookup("silent.test.", 30s, patience),
                      [&heard, patience](std::exception_ptr, dns_answer const& a)
                      {
                          EXPECT_EQ(a.why, failure::dns_timeout);
                          heard.push_back(patience);
                      });
    run_until([&] { return heard.size() == 2; });
    EXPECT_EQ(heard, (std::vector<milliseconds>{milliseconds{40}, milliseconds{10'000}}));
}

TEST_F(resolving, survives_names_that_are_none)
{
    for(auto const& host :
        std::vector<std::string>{"", ".", "a..b", "has space.test", std::string(300, 'x'), "\xff\xfe"})
        EXPECT_FALSE(lookup(host)) << host;
}

TEST_F(resolving, survives_a_name_server_that_talks_nonsense)
{
    says["garbage.test"] = {.raw = std::string("\x00\x01garbage", 9)};
    EXPECT_FALSE(lookup("garbage.test."));
}

TEST_F(resolving, asks_once_for_all_who_wait)
{
    says["one.test"] = {.addresses = {"192.0.2.1"}};
    int answered = 0;
    for(int i = 0; i < 50; ++i)
        net::co_spawn(io.get_executor(), names.lookup("one.test.", 30s, 10s),
                      [&](std::exception_ptr, dns_answer const& a) { answered += bool(a); });
    run_until([&] { return answered == 50; });
    EXPECT_EQ(server.asked, 1);
}

TEST_F(resolving, keeps_an_answer_for_its_ttl_within_bounds)
{
    struct row
    {
        unsigned ttl;
        milliseconds life;
    };
    row const rows[] = {{0, 1s}, {10, 10s}, {30, 30s}, {3600, 30s}};
    for(auto const& r : rows)
    {
        auto const host = "ttl" + std::to_string(r.ttl) + ".test.";
        says["ttl" + std::to_string(r.ttl) + ".test"] = {.addresses = {"192.0.2.1"}, .ttl = r.ttl};
        ASSERT_TRUE(lookup(host));
        EXPECT_FALSE(known(host, r.life - 500ms).value().stale);
        EXPECT_TRUE(known(host, r.life + 100ms).value().stale) << "good enough once more, and being renewed";
    }
}

TEST_F(resolving, renews_an_answer_in_use_in_the_background)
{
    says["moves.test"] = {.addresses = {"192.0.2.1"}, .ttl = 10};
    (void)lookup("moves.test.");
    says["moves.test"].addresses = {"192.0.2.2"};
    EXPECT_THAT(text(known("moves.test.", 11s).value()), ElementsAre("192.0.2.1"));
    run_until([&] { return text(known("moves.test.").value()) == std::vector<std::string>{"192.0.2.2"}; });
    EXPECT_EQ(server.asked, 2);
}

TEST_F(resolving, asks_again_before_it_uses_an_answer_that_ran_out_long_ago)
{
    says["idle.test"] = {.addresses = {"192.0.2.1"}, .ttl = 10};
    (void)lookup("idle.test.");
    EXPECT_FALSE(known("idle.test.", 1h));
}

TEST_F(resolving, keeps_the_last_good_answer_while_name_servers_fail)
{
    says["flaky.test"] = {.addresses = {"192.0.2.1"}, .ttl = 1};
    (void)lookup("flaky.test.");
    for(reply const& failing : {reply{.rcode = 2}, reply{.rcode = 3}, reply{.silent = true}})
    {
        says["flaky.test"] = failing;
        auto const before = server.asked;
        // Past its TTL and past the pause after a failure. The second question shows that the first has failed.
        run_until([&] { return known("flaky.test.", 10s) && server.asked > before + 1; });
        auto const kept = known("flaky.test.", 10s);
        ASSERT_TRUE(kept);
        EXPECT_THAT(text(*kept), ElementsAre("192.0.2.1"));
        EXPECT_TRUE(kept->stale);
    }
}

TEST_F(resolving, does_not_ask_again_at_once_after_a_failure)
{
    EXPECT_FALSE(lookup("gone.test."));
    EXPECT_FALSE(lookup("gone.test."));
    EXPECT_FALSE(lookup("gone.test."));
    EXPECT_EQ(server.asked, 1);
    EXPECT_FALSE(known("gone.test.", 1100ms)) << "but a second later";
}

TEST_F(resolving, ends_all_waits_when_it_is_stopped)
{
    says["silent.test"] = {.silent = true};
    int ended = 0;
    for(int i = 0; i < 3; ++i)
        net::co_spawn(io.get_executor(), names.lookup("silent.test.", 30s, 10s),
                      [&](std::exception_ptr, dns_answer const& a) { ended += a.why == failure::dns_timeout; });
    run_until([&] { return server.asked > 0; });
    names.stop();
    run_until([&] { return ended == 3; });
}

/// The first address of each name in this machine's hosts file, and localhost, which every machine knows.
std::map<std::string, std::string> names_of_the_hosts_file()
{
    std::map<std::string, std::string> names{{"localhost", "127.0.0.1"}};
    std::ifstream hosts("/etc/hosts");
    for(std::string line; std::getline(hosts, line);)
    {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string address, name;
        if(words >> address >> name)
            names.emplace(name, address);
    }
    return names;
}

TEST_F(resolving, reads_the_hosts_file)
{
    for(auto const& [name, address] : names_of_the_hosts_file())
        EXPECT_THAT(text(lookup(name)), testing::Contains(address)) << name;
    EXPECT_EQ(server.asked, 0);
}

TEST(dns_channel, reports_unreachable_name_servers)
{
    net::io_context io{1};
    net::ip::udp::socket closed(io, {net::ip::address_v4::loopback(), 0});
    auto const port = closed.local_endpoint().port();
    closed.close();
    dns_channel channel{io, {.timeout = 200ms, .tries = 1, .servers = "127.0.0.1:" + std::to_string(port)}};
    std::optional<dns_answer> got;
    channel.ask("a.test.", [&](dns_answer a) { got = std::move(a); });
    io.run_for(5s);
    ASSERT_TRUE(got);
    EXPECT_FALSE(*got);
    EXPECT_EQ(got->rcode, "");
}

TEST(dns_channel, tells_nobody_once_it_is_gone)
{
    net::io_context io{1};
    fake_dns server{io, [](auto const&) { return reply{.addresses = {"192.0.2.1"}}; }};
    bool told = false;
    {
        dns_channel channel{io, {.servers = server.server()}};
        channel.ask("a.test.", [&](dns_answer const&) { told = true; });
    }
    io.run_for(50ms);
    EXPECT_FALSE(told);
    EXPECT_EQ(server.asked, 1) << "it had asked";
}

} // namespace
} // namespace errata
