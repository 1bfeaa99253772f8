// The admin and telemetry ports behind TLS, client certificates and on Unix sockets; certificates that change.
#include "operating.hpp"
#include "support/tls_wire.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>

namespace errata::test
{
namespace
{

class admin_tls : public testing::Test
{
protected:
    admin_tls() { certificates.make("server", "DNS:localhost,IP:127.0.0.1"); }

    [[nodiscard]] std::string tls(std::string const& more = {}) const
    {
        return "tls: {certificates: [{certificate: " + certificates.certificate("server") +
               ", key: " + certificates.key("server") + "}]" + more + "}";
    }
    void start(std::string const& listener, std::string const& ports)
    {
        configuration_file = certificates.file("errata.yaml");
        text = "version: 1\nlisteners: [{address: 127.0.0.1:0" + listener + "}]\n" + ports +
               "upstreams: {up: {endpoints: [" + nobody.url() + "]}}\nroutes: [{name: all, upstream: up}]\n";
        std::ofstream(configuration_file) << text;
        gateway = std::make_unique<gateway_process>(std::vector<std::string>{"run", "--config", configuration_file});
    }
    /// One request over TLS.
    static message ask_secured(std::uint16_t port, std::string const& request, tls_wire::options const& how = {})
    {
        auto link = tls_wire::connect(wire::connect(port), how);
        link.send(request);
        auto const head = link.read_until("\r\n\r\n");
        return parse_head(head);
    }
    /// Runs `errata health` for the running gateway, whose real port stands in place of port 0.
    [[nodiscard]] int health(std::string const& port_zero, std::uint16_t real) const
    {
        auto other = text;
        other.replace(other.find(port_zero), port_zero.size(), "127.0.0.1:" + std::to_string(real));
        auto const file = certificates.file("health.yaml");
        std::ofstream(file) << other;
        return WEXITSTATUS(
            std::system((std::string(ERRATA_BINARY) + " health --config " + file + " >/dev/null 2>&1").c_str()));
    }

    certificate_maker certificates;
    port_of_loopback const nobody{port_of_loopback::kind::refusing};
    std::string configuration_file, text;
    std::unique_ptr<gateway_process> gateway;
};

std::string const ready = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
std::string const config_page = "GET /config HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

TEST_F(admin_tls, serves_its_pages_and_health_finds_it)
{
    start({}, "admin: {address: '127.0.0.1:00', " + tls() + "}\n");
    auto const port = gateway->port_named("admin");
    EXPECT_EQ(ask_secured(port, ready).status, 200U);
    EXPECT_EQ(ask_secured(port, config_page + "\r\n").status, 200U);
    EXPECT_EQ(health("127.0.0.1:00", port), 0);
    gateway->stop();
    EXPECT_EQ(health("127.0.0.1:00", port), 1);
}

TEST_F(admin_tls, wants_a_client_certificate_where_it_is_told_to)
{
    certificates.make("operator", "DNS:operator", "/CN=operator");
    start({}, "admin: {address: '127.0.0.1:00', " + tls(", client_ca: " + certificates.ca()) + "}\n");
    auto const port = gateway->port_named("admin");
    tls_wire::options const shown{.certificate = certificates.certificate("operator"),
                                  .key = certificates.key("operator")};
    EXPECT_EQ(ask_secured(port, config_page + "\r\n", shown).status, 200U);
    EXPECT_THROW((void)ask_secured(port, config_page + "\r\n"), broken_wire);
    EXPECT_EQ(health("127.0.0.1:0", gateway->port()), 0); // that somebody listens: it has no certificate to ask with
}

TEST_F(admin_tls, wants_its_token_beside_tls)
{
    start({}, "admin: {address: '127.0.0.1:00', token: correct-horse, " + tls() + "}\n");
    auto const port = gateway->port_named("admin");
    EXPECT_EQ(ask_secured(port, config_page + "\r\n").status, 401U);
    EXPECT_EQ(ask_secured(port, config_page + "Authorization: Bearer correct-horse\r\n\r\n").status, 200U);
    EXPECT_EQ(health("127.0.0.1:00", port), 0);
}

TEST_F(admin_tls, is_not_the_only_kind_of_port_that_health_can_ask)
{
    auto const socket = "unix:" + certificates.file("admin.sock");
    start({}, "admin: {address: '" + socket + "'}\n");
    ASSERT_TRUE(gateway->logs("admin port on " + socket));
    EXPECT_EQ(health("127.0.0.1:0", gateway->port()), 0);
    gateway->stop();
    EXPECT_EQ(health("127.0.0.1:0", gateway->port()), 1);

    start({}, "telemetry: {address: '127.0.0.1:00'}\n");
    EXPECT_EQ(health("127.0.0.1:00", gateway->port_named("telemetry")), 0);
    start({}, {}); // neither: whether somebody listens
    EXPECT_EQ(health("127.0.0.1:0", gateway->port()), 0);
}

TEST_F(admin_tls, tells_when_certificates_end_and_which_handshakes_failed)
{
    start(", " + tls(), "telemetry: {address: '127.0.0.1:00'}\n");
    auto const telemetry = gateway->port_named("telemetry");
    auto const series = "errata_certificate_expiry_time_seconds{file=\"" + certificates.certificate("server") + "\"}";
    auto const now = static_cast<double>(::time(nullptr));
    auto const before = metric(get(telemetry, "/metrics").body, series);
    EXPECT_GT(before, now + 29 * 86'400);
    EXPECT_LT(before, now + 31 * 86'400);

    auto plain = gateway->connect();
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)plain.read_all();
    EXPECT_EQ(metric(get(telemetry, "/metrics").body, "errata_tls_handshake_failures_total"), 1);

    certificates.make("server", "DNS:localhost,IP:127.0.0.1", "/CN=renewed", 90);
    ASSERT_TRUE(gateway->logs("(files changed) done"));
    EXPECT_TRUE(comes_true([&] { return metric(get(telemetry, "/metrics").body, series) >= now + 89 * 86'400; }));
}

} // namespace
} // namespace errata::test
