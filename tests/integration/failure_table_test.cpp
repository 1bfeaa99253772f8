// The failure table's rows about an upstream's answer, through the real program: status, code, Proxy-Status with its
// parameters, retry verdict, access log, metric.
#include "failure_row.hpp"

#include <sys/resource.h>

#include <functional>
#include <vector>

namespace errata::test
{
namespace
{

struct failure_case
{
    std::string name;
    std::function<void(port_of_loopback&)> script; ///< the upstream's side
    failure_row row;                               ///< for GET
    verdict for_post;
    unsigned tries_for_get = 1; ///< how often the upstream is called
};

std::function<void(port_of_loopback&)> says(std::string const& bytes)
{
    return [bytes](port_of_loopback& up)
    {
        auto server = up.accept();
        (void)read_request(server);
        server.try_send(bytes);
    };
}

void closes_unanswered(port_of_loopback& up)
{
    auto server = up.accept();
    (void)read_request(server);
}

void resets_unanswered(port_of_loopback& up)
{
    auto server = up.accept();
    (void)read_request(server);
    server.reset();
}

void storms(port_of_loopback& up)
{
    auto server = up.accept();
    (void)read_request(server);
    for(int i = 0; i < 1000 && server.try_send("HTTP/1.1 102 Processing\r\n\r\n"); ++i)
    {
    }
}

std::function<void(port_of_loopback&)> stalls_after(std::string const& bytes)
{
    return [bytes](port_of_loopback& up)
    {
        auto server = up.accept();
        (void)read_request(server);
        server.send(bytes);
        EXPECT_TRUE(server.closes()); // the gateway gives up and says so
    };
}

failure_row const closed{"closed", 502, "UPSTREAM_CLOSED", "connection_terminated", verdict::wait_8};
failure_row const malformed{"malformed_response", 502, "UPSTREAM_MALFORMED", "http_protocol_error"};
failure_row const framing{"framing", 502, "UPSTREAM_FRAMING", "http_protocol_error"};
failure_row const read_timeout{"read_timeout", 504, "UPSTREAM_READ_TIMEOUT", "connection_read_timeout",
                               verdict::wait_8};

std::vector<failure_case> const cases{
    {"closed before the head", closes_unanswered, closed, verdict::unsafe, 2},
    {"reset before the head", resets_unanswered, closed, verdict::unsafe, 2},
    {"closed inside the head",
     says("HTTP/1.1 200 OK\r\nContent-Le"),
     {"incomplete", 502, "UPSTREAM_INCOMPLETE", "http_response_incomplete", verdict::wait_8},
     verdict::unsafe},
    {"garbage", says("220 mail.example ESMTP\r\n\r\n"), malformed, verdict::never},
    {"HTTP/0.9", says("<html>hello</html>"), malformed, verdict::never},
    {"status 999", says("HTTP/1.1 999 Blocked\r\nContent-Length: 0\r\n\r\n"), malformed, verdict::never},
    {"white space before the colon", says("HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n"), malformed, verdict::never},
    {"an unasked 101", says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
     malformed, verdict::never},
    {"a storm of interim answers", storms, malformed, verdict::never},
    {"two lengths", says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"), framing,
     verdict::never},
    {"length and coding", says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     framing, verdict::never},
    {"an unknown coding",
     says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
     {"transfer_coding", 502, "UPSTREAM_TRANSFER_CODING", "http_response_transfer_coding; coding=gzip"},
     verdict::never},
    {"a head that is too large",
     says("HTTP/1.1 200 OK\r\nX: " + std::string(100000, 'x') + "\r\n\r\n"),
     {"response_headers_too_large", 502, "UPSTREAM_HEADERS_TOO_LARGE",
      "http_response_header_section_size; header-section-size=*"},
     verdict::never},
    {"407",
     says("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"),
     {"proxy_auth", 502, "UPSTREAM_PROXY_AUTH", "http_protocol_error; received-status=407"},
     verdict::never},
    {"silence",
     stalls_after(""),
     {"response_timeout", 504, "UPSTREAM_RESPONSE_TIMEOUT", "http_response_timeout", verdict::wait_8},
     verdict::unsafe},
    {"silence inside the head", stalls_after("HTTP/1.1 200 OK\r\nCont"), read_timeout, verdict::unsafe},
    {"silence after interim answers", stalls_after("HTTP/1.1 103 Early Hints\r\n\r\n"), read_timeout, verdict::unsafe},
};

class failure_table : public failure_fixture
{
protected:
    void check(failure_case const& c, std::string const& request, failure_row const& row, unsigned calls)
    try
    {
        SCOPED_TRACE(c.name + ", " + request.substr(0, 4));
        auto client = sent(request);
        for(unsigned i = 0; i < calls; ++i)
            c.script(upstream);
        expect_row(final_response(client), row);
        EXPECT_FALSE(upstream.has_caller()) << "called once too often";
    }
    catch(broken_wire const& e)
    {
        ADD_FAILURE() << c.name << ", " << request.substr(0, 4) << ": " << e.what();
    }
};

TEST_F(failure_table, holds_for_what_upstreams_do)
{
    start({.upstream = "timeouts: {response: 300ms}"});
    for(auto const& c : cases)
    {
        check(c, get(), c.row, c.tries_for_get);
        auto for_post = c.row;
        for_post.advice = c.for_post;
        // A 407 says for certain that nothing was executed; all else may have been.
        for_post.safe = c.row.cause == "proxy_auth";
        check(c, post("hello"), for_post, 1);
    }
}

TEST_F(failure_table, holds_for_a_switch_to_another_protocol_than_those_offered)
{
    start();
    auto client = sent(get("/", "Connection: Upgrade\r\nUpgrade: websocket, foo/2\r\n"));
    says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: irc/6.9\r\n\r\n")(upstream);
    expect_row(read_response(client), {"upgrade_failed", 502, "UPGRADE_FAILED", "http_upgrade_failed"});
}

TEST_F(failure_table, holds_for_a_switch_before_the_request_is_through)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n" +
                       chunk("half"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).value("Upgrade"), "websocket");
    server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect_row(read_response(client),
               {"upgrade_failed", 502, "UPGRADE_FAILED", "http_upgrade_failed", verdict::unsafe});
    EXPECT_TRUE(client.closes());
}

