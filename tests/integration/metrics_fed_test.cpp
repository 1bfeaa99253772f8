// Every metric that is described is fed: none stays 0 for ever. Provokes everything there is to count, on the real
// program, and looks at what /metrics said on the way.
#include "operating.hpp"

#include <boost/json.hpp>

#include <csignal>
#include <functional>
#include <map>
#include <set>

namespace errata::test
{
namespace
{

class every_metric : public testing::Test
{
protected:
    [[nodiscard]] std::string config(std::string const& demo) const
    {
        return "version: 1\nthreads: 1\nmemory: {error_bodies: 2KiB}\naccess_log: {path: /dev/full}\n"
               "listeners: [{address: 127.0.0.1:0}, {address: 127.0.0.1:0, limits: {connections_per_client: 1}}]\n"
               "admin: {address: 127.0.0.1:0}\n"
               "upstreams:\n"
               "  demo: {endpoints: [" +
               demo + "], repeat: {budget: 0, budget_minimum: 0}}\n  up: {endpoints: [" + up.url() +
               "]}\n  nowhere: {endpoints: ['http://no.such.name.invalid']}\n  breaker: {endpoints: [" + nobody.url() +
               "], breaker: {consecutive_failures: 1, open: 1h}}\n  line: {endpoints: [" + line.url() +
               "], concurrency: {limit: 1, queue: 1, queue_timeout: 3s}}\n  shield: {endpoints: [" + demo +
               "], shield: on}\n  pair: {endpoints: [" + nobody.url() + ", " + demo +
               "], ejection: {consecutive_failures: 1}}\n  checked: {endpoints: [" + nobody.url() +
               "], check: {tcp: true, interval: 100ms, timeout: 100ms}}\n"
               "routes:\n"
               "  - {match: {path_prefix: /nowhere}, upstream: nowhere}\n"
               "  - {match: {path_prefix: /breaker}, upstream: breaker}\n"
               "  - {match: {path_prefix: /line}, upstream: line}\n"
               "  - {match: {path_prefix: /shield}, upstream: shield, rewrite: {strip_prefix: /shield}}\n"
               "  - {match: {path_prefix: /pair}, upstream: pair, rewrite: {strip_prefix: /pair}}\n"
               "  - {match: {path_prefix: /checked}, upstream: checked}\n"
               "  - {match: {path_prefix: /up}, upstream: up, upgrade: true}\n"
               "  - {match: {path_prefix: /small}, upstream: demo, rewrite: {strip_prefix: /small}, "
               "errors: {max_body: 1KiB}}\n"
               "  - {match: {path_prefix: /observed}, upstream: demo, rewrite: {strip_prefix: /observed}, "
               "errors: {mode: observe}}\n"
               "  - {match: {path_prefix: /held}, upstream: demo, rewrite: {strip_prefix: /held}, hold: on}\n"
               "  - {upstream: demo}\n";
    }

    message ask_for(std::string const& path, std::string const& fields = {})
    {
        return get(gateway->port(), path, fields);
    }

    /// What /metrics says now; every family with a value above 0 counts as fed.
    std::string scrape()
    {
        auto text = get(admin, "/metrics").body;
        std::istringstream lines(text);
        for(std::string line; std::getline(lines, line);)
            if(line.starts_with("# TYPE "))
            {
                family = line.substr(7, line.find(' ', 7) - 7);
                known.insert(family);
            }
            else if(!line.starts_with("#") && std::stod(line.substr(line.rfind(' ') + 1)) > 0)
                fed.insert(family);
        return text;
    }

    /// Scrapes until it says so.
    void wait_for(std::string const& series, std::function<bool(double)> const& right)
    {
        EXPECT_TRUE(comes_true([&] { return right(metric(scrape(), series)); })) << series;
    }
    void wait_for(std::string const& series)
    {
        wait_for(series, [](double value) { return value > 0; });
    }

