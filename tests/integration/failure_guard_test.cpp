// The failure table's rows about what the gateway keeps from an upstream, or from itself, through the real program.
#include "failure_row.hpp"
#include "support/tls_wire.hpp"

#include <csignal>

namespace errata::test
{
namespace
{

class guard_failures : public failure_fixture
{
protected:
    /// One request that the upstream answers with `answer`; what the client got.
    message answered_with(std::string const& answer)
    {
        auto client = sent(get());
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(answer);
        return read_response(client);
    }

    /// The upstream must not be asked; the wait is what the gateway knows.
    message expect_guarded(failure_row row)
    {
        row.advice = verdict::known;
        auto const answer = answered_by_gateway(get());
        expect_row(answer, row);
        return answer;
    }
};

failure_row const saturated{"saturated", 503, "UPSTREAM_SATURATED", "connection_limit_reached", verdict::known};
failure_row const queue_timeout{"queue_timeout", 503, "QUEUE_TIMEOUT", "connection_limit_reached", verdict::known};
failure_row const overloaded{"overloaded", 503, "GATEWAY_OVERLOADED", "proxy_internal_response", verdict::known};

TEST_F(guard_failures, show_while_the_breaker_is_open)
{
    start({.upstream = "breaker: {consecutive_failures: 2, open: 20s}"});
    for(int i = 0; i < 2; ++i)
        EXPECT_EQ(answered_with("garbage\r\n\r\n").status, 502U);
    auto const answer = expect_guarded({"circuit_open", 503, "CIRCUIT_OPEN", "destination_unavailable"});
    auto const wait = std::stoi(answer.value("Retry-After"));
    EXPECT_GE(wait, 1);
    EXPECT_LE(wait, 20) << "no longer than it stays open";
}

TEST_F(guard_failures, show_when_no_endpoint_is_healthy)
{
    start({.upstream = "check: {interval: 100ms, timeout: 100ms, unhealthy: 1, tcp: true}",
           .endpoint = port_of_loopback(port_of_loopback::kind::refusing).url()});
    // Until the first check has failed, requests fail by themselves.
    message answer;
    EXPECT_TRUE(comes_true([&] { return (answer = answered_by_gateway(get())).status != 502; }));
    expect_row(answer, {"no_healthy_endpoint", 503, "NO_HEALTHY_UPSTREAM", "destination_unavailable", verdict::known});
}

TEST_F(guard_failures, show_while_the_upstream_wants_to_be_left_alone)
{
    start({.upstream = "shield: {on: [503]}"});
    EXPECT_EQ(answered_with(response("503 Service Unavailable", "", "Retry-After: 30\r\n")).value("Retry-After"), "30");
    auto const answer = expect_guarded({"cooldown", 503, "UPSTREAM_COOLDOWN", "proxy_internal_response"});
    EXPECT_LE(std::stoi(answer.value("Retry-After")), 30);
}

TEST_F(guard_failures, show_to_a_caller_that_was_told_to_wait)
{
    start({.route = "hold: {key: address}"});
    EXPECT_EQ(answered_with(response("429 Too Many Requests", "", "Retry-After: 30\r\n")).value("Retry-After"), "30");
    auto const answer = expect_guarded({"retry_too_early", 429, "RETRY_TOO_EARLY", "proxy_internal_response"});
    EXPECT_LE(std::stoi(answer.value("Retry-After")), 30);
}

TEST_F(guard_failures, show_when_the_queue_is_full_and_when_it_takes_too_long)
{
    start({.upstream = "concurrency: {limit: 1, queue: 1, queue_timeout: 500ms}"});
    auto first = sent(get("/first"));
    auto server = upstream.accept();
    (void)read_request(server);
    // One of the two waits in vain; the other finds the queue full (or comes, on a slow machine, when it is over).
    auto second = sent(get("/second"));
    auto third = sent(get("/third"));
    for(auto* const client : {&second, &third})
    {
        auto const answer = read_response(*client);
        expect_row(answer, answer.body.find("QUEUE_TIMEOUT") != std::string::npos ? queue_timeout : saturated);
    }
    EXPECT_GE(counted("queue_timeout", 503), 1);
    server.send(response("200 OK", "first"));
    EXPECT_EQ(read_response(first).body, "first");
    auto next = sent(get("/next"));
    EXPECT_EQ(read_request(server).target, "/next") << "the place was given back";
    server.send(response("200 OK", "next"));
    EXPECT_EQ(read_response(next).body, "next");
}

TEST_F(guard_failures, show_when_there_is_no_queue)
{
    start({.upstream = "concurrency: {limit: 1}"});
    auto first = sent(get("/first"));
    auto server = upstream.accept();
    (void)read_request(server);
    expect_guarded(saturated);
    server.send(response("200 OK", "first"));
    EXPECT_EQ(read_response(first).body, "first");
}

TEST_F(guard_failures, show_during_maintenance_with_the_time_that_remains)
{
    start({.route = "maintenance: {on: true, detail: \"Back at noon.\"}"});
    auto const answer = answered_by_gateway(get());
    auto const body = own_error(answer);
    EXPECT_EQ(text(body, "detail"), "Back at noon.");
    expect_recorded(answer.value("X-Request-Id"), {"maintenance", 503, "MAINTENANCE", "proxy_internal_response"});

    start({.route = "maintenance: {on: true, until: \"2999-01-01T00:00:00Z\"}"});
    expect_guarded({"maintenance", 503, "MAINTENANCE", "proxy_internal_response"});
}

TEST_F(guard_failures, show_when_the_drain_deadline_has_come)
{
    start({.top = "drain: {deadline: 300ms}\n"});
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    gateway->signal(SIGTERM);
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 503U);
    auto const body = own_error(answer);
    EXPECT_EQ(text(body, "code"), "GATEWAY_DRAINING");
    EXPECT_EQ(answer.value("Proxy-Status"), "gw-test; error=proxy_internal_response");
    EXPECT_EQ(answer.value("Retry-After"), "1");
    EXPECT_EQ(answer.value("Connection"), "close");
    EXPECT_TRUE(client.closes());
    EXPECT_EQ(gateway->stop(), 0);
    EXPECT_EQ(text(line_of(answer.value("X-Request-Id")), "cause"), "draining");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // these need a pipe to look at an object
TEST_F(guard_failures, show_when_descriptors_run_out)
{
    start({.route = "match: {path_prefix: /api}"});
    auto held = sent(get("/elsewhere"));
    EXPECT_EQ(read_response(held).status, 404U);
    gateway->limit_descriptors(gateway->first_free_descriptor());
    held.send(get("/api"));
    auto const inside = read_response(held);
    auto client = sent(get("/api"));
    auto const outside = read_response(client);
    EXPECT_EQ(outside.value("Connection"), "close");
    EXPECT_TRUE(client.closes());
    EXPECT_FALSE(client.was_reset()) << "a reset can overtake the answer";
    EXPECT_FALSE(upstream.has_caller());

    gateway->limit_descriptors(1024);
    for(auto const* answer : {&inside, &outside})
    {
        expect_row(*answer, overloaded);
        EXPECT_LE(std::stoi(answer->value("Retry-After")), 2);
    }
    EXPECT_EQ(counted("overloaded", 503), 2);
    held.send(get("/api"));
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "again"));
    EXPECT_EQ(read_response(held).body, "again");
}

