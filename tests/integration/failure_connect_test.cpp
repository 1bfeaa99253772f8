// The failure table's rows about the way to an upstream, through the real program: names, connections, TLS.
#include "failure_row.hpp"
#include "proxy/fake_dns.hpp"
#include "support/tls_wire.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <thread>

namespace errata::test
{
namespace
{

/// A name server on a thread of its own: the others of this file's scripts block.
class name_server
{
public:
    explicit name_server(fake_dns::reply const& says)
        : dns_(io_, [says](std::string const&) { return says; }), address_(dns_.server()),
          thread_([this] { io_.run(); })
    {
    }
    ~name_server()
    {
        io_.stop();
        thread_.join();
    }
    [[nodiscard]] std::string setting() const { return "dns: {servers: [\"" + address_ + "\"]}\n"; }

private:
    net::io_context io_;
    fake_dns dns_;
    std::string address_;
    std::thread thread_;
};

failure_row const refused{"connect_refused", 502, "UPSTREAM_REFUSED", "connection_refused", verdict::wait_8};
failure_row const certificate{"tls_certificate", 502, "UPSTREAM_TLS_CERTIFICATE", "tls_certificate_error"};

class connect_failures : public failure_fixture
{
protected:
    /// Whatever stands in the way of a request that was not sent, sending it again is safe for every method.
    void expect_for_every_method(failure_row const& row)
    {
        for(auto const& request : {get(), post("hello")})
        {
            auto client = sent(request);
            expect_row(read_response(client), row);
        }
    }

    /// One request over TLS towards the upstream, which does `script` with its end of the connection.
    template <class Script>
    void expect_after(Script script, failure_row const& row)
    {
        auto client = sent(post("hello"));
        auto server = upstream.accept();
        script(server);
        expect_row(read_response(client), row);
    }