    port_of_loopback up, line;
    port_of_loopback const nobody{port_of_loopback::kind::refusing};
    std::unique_ptr<gateway_process> gateway;
    std::uint16_t admin = 0;
    std::string family;
    std::set<std::string> known, fed;
};

TEST_F(every_metric, is_fed)
{
    gateway_process demo(std::vector<std::string>{"demo", "--upstream"});
    gateway = std::make_unique<gateway_process>(config("http://127.0.0.1:" + std::to_string(demo.port())));
    admin = gateway->port_named("admin");

    // Upstream errors and their hints.
    for(std::string const path : {"/ok",
                                  "/status/401",
                                  "/status/405",
                                  "/error/html",
                                  "/error/leak",
                                  "/observed/error/json",
                                  "/small/error/big",
                                  "/error/big?kib=64",
                                  "/retry-after/ms",
                                  "/shield/retry-after",
                                  "/shield/ok",
                                  "/held/retry-after",
                                  "/held/retry-after",
                                  "/breaker",
                                  "/breaker",
                                  "/pair/ok",
                                  "/pair/ok",
                                  "/nowhere",
                                  "/checked",
                                  "/close"})
        (void)ask_for(path);
    EXPECT_EQ(ask_for("/nothing", "Connection: close\r\n").status, 404U);

    // An upstream of our own: hints that do not fit, one of our codes, a wait for the pool, a cut answer.
    auto const answered = [&](std::string const& answer, bool cut = false)
    {
        auto client = gateway->connect();
        client.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
        auto service = up.accept();
        (void)read_request(service);
        service.send(answer);
        if(cut)
            service.close();
        (void)client.read_all();
        return service;
    };
    auto const json_type = "Content-Type: application/json\r\n";
    (void)answered(response("503 Service Unavailable", "{}", "Retry-After: nonsense\r\n"), true);
    (void)answered(response("503 Service Unavailable", R"({"code":"GATEWAY_OVERLOADED","message":"m"})",
                            "Retry-After: 5\r\nretry-after-ms: 60000\r\n" + std::string(json_type)),
                   true);
    (void)answered("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", true);
    {
        auto idle = answered(response("200 OK", "fine"));
        wait_for("errata_upstream_connections_idle{upstream=\"up\"}");
        idle.close();
        wait_for("errata_upstream_idle_died_total{upstream=\"up\"}");
    }

    { // A request under way, one that waits, one too many, one whose client leaves.
        auto first = gateway->connect(), second = gateway->connect();
        first.send("GET /line HTTP/1.1\r\nHost: a\r\n\r\n");
        auto service = line.accept();
        second.send("GET /line HTTP/1.1\r\nHost: a\r\n\r\n");
        wait_for("errata_upstream_requests_waiting{upstream=\"line\"}");
        wait_for("errata_requests_active");
        wait_for("errata_upstream_connections_active{upstream=\"line\"}");
        EXPECT_EQ(ask_for("/line").status, 503U);      // the queue is full
        EXPECT_EQ(read_response(second).status, 503U); // and the wait in it too long
        first.reset();
        wait_for("errata_clients_left_total");
    }

    { // A tunnel.
        auto client = gateway->connect();
        client.send("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        auto service = up.accept();
        (void)read_request(service);
        service.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        EXPECT_EQ(read_response_head(client).status, 101U);
        wait_for("errata_tunnels_open");
    }

    { // A copy of an error body, while it is being read.
        auto client = gateway->connect();
        client.send("GET /up HTTP/1.1\r\nHost: a\r\n\r\n");
        auto service = up.accept();
        (void)read_request(service);
        service.send("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"messa");
        wait_for("errata_error_body_bytes");
        service.send("ge\":\"none\"}  ");
        EXPECT_EQ(read_response(client).status, 404U);
    }

    { // An idle connection, and one that is over the limit of its listener.
        auto const idle = gateway->connect();
        wait_for("errata_connections_parked");
        auto const limited = wire::connect(gateway->port_number(1));
        auto refused = wire::connect(gateway->port_number(1));
        (void)refused.read_all();
        wait_for("errata_connections_refused_total");
    }

    gateway->signal(SIGHUP);
    wait_for("errata_config_reloads_total{result=\"done\"}");
    wait_for("errata_upstream_checks_failed_total{upstream=\"checked\"}");
    wait_for("errata_log_lines_dropped_total");
    auto last = gateway->connect(); // keeps it from ending at once
    last.send("GET /up HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const unanswered = up.accept();
    EXPECT_EQ(post(admin, "/drain").status, 202U);
    scrape();

    // These need TLS, an output that is not full, or memory that runs out: tests of their own.
    std::set<std::string> const elsewhere{"errata_exceptions_total", "errata_tls_handshake_failures_total",
                                          "errata_certificate_expiry_time_seconds", "errata_log_lines_total"};
    for(auto const& name : known)
        EXPECT_TRUE(fed.contains(name) || elsewhere.contains(name)) << name << " stayed 0";
    EXPECT_GT(fed.size(), 60U);
}

} // namespace
} // namespace errata::test
