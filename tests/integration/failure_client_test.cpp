// The failure table's rows about requests and those who send them, through the real program.
#include "failure_row.hpp"
#include "support/tls_wire.hpp"

namespace errata::test
{
namespace
{

class request_failures : public failure_fixture
{
};

failure_row refused(std::string const& cause, unsigned status, std::string const& code)
{
    return {cause, status, code, "http_request_error; status-code=" + std::to_string(status)};
}

failure_row const malformed = refused("malformed_request", 400, "MALFORMED_REQUEST");
failure_row const not_implemented = refused("not_implemented", 501, "NOT_IMPLEMENTED");
failure_row const http_version = refused("http_version", 505, "HTTP_VERSION_NOT_SUPPORTED");
failure_row const method_refused = refused("method_refused", 405, "METHOD_NOT_ALLOWED");
failure_row const loop{"loop_detected", 502, "LOOP_DETECTED", "proxy_loop_detected"};

struct refusal_case
{
    std::string request;
    failure_row row;
    bool closes = false;
};

TEST_F(request_failures, are_told_without_asking_the_upstream)
{
    start({.listener = "limits: {body: 1KiB}", .route = "match: {path_prefix: /api, methods: [GET, POST, DELETE]}"});
    refusal_case const refusals[] = {
        {get("/elsewhere"), {"no_route", 404, "ROUTE_NOT_FOUND", "destination_not_found"}},
        {"PUT /api HTTP/1.1\r\nHost: a\r\n\r\n", refused("method_not_allowed", 405, "METHOD_NOT_ALLOWED")},
        {"GET /api HTTP/1.1\r\n\r\n", malformed, true},
        {"GET /api\r\n\r\n", malformed, true},
        {get("/api", "X : a\r\n"), malformed, true},
        {get("/api", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), malformed, true},
        {get("/api", "X: " + std::string(70000, 'x') + "\r\n"),
         refused("request_headers_too_large", 431, "REQUEST_HEADERS_TOO_LARGE"), true},
        {get("/api/" + std::string(9000, 'x')), refused("uri_too_long", 414, "URI_TOO_LONG"), true},
        {"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n",
         refused("payload_too_large", 413, "PAYLOAD_TOO_LARGE"), true},
        {get("/api", "Transfer-Encoding: gzip, chunked\r\n"), not_implemented, true},
        {std::string(40, 'M') + " /api HTTP/1.1\r\nHost: a\r\n\r\n", not_implemented, true},
        {"GET /api HTTP/2.0\r\nHost: a\r\n\r\n", http_version, true},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", http_version, true},
        {"TRACE /api HTTP/1.1\r\nHost: a\r\n\r\n", method_refused},
        {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", method_refused},
        {get("/api", "Expect: a miracle\r\n"), refused("expectation_failed", 417, "EXPECTATION_FAILED")},
        {get("/api", "Via: 1.1 somebody, 1.1 gw-test\r\n"), loop},
        {get("/api", "Via: 1 a, 1 b, 1 c, 1 d, 1 e, 1 f, 1 g, 1 h, 1 i, 1 j, 1 k\r\n"), loop},
    };
    for(auto const& c : refusals)
    {
        SCOPED_TRACE(c.request.substr(0, 100));
        auto client = sent(c.request);
        auto const answer = read_response(client);
        expect_row(answer, c.row);
        EXPECT_FALSE(upstream.has_caller()) << "the request reached the upstream";
        if(c.row.status == 405)
        {
            EXPECT_TRUE(answer.has("Allow"));
        }
        if(c.closes)
        {
            EXPECT_EQ(answer.value("Connection"), "close");
            EXPECT_TRUE(client.closes());
        }
    }
}

TEST_F(request_failures, show_for_content_without_a_length_where_the_route_wants_one)
{
    start({.route = "require_length: true"});
    auto chunked = sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("hello"));
    expect_row(read_response(chunked), refused("length_required", 411, "LENGTH_REQUIRED"));
    EXPECT_FALSE(upstream.has_caller()) << "the request reached the upstream";
    EXPECT_TRUE(chunked.closes()) << "what follows on the connection is no request";
    for(auto const& whole : {get(), post("hello")})
    {
        auto client = sent(whole);
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(response("200 OK", "ok"));
        EXPECT_EQ(read_response(client).body, "ok");
    }
}

/// One answer to one request over this connection, which ends with it.
message answer_over(tls_wire&& client, std::string const& request)
{
    client.send(request);
    auto const whole = client.read_all();
    auto const end = whole.find("\r\n\r\n") + 4;
    auto answer = parse_head(whole.substr(0, end));
    answer.body = whole.substr(end);
    return answer;
}

// RFC 9110 7.4: who asks over a connection with another host's certificate has not been shown that it reached this one.
TEST_F(request_failures, show_for_a_host_that_the_certificate_is_not_for)
{
    certificate_maker const made;
    made.make("server", "DNS:a.example,DNS:*.b.example,IP:127.0.0.1,IP:::1");
    configuration c{.listener = "tls: {certificates: [{certificate: " + made.certificate("server") +
                                ", key: " + made.key("server") + "}]}",
                    .route = "match: {path_prefix: /api}",
                    .top = "trusted_proxies: none\n"};
    auto const asked = [](std::string const& host)
    { return "GET /elsewhere HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"; };
    start(c);
    for(std::string const host :
        {"a.example", "A.Example:8443", "a.example.", "www.b.example", "127.0.0.1", "[::1]:8443"})
        EXPECT_EQ(answer_over(tls_wire::connect(connect(), {}), asked(host)).status, 404U) << host;
    for(std::string const host : {"c.example", "b.example", "x.www.b.example", "127.0.0.2", "[::2]"})
    {
        SCOPED_TRACE(host);
        expect_row(answer_over(tls_wire::connect(connect(), {}), asked(host)),
                   refused("misdirected", 421, "MISDIRECTED_REQUEST"));
    }
    c.top = ""; // loopback is trusted: what it forwards has been checked by others
    start(c);
    EXPECT_EQ(answer_over(tls_wire::connect(connect(), {}), asked("c.example")).status, 404U);
}

TEST_F(request_failures, show_for_an_https_target_on_a_plain_connection)
{
    start({.route = "match: {path_prefix: /api}", .top = "trusted_proxies: none\n"});
    EXPECT_EQ(answered_by_gateway(get("http://api.example/elsewhere")).status, 404U);
    for(auto const& target : {"https://api.example/api", "HTTPS://api.example/elsewhere"})
        expect_row(answered_by_gateway(get(target)), refused("misdirected", 421, "MISDIRECTED_REQUEST"));
}

TEST_F(request_failures, name_the_methods_of_the_route)
{
    start({.route = "match: {methods: [GET, DELETE]}"});
    EXPECT_NE(answered_by_gateway(post("hello")).value("Allow").find("DELETE"), std::string::npos);
}

TEST_F(request_failures, show_for_a_head_that_takes_too_long)
{
    start({.listener = "timeouts: {head: 200ms}"});
    auto client = sent("GET / HTTP/1.1\r\nHost: a\r\nX: slow");
    auto const answer = read_response(client);
    auto row = refused("request_timeout", 408, "REQUEST_TIMEOUT");
    row.advice = verdict::wait_1;
    expect_row(answer, row);
    EXPECT_EQ(answer.value("Connection"), "close");
    EXPECT_TRUE(client.closes());
}

TEST_F(request_failures, show_for_a_head_that_drips)
{
    start({.listener = "timeouts: {head: 300ms}"});
    auto client = connect();
    client.drip("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(60, 'x'), std::chrono::milliseconds(10));
    EXPECT_EQ(read_response(client).status, 408U);
}

TEST_F(request_failures, show_for_content_that_stalls)
{
    start({.listener = "timeouts: {body: 200ms}"});
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    EXPECT_EQ(server.read_exactly(4), "half");
    auto row = refused("request_body_timeout", 408, "REQUEST_TIMEOUT");
    row.advice = verdict::unsafe;
    expect_row(read_response(client), row);
    EXPECT_TRUE(server.closes());
    EXPECT_TRUE(client.closes());
}

TEST_F(request_failures, show_for_content_that_is_no_chunked_coding)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("good"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    EXPECT_NE(server.read_until("good").size(), 0U);
    client.send("bad\n");
    auto row = refused("request_body_malformed", 400, "MALFORMED_REQUEST");
    row.advice = verdict::unsafe;
    expect_row(read_response(client), row);
    EXPECT_EQ(server.read_all().find("0\r\n\r\n"), std::string::npos) << "the upstream must not take it for complete";
}

TEST_F(request_failures, show_for_chunked_content_over_the_limit)
{
    start({.listener = "limits: {body: 1KiB}"});
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("start"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).method, "POST");
    client.try_send(chunk(std::string(2000, 'x')));
    auto row = refused("payload_too_large", 413, "PAYLOAD_TOO_LARGE");
    expect_row(read_response(client), row);
    EXPECT_EQ(server.read_all().find("0\r\n\r\n"), std::string::npos);
}

TEST_F(request_failures, are_recorded_for_a_client_that_is_gone)
{
    start();
    auto client = sent(get("/", "X-Request-Id: gone-client-1\r\n"));
    auto server = upstream.accept();
    (void)read_request(server);
    client.reset();
    EXPECT_TRUE(server.closes()) << "the upstream works for nobody";
    expect_recorded("gone-client-1", {"client_closed", 499, "CLIENT_CLOSED", "", verdict::never, true, "client"});
}

} // namespace
} // namespace errata::test