TEST_F(failure_table, holds_for_a_reused_connection_that_dies)
{
    start();
    auto [client, server] = warmed();
    client.send(post("pay"));
    EXPECT_EQ(read_request(server).body, "pay");
    server.close();
    expect_row(read_response(client),
               {"closed_idle", 502, "UPSTREAM_CLOSED_IDLE", "connection_terminated", verdict::unsafe});
}

TEST_F(failure_table, holds_for_the_rate_limit)
{
    start({.route = "rate_limit: {requests: 1, per: 60s}", .top = "threads: 2\n"});
    auto [client, server] = warmed();
    client.send(post("too early"));
    auto const answer = read_response(client);
    expect_row(answer,
               {"rate_limited", 429, "RATE_LIMIT_EXCEEDED", "http_request_error; status-code=429", verdict::known});
    EXPECT_GE(std::stoi(answer.value("Retry-After")), 1);
    EXPECT_LE(std::stoi(answer.value("Retry-After")), 60);
    // Other connections are served by other threads, which count by the same limit.
    for(int i = 0; i < 8; ++i)
    {
        auto other = sent(get());
        EXPECT_EQ(read_response(other).status, 429U);
    }
}

TEST_F(failure_table, holds_for_the_total_deadline)
{
    start({.upstream = "timeouts: {connect: 100ms, total: 200ms}"});
    auto client = sent(get());
    stalls_after("")(upstream);
    expect_row(read_response(client), {"deadline", 504, "DEADLINE_EXCEEDED", "http_response_timeout", verdict::wait_8});
}