    [[nodiscard]] std::string https() const { return "https://127.0.0.1:" + std::to_string(upstream.port()); }
};

TEST_F(connect_failures, show_for_a_name_that_does_not_exist)
{
    name_server const dns({.rcode = 3});
    start({.top = dns.setting(), .endpoint = "http://app.test:80"});
    expect_for_every_method({"dns_error", 502, "UPSTREAM_DNS_ERROR", "dns_error; rcode=\"NXDOMAIN\"", verdict::wait_8});
}

TEST_F(connect_failures, show_for_a_name_server_that_fails)
{
    name_server const dns({.rcode = 2});
    start({.top = dns.setting(), .endpoint = "http://app.test:80"});
    expect_for_every_method({"dns_error", 502, "UPSTREAM_DNS_ERROR", "dns_error; rcode=\"SERVFAIL\"", verdict::wait_8});
}

TEST_F(connect_failures, show_for_a_name_server_that_is_silent)
{
    name_server const dns({.silent = true});
    start({.upstream = "timeouts: {connect: 200ms}", .top = dns.setting(), .endpoint = "http://app.test:80"});
    expect_for_every_method({"dns_timeout", 504, "UPSTREAM_DNS_TIMEOUT", "dns_timeout", verdict::wait_8});
}

TEST_F(connect_failures, show_only_when_every_address_of_a_name_has_failed)
{
    name_server const dns({.addresses = {"127.0.0.2", "127.0.0.3", "127.0.0.1"}}); // the upstream listens on one
    start({.top = dns.setting(), .endpoint = "http://app.test:" + std::to_string(upstream.port())});
    auto client = sent(post("hello"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request(server).body, "hello");
    server.send(response("200 OK", "found"));
    EXPECT_EQ(read_response(client).body, "found");
}

TEST_F(connect_failures, show_for_a_port_that_refuses)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    start({.endpoint = nobody.url()});
    expect_for_every_method(refused);
}

TEST_F(connect_failures, show_for_a_socket_file_that_is_not_there)
{
    start({.endpoint = "unix:/nowhere/app.sock"});
    expect_for_every_method(refused);
}

TEST_F(connect_failures, show_for_a_network_without_a_route)
{
    start({.endpoint = "http://255.255.255.255:80"}); // a broadcast address is never connected to
    expect_for_every_method({"unreachable", 502, "UPSTREAM_UNREACHABLE", "destination_ip_unroutable", verdict::wait_8});
}

TEST_F(connect_failures, show_for_a_connect_that_is_never_answered)
{
    port_of_loopback const full(port_of_loopback::kind::unreachable);
    start({.upstream = "timeouts: {connect: 200ms}", .endpoint = full.url()});
    expect_for_every_method(
        {"connect_timeout", 504, "UPSTREAM_CONNECT_TIMEOUT", "connection_timeout", verdict::wait_8});
}

TEST_F(connect_failures, show_for_a_tls_alert)
{
    start({.endpoint = https()});
    expect_after([](wire& server) { server.send(std::string("\x15\x03\x03\0\x02\x02\x28", 7)); }, // handshake_failure
                 {"tls_alert", 502, "UPSTREAM_TLS_ALERT", "tls_alert_received; alert-id=40"});
}

TEST_F(connect_failures, show_for_an_upstream_that_speaks_no_tls)
{
    start({.endpoint = https()});
    failure_row const broken{"tls_protocol", 502, "UPSTREAM_TLS_PROTOCOL", "tls_protocol_error"};
    expect_after([](wire& server) { server.send("HTTP/1.1 400 Bad Request\r\n\r\n"); }, broken);
    for(bool const resets : {false, true})
        expect_after(
            [&](wire& server)
            {
                (void)server.read_exactly(5); // of the ClientHello: earlier, a reset would be a refused connection
                resets ? server.reset() : server.close();
            },
            broken);
}

TEST_F(connect_failures, show_for_a_handshake_that_takes_too_long)
{
    start({.upstream = "timeouts: {tls: 200ms}", .endpoint = https()});
    expect_after([](wire& server) { (void)server.read_all(); },
                 {"tls_timeout", 504, "UPSTREAM_TLS_TIMEOUT", "connection_timeout", verdict::wait_8});
}

TEST_F(connect_failures, show_for_certificates_that_prove_nothing)
{
    certificate_maker const made;
    made.make("expired", "IP:127.0.0.1", "/CN=test", -1);
    made.make("other", "DNS:other.example,IP:127.0.0.2");
    made.make_untrusted("self", "IP:127.0.0.1");
    start({.upstream = "tls: {ca: " + made.ca() + "}", .endpoint = https()});
    for(std::string const name : {"expired", "other", "self"})
    {
        SCOPED_TRACE(name);
        expect_after(
            [&](wire& server)
            {
                EXPECT_THROW((void)tls_wire::accept(std::move(server),
                                                    {.certificate = made.certificate(name), .key = made.key(name)})
                                 .read_until("\r\n"),
                             broken_wire)
                    << "the request went to somebody who proved nothing";
            },
            certificate);
    }
}

// In TLS 1.3 the gateway's handshake is over before the upstream has seen that there is no certificate.
TEST_F(connect_failures, show_for_a_certificate_that_the_gateway_does_not_have)
{
    certificate_maker const made;
    made.make("a", "IP:127.0.0.1");
    start({.upstream = "tls: {ca: " + made.ca() + "}", .endpoint = https()});
    for(auto const& [version, alert] : {std::pair{TLS1_2_VERSION, "40"}, std::pair{TLS1_3_VERSION, "116"}})
        expect_after(
            [&, v = version](wire& server)
            {
                EXPECT_THROW((void)tls_wire::accept(std::move(server), {.certificate = made.certificate("a"),
                                                                        .key = made.key("a"),
                                                                        .ca = made.ca(),
                                                                        .least_version = v,
                                                                        .most_version = v}),
                             broken_wire);
            },
            {"tls_alert", 502, "UPSTREAM_TLS_ALERT", std::string("tls_alert_received; alert-id=") + alert});
}

TEST_F(connect_failures, show_for_an_upstream_that_takes_no_request)
{
    start({.upstream = "timeouts: {write: 300ms, response: 5s}"});
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    std::string const block(1 << 20, 'x');
    while(client.sends_within(block, std::chrono::milliseconds(100)))
    {
        // until nobody on the way has room any more
    }
    expect_row(read_response(client),
               {"write_timeout", 504, "UPSTREAM_WRITE_TIMEOUT", "connection_write_timeout", verdict::unsafe});
}

} // namespace
} // namespace errata::test