// A descriptor that is free for a moment may be taken by another thread: nobody waits for it in vain.
TEST_F(guard_failures, reach_everybody_when_descriptors_run_out_on_several_threads)
{
    start({.route = "match: {path_prefix: /api}", .top = "threads: 4\n"});
    auto first = sent(get("/elsewhere"));
    EXPECT_EQ(read_response(first).status, 404U); // everything is set up
    gateway->limit_descriptors(gateway->first_free_descriptor() + 4);
    std::vector<wire> clients;
    for(int i = 0; i < 120; ++i)
        clients.push_back(sent(get("/elsewhere")));
    for(auto& client : clients) // all of them stay connected
    {
        auto const status = read_response(client).status;
        EXPECT_TRUE(status == 404U || status == 503U) << status;
    }
    gateway->limit_descriptors(1024);
}
#endif

TEST_F(guard_failures, show_when_there_are_too_many_connections)
{
    for(std::string const limit : {"connections", "connections_per_client"})
    {
        SCOPED_TRACE(limit);
        start({.listener = "limits: {" + limit + ": 2}"});
        wire const held[] = {sent("GET / HTTP/1.1\r\nHost: held\r\n"), sent("GET / HTTP/1.1\r\nHost: held\r\n")};
        auto client = sent(get());
        auto const answer = read_response(client);
        expect_row(answer, overloaded);
        EXPECT_LE(std::stoi(answer.value("Retry-After")), 2);
        EXPECT_EQ(answer.value("Connection"), "close");
        EXPECT_TRUE(client.closes());
        EXPECT_EQ(text(line_of(answer.value("X-Request-Id")), "client"), "127.0.0.1");
        EXPECT_EQ(counted("overloaded", 503), 1);
    }
}

// The answer is rendered as all others are.
TEST_F(guard_failures, show_in_the_form_that_is_configured_when_there_are_too_many_connections)
{
    start({.listener = "limits: {connections: 1}",
           .top = "errors: {type_base: https://errors.example.com/, render: envelope}\n"});
    auto const held = sent("GET / HTTP/1.1\r\nHost: held\r\n");
    auto client = sent(get());
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_TRUE(answer.body.starts_with("{\"error\":{\"code\":\"GATEWAY_OVERLOADED\"")) << answer.body;
}

// Before the handshake nothing can be said in TLS: it is recorded with no status.
TEST_F(guard_failures, are_recorded_for_too_many_connections_over_tls)
{
    certificate_maker const made;
    made.make("a", "DNS:a.example");
    start({.listener = "limits: {connections: 1}, tls: {certificates: [{certificate: " + made.certificate("a") +
                       ", key: " + made.key("a") + "}]}"});
    auto const held = tls_wire::connect(connect(), {});
    auto client = connect();
    EXPECT_TRUE(client.closes());
    EXPECT_TRUE(gateway->logs("\"status\":0"));
    EXPECT_EQ(counted("overloaded", 0), 1);
}

} // namespace
} // namespace errata::test