// The status is the upstream's, and so is the origin; that its content could not be used shows beside.
TEST_F(failure_table, holds_for_error_bodies_that_cannot_be_used)
{
    start({.route = "errors: {max_body: 1KiB, body_deadline: 200ms}"});
    struct body_case
    {
        std::string fields, content;
        bool stalls;
        std::string error;
    };
    auto const begun = std::string("{\"message\": \"We are");
    body_case const bodies[] = {
        {"Content-Length: 500\r\n", begun, false, "http_response_incomplete"},
        {"Transfer-Encoding: chunked\r\n", chunk(begun), false, "http_response_incomplete"},
        {"Content-Length: 500\r\n", begun, true, "connection_read_timeout"},
        {"Content-Length: 2000\r\n", begun + std::string(2000 - begun.size(), 'x'), false, "http_response_body_size"},
        {"Content-Encoding: gzip\r\nContent-Length: 4\r\n", "nope", false, "http_response_content_coding"},
        {"Content-Encoding: secret\r\nContent-Length: 4\r\n", "nope", false, "http_response_content_coding"},
    };
    for(auto const& b : bodies)
    {
        SCOPED_TRACE(b.error + " " + b.fields);
        auto client = sent(get());
        auto server = upstream.accept();
        (void)read_request(server);
        server.send("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    "Retry-After: 3\r\n" +
                    b.fields + "\r\n" + b.content);
        if(!b.stalls)
            server.close();
        auto const answer = read_response(client);
        EXPECT_EQ(answer.status, 503U);
        EXPECT_TRUE(answer.complete);
        EXPECT_EQ(answer.value("Retry-After"), "3");
        EXPECT_EQ(answer.value("Content-Type"), "application/problem+json");
        EXPECT_EQ(answer.value("Proxy-Status"), "gw-test; error=" + b.error + "; received-status=503");
        EXPECT_NE(answer.body.find("\"code\":\"SERVICE_UNAVAILABLE\""), std::string::npos) << answer.body;
        EXPECT_NE(answer.body.find("\"origin\":\"upstream\""), std::string::npos) << answer.body;
        expect_recorded(answer.value("X-Request-Id"),
                        {"body_not_decodable", 503, "SERVICE_UNAVAILABLE", b.error, verdict::known, true, "upstream"});
    }
    EXPECT_EQ(counted("body_not_decodable", 503, "upstream"), std::size(bodies));
}

TEST_F(failure_table, holds_for_an_answer_that_is_cut_after_its_head)
{
    start({.upstream = "timeouts: {idle: 200ms}"});
    for(bool const stalls : {false, true})
    {
        auto const id = stalls ? "cut-by-silence" : "cut-by-closing";
        auto client = sent(get("/", std::string("X-Request-Id: ") + id + "\r\n"));
        auto server = upstream.accept();
        (void)read_request(server);
        server.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nonly half");
        (void)client.read_until("only half"); // the head is through
        if(!stalls)
            server.close();
        EXPECT_EQ(client.read_all(), "");
        EXPECT_TRUE(client.was_reset());
        expect_recorded(id, {"cut_after_head", 200, "", ""});
    }
    EXPECT_EQ(counted("cut_after_head", 200), 2);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // these need address space without bounds
// A bug cannot be made from outside; memory that runs out can, and takes the same way.
TEST_F(failure_table, holds_for_memory_that_has_run_out)
{
    start({.upstream = "concurrency: {limit: 1}",
           .route = "errors: {max_body: 64MiB, body_deadline: 60s}",
           .top = "memory: {error_bodies: 1GiB}\n"});
    auto client = sent(get());
    {
        auto server = upstream.accept();
        (void)read_request(server);
        gateway->limit_memory(gateway->mapped_bytes());
        server.try_send(
            response("500 Internal Server Error", std::string(60 << 20, 'x'), "Content-Type: text/plain\r\n"));
        auto const answer = read_response(client);
        expect_row(answer, {"internal", 500, "GATEWAY_INTERNAL_ERROR", "proxy_internal_error"});
        EXPECT_EQ(answer.value("Connection"), "close");
        EXPECT_TRUE(client.closes());
        gateway->limit_memory(RLIM_INFINITY);
    }
    EXPECT_NE(scrape().find("\nerrata_exceptions_total 1\n"), std::string::npos);
    // It costs that one request: its place is free, the gateway goes on (and ends in order with this test).
    auto next = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(next).body, "ok");
}

// Here it runs out wherever it is asked for: while connections are accepted, begun and read.
TEST_F(failure_table, shows_nothing_of_memory_that_ran_out_while_connections_came)
{
    constexpr rlim_t clients = 9500;
    rlimit files{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
    if(files.rlim_max < clients + 100)
        GTEST_SKIP() << "needs a hard limit of 9600 open files (ulimit -Hn), here it is " << files.rlim_max;
    files.rlim_cur = files.rlim_max;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
    start();
    gateway->limit_memory(gateway->mapped_bytes());
    {
        std::vector<wire> many;
        for(unsigned i = 0; i < clients; ++i)
        {
            many.push_back(connect());
            many.back().try_send("GET / HTTP/1.1\r\nHost: unfinished\r\n");
        }
        EXPECT_TRUE(gateway->logs("no memory"));
        gateway->limit_memory(RLIM_INFINITY);
    }
    EXPECT_TRUE(gateway->running());
    auto next = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(next).body, "ok");
}
#endif

} // namespace
} // namespace errata::test
