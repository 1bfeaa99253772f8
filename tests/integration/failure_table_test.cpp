// Every row of the failure table that can be produced with two sockets, through the real program: status, code,
// Proxy-Status token, retry verdict.
#include "gateway_fixture.hpp"

#include <functional>
#include <vector>

namespace errata::test
{
namespace
{

/// What the client is told about retrying.
enum class verdict
{
    wait_8, ///< the policy's first backoff
    never,
    unsafe ///< not allowed, because the request may have been executed
};

struct failure_case
{
    std::string name;
    std::function<void(port_of_loopback&)> script; ///< the upstream's side
    unsigned status;
    std::string code;
    std::string token;
    verdict for_get;
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

std::vector<failure_case> const cases{
    {"closed before the head", closes_unanswered, 502, "UPSTREAM_CLOSED", "connection_terminated", verdict::wait_8,
     verdict::unsafe, 2},
    {"reset before the head", resets_unanswered, 502, "UPSTREAM_CLOSED", "connection_terminated", verdict::wait_8,
     verdict::unsafe, 2},
    {"closed inside the head", says("HTTP/1.1 200 OK\r\nContent-Le"), 502, "UPSTREAM_INCOMPLETE",
     "http_response_incomplete", verdict::wait_8, verdict::unsafe},
    {"garbage", says("220 mail.example ESMTP\r\n\r\n"), 502, "UPSTREAM_MALFORMED", "http_protocol_error",
     verdict::never, verdict::never},
    {"HTTP/0.9", says("<html>hello</html>"), 502, "UPSTREAM_MALFORMED", "http_protocol_error", verdict::never,
     verdict::never},
    {"status 999", says("HTTP/1.1 999 Blocked\r\nContent-Length: 0\r\n\r\n"), 502, "UPSTREAM_MALFORMED",
     "http_protocol_error", verdict::never, verdict::never},
    {"white space before the colon", says("HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n"), 502, "UPSTREAM_MALFORMED",
     "http_protocol_error", verdict::never, verdict::never},
    {"an unasked 101", says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
     502, "UPSTREAM_MALFORMED", "http_protocol_error", verdict::never, verdict::never},
    {"two lengths", says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"), 502,
     "UPSTREAM_FRAMING", "http_protocol_error", verdict::never, verdict::never},
    {"length and coding", says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     502, "UPSTREAM_FRAMING", "http_protocol_error", verdict::never, verdict::never},
    {"an unknown coding", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 502,
     "UPSTREAM_TRANSFER_CODING", "http_response_transfer_coding", verdict::never, verdict::never},
    {"a head without end", says("HTTP/1.1 200 OK\r\nX: " + std::string(100000, 'x')), 502, "UPSTREAM_HEADERS_TOO_LARGE",
     "http_response_header_section_size", verdict::never, verdict::never},
    {"407",
     says("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"), 502,
     "UPSTREAM_PROXY_AUTH", "http_protocol_error", verdict::never, verdict::never},
    {"silence", stalls_after(""), 504, "UPSTREAM_RESPONSE_TIMEOUT", "http_response_timeout", verdict::wait_8,
     verdict::unsafe},
    {"silence inside the head", stalls_after("HTTP/1.1 200 OK\r\nCont"), 504, "UPSTREAM_READ_TIMEOUT",
     "connection_read_timeout", verdict::wait_8, verdict::unsafe},
    {"silence after interim answers", stalls_after("HTTP/1.1 103 Early Hints\r\n\r\n"), 504, "UPSTREAM_READ_TIMEOUT",
     "connection_read_timeout", verdict::wait_8, verdict::unsafe},
};

/// The final answer: interim ones before it are legitimate.
message final_response(wire& client)
{
    auto answer = read_response(client);
    while(answer.status < 200)
        answer = read_response(client);
    return answer;
}

void expect_verdict(boost::json::object const& body, verdict wanted)
{
    ASSERT_TRUE(body.contains("retry"));
    auto const& retry = body.at("retry").as_object();
    EXPECT_EQ(retry.at("allowed").as_bool(), wanted == verdict::wait_8);
    if(wanted == verdict::wait_8)
    {
        EXPECT_EQ(retry.at("after").to_number<unsigned>(), 8U);
    }
    if(wanted == verdict::unsafe)
    {
        EXPECT_FALSE(retry.at("safe").as_bool());
    }
}

class failure_table : public gateway_fixture
{
protected:
    void check(failure_case const& c, std::string const& request, verdict wanted, unsigned calls)
    try
    {
        SCOPED_TRACE(c.name + ", " + request.substr(0, 4));
        auto client = sent(request);
        for(unsigned i = 0; i < calls; ++i)
            c.script(upstream);
        auto const answer = final_response(client);
        EXPECT_EQ(answer.status, c.status);
        auto const body = own_error(answer);
        EXPECT_EQ(text(body, "code"), c.code);
        EXPECT_NE(answer.value("Proxy-Status").find("gw-test; error=" + c.token), std::string::npos)
            << answer.value("Proxy-Status");
        expect_verdict(body, wanted);
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
        check(c, get(), c.for_get, c.tries_for_get);
        check(c, post("hello"), c.for_post, 1);
    }
}

TEST_F(failure_table, holds_for_a_storm_of_interim_answers)
{
    start();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    for(int i = 0; i < 1000 && server.try_send("HTTP/1.1 102 Processing\r\n\r\n"); ++i)
    {
    }
    EXPECT_EQ(text(own_error(final_response(client)), "code"), "UPSTREAM_MALFORMED");
}

TEST_F(failure_table, holds_for_a_refused_connection)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    start({.endpoint = nobody.url()});
    for(auto const& request : {get(), post("hello")})
    {
        auto client = sent(request);
        auto const answer = read_response(client);
        EXPECT_EQ(answer.status, 502U);
        auto const body = own_error(answer);
        EXPECT_EQ(text(body, "code"), "UPSTREAM_REFUSED");
        EXPECT_EQ(answer.value("Proxy-Status").find("gw-test; error=connection_refused"), 0U);
        expect_verdict(body, verdict::wait_8);
        EXPECT_TRUE(body.at("retry").as_object().at("safe").as_bool());
    }
}

TEST_F(failure_table, holds_for_a_connect_that_is_never_answered)
{
    port_of_loopback const full(port_of_loopback::kind::unreachable);
    start({.upstream = "timeouts: {connect: 200ms}", .endpoint = full.url()});
    auto client = sent(post("hello"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 504U);
    auto const body = own_error(answer);
    EXPECT_EQ(text(body, "code"), "UPSTREAM_CONNECT_TIMEOUT");
    EXPECT_EQ(answer.value("Proxy-Status").find("gw-test; error=connection_timeout"), 0U);
    expect_verdict(body, verdict::wait_8);
}

TEST_F(failure_table, holds_for_the_total_deadline)
{
    start({.upstream = "timeouts: {connect: 100ms, total: 200ms}"});
    auto client = sent(get());
    stalls_after("")(upstream);
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 504U);
    EXPECT_EQ(text(own_error(answer), "code"), "DEADLINE_EXCEEDED");
}

TEST_F(failure_table, holds_for_an_error_body_that_is_cut_or_stalls)
{
    start();
    for(bool const stalls : {false, true})
    {
        auto client = sent(get());
        auto server = upstream.accept();
        (void)read_request(server);
        server.send("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 500\r\n"
                    "Retry-After: 3\r\n\r\n{\"message\": \"We are");
        if(!stalls)
            server.close();
        auto const answer = read_response(client);
        EXPECT_EQ(answer.status, 503U);
        EXPECT_TRUE(answer.complete);
        EXPECT_EQ(answer.value("Retry-After"), "3");
        EXPECT_EQ(answer.value("Content-Type"), "application/problem+json");
        EXPECT_NE(answer.body.find("\"origin\":\"upstream\""), std::string::npos) << answer.body;
    }
}

struct refusal_case
{
    std::string request;
    unsigned status;
    std::string code;
};

TEST_F(failure_table, holds_for_what_clients_do)
{
    start({.listener = "limits: {body: 1KiB}", .route = "match: {path_prefix: /api}"});
    refusal_case const refusals[] = {
        {get("/elsewhere"), 404, "ROUTE_NOT_FOUND"},
        {"GET /api HTTP/1.1\r\n\r\n", 400, "MALFORMED_REQUEST"},
        {"GET /api\r\n\r\n", 400, "MALFORMED_REQUEST"},
        {get("/api", "X : a\r\n"), 400, "MALFORMED_REQUEST"},
        {get("/api", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400, "MALFORMED_REQUEST"},
        {get("/api", "X: " + std::string(70000, 'x') + "\r\n"), 431, "REQUEST_HEADERS_TOO_LARGE"},
        {get("/api/" + std::string(9000, 'x')), 414, "URI_TOO_LONG"},
        {"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n", 413, "PAYLOAD_TOO_LARGE"},
        {get("/api", "Transfer-Encoding: gzip, chunked\r\n"), 501, "NOT_IMPLEMENTED"},
        {std::string(40, 'M') + " /api HTTP/1.1\r\nHost: a\r\n\r\n", 501, "NOT_IMPLEMENTED"},
        {"GET /api HTTP/2.0\r\nHost: a\r\n\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED"},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED"},
        {"TRACE /api HTTP/1.1\r\nHost: a\r\n\r\n", 405, "METHOD_NOT_ALLOWED"},
        {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405, "METHOD_NOT_ALLOWED"},
        {get("/api", "Expect: a miracle\r\n"), 417, "EXPECTATION_FAILED"},
        {get("/api", "Via: 1.1 somebody, 1.1 gw-test\r\n"), 502, "LOOP_DETECTED"},
        {get("/api", "Via: 1 a, 1 b, 1 c, 1 d, 1 e, 1 f, 1 g, 1 h, 1 i, 1 j, 1 k\r\n"), 502, "LOOP_DETECTED"},
    };
    for(auto const& c : refusals)
    {
        SCOPED_TRACE(c.request.substr(0, 100));
        auto const answer = answered_by_gateway(c.request);
        EXPECT_EQ(answer.status, c.status);
        auto const body = own_error(answer);
        EXPECT_EQ(text(body, "code"), c.code);
        EXPECT_FALSE(body.at("retry").as_object().at("allowed").as_bool());
        auto const token = c.status == 404   ? "destination_not_found"
                           : c.status == 502 ? "proxy_loop_detected"
                                             : "http_request_error";
        EXPECT_NE(answer.value("Proxy-Status").find(std::string("gw-test; error=") + token), std::string::npos)
            << answer.value("Proxy-Status");
        if(c.status == 405)
        {
            EXPECT_TRUE(answer.has("Allow"));
        }
    }
}

TEST_F(failure_table, holds_for_a_method_that_the_route_does_not_have)
{
    start({.route = "match: {methods: [GET, DELETE]}"});
    auto const answer = answered_by_gateway(post("hello"));
    EXPECT_EQ(answer.status, 405U);
    EXPECT_EQ(text(own_error(answer), "code"), "METHOD_NOT_ALLOWED");
    EXPECT_NE(answer.value("Allow").find("DELETE"), std::string::npos);
}

TEST_F(failure_table, holds_for_maintenance)
{
    start({.route = "maintenance: {on: true, detail: \"Back at noon.\"}"});
    auto const answer = answered_by_gateway(get());
    EXPECT_EQ(answer.status, 503U);
    auto const body = own_error(answer);
    EXPECT_EQ(text(body, "code"), "MAINTENANCE");
    EXPECT_EQ(text(body, "detail"), "Back at noon.");
}

TEST_F(failure_table, holds_for_a_head_that_takes_too_long)
{
    start({.listener = "timeouts: {head: 200ms}"});
    auto client = sent("GET / HTTP/1.1\r\nHost: a\r\nX: slow");
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 408U);
    auto const body = own_error(answer);
    EXPECT_EQ(text(body, "code"), "REQUEST_TIMEOUT");
    EXPECT_EQ(answer.value("Retry-After"), "1");
    EXPECT_EQ(answer.value("Connection"), "close");
    EXPECT_TRUE(client.closes());
}

TEST_F(failure_table, holds_for_a_head_that_drips)
{
    start({.listener = "timeouts: {head: 300ms}"});
    auto client = connect();
    client.drip("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(60, 'x'), std::chrono::milliseconds(10));
    EXPECT_EQ(read_response(client).status, 408U);
}

TEST_F(failure_table, holds_for_a_request_body_that_stalls)
{
    start({.listener = "timeouts: {body: 200ms}"});
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    EXPECT_EQ(server.read_exactly(4), "half");
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 408U);
    EXPECT_EQ(text(own_error(answer), "code"), "REQUEST_TIMEOUT");
    EXPECT_TRUE(server.closes());
    EXPECT_TRUE(client.closes());
}

TEST_F(failure_table, holds_for_a_request_body_that_is_no_chunked_coding)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("good"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    EXPECT_NE(server.read_until("good").size(), 0U);
    client.send("bad\n");
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 400U);
    EXPECT_EQ(text(own_error(answer), "code"), "MALFORMED_REQUEST");
    EXPECT_EQ(server.read_all().find("0\r\n\r\n"), std::string::npos) << "the upstream must not take it for complete";
}

TEST_F(failure_table, holds_for_a_chunked_body_over_the_limit)
{
    start({.listener = "limits: {body: 1KiB}"});
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("start"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    client.try_send(chunk(std::string(2000, 'x')));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 413U);
    EXPECT_EQ(text(own_error(answer), "code"), "PAYLOAD_TOO_LARGE");
    EXPECT_EQ(server.read_all().find("0\r\n\r\n"), std::string::npos);
}

} // namespace
} // namespace errata::test
