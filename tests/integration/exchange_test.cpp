// What passes through: messages, connections and their fields, as RFC 9110 and 9112 ask of a gateway.
#include "gateway_fixture.hpp"

#include <csignal>

namespace errata::test
{
namespace
{

class exchange : public gateway_fixture
{
protected:
    /// The request as the upstream got it; it answers "200 OK" with this content.
    message seen_upstream(std::string const& request, std::string const& answer = response("200 OK", "ok"))
    {
        auto client = sent(request);
        auto server = upstream.accept();
        auto seen = read_request(server);
        server.send(answer);
        server.close_write();
        last = read_response(client, request.substr(0, request.find(' ')));
        return seen;
    }

    message last; ///< what the client got
};

TEST_F(exchange, passes_request_and_answer_on)
{
    start();
    auto const seen =
        seen_upstream(post("hello", "X-One: 1\r\nAccept: text/plain\r\n"),
                      response("201 Created", "made", "Location: /a\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n"));
    EXPECT_EQ(seen.start_line, "POST / HTTP/1.1");
    EXPECT_EQ(seen.value("Host"), "api.example");
    EXPECT_EQ(seen.value("X-One"), "1");
    EXPECT_EQ(seen.value("Accept"), "text/plain");
    EXPECT_EQ(seen.body, "hello");
    EXPECT_EQ(last.start_line, "HTTP/1.1 201 Created");
    EXPECT_EQ(last.value("Location"), "/a");
    EXPECT_EQ(last.count("Set-Cookie"), 2U);
    EXPECT_EQ(last.body, "made");
    EXPECT_FALSE(last.has("Proxy-Status")) << "never on a forwarded success";
    EXPECT_EQ(last.count("Date"), 1U) << "RFC 9110 6.6.1: added where the upstream has none";
    EXPECT_EQ(last.count("X-Request-Id"), 1U);
}

TEST_F(exchange, tells_the_upstream_who_asked)
{
    start();
    auto const seen = seen_upstream(get("/a?b=c%20d", "Via: 1.0 first\r\nX-Request-Id: client-chosen-1\r\n"));
    EXPECT_EQ(seen.target, "/a?b=c%20d");
    EXPECT_EQ(seen.value("Via"), "1.0 first, 1.1 gw-test");
    EXPECT_EQ(seen.value("X-Forwarded-For"), "127.0.0.1");
    EXPECT_EQ(seen.value("X-Forwarded-Proto"), "http");
    EXPECT_EQ(seen.value("X-Forwarded-Host"), "api.example");
    EXPECT_EQ(seen.value("X-Request-Id"), "client-chosen-1");
    EXPECT_EQ(last.value("X-Request-Id"), "client-chosen-1");
}

TEST_F(exchange, makes_a_request_id_where_the_clients_is_none)
{
    start();
    for(auto const* bad : {"", "X-Request-Id: short\r\n", "X-Request-Id: with space inside\r\n"})
    {
        auto const seen = seen_upstream(get("/", bad));
        EXPECT_EQ(seen.count("X-Request-Id"), 1U);
        EXPECT_EQ(seen.value("X-Request-Id").size(), 36U) << "a UUID";
    }
}

TEST_F(exchange, extends_forwarding_fields_of_trusted_peers_only)
{
    start();
    auto const fields =
        "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: outer.example\r\n";
    auto const trusted = seen_upstream(get("/", fields));
    EXPECT_EQ(trusted.value("X-Forwarded-For"), "203.0.113.7, 127.0.0.1");
    EXPECT_EQ(trusted.value("X-Forwarded-Proto"), "https");
    EXPECT_EQ(trusted.value("X-Forwarded-Host"), "outer.example");

    start({.top = "trusted_proxies: none\n"});
    auto const untrusted = seen_upstream(get("/", fields));
    EXPECT_EQ(untrusted.value("X-Forwarded-For"), "127.0.0.1");
    EXPECT_EQ(untrusted.value("X-Forwarded-Proto"), "http");
    EXPECT_EQ(untrusted.value("X-Forwarded-Host"), "api.example");
}

TEST_F(exchange, keeps_fields_of_one_connection_to_that_connection)
{
    start();
    auto const seen = seen_upstream(
        get("/", "Connection: X-Mine, close\r\nKeep-Alive: 5\r\nProxy-Connection: a\r\nTE: gzip\r\nX-Mine: b\r\n"
                 "Upgrade: h2c\r\nHTTP2-Settings: AA\r\nX-Other: kept\r\n"),
        response("200 OK", "ok",
                 "Connection: X-Theirs\r\nKeep-Alive: 7\r\nX-Theirs: c\r\nProxy-Connection: d\r\nX-Kept: e\r\n"));
    for(auto const* name : {"Keep-Alive", "Proxy-Connection", "TE", "X-Mine", "Upgrade", "HTTP2-Settings"})
        EXPECT_FALSE(seen.has(name)) << name;
    EXPECT_EQ(seen.value("X-Other"), "kept");
    for(auto const* name : {"Keep-Alive", "X-Theirs", "Proxy-Connection"})
        EXPECT_FALSE(last.has(name)) << name;
    EXPECT_EQ(last.value("X-Kept"), "e");
    EXPECT_EQ(last.value("Connection"), "close");
}

TEST_F(exchange, keeps_what_connection_must_not_name)
{
    start();
    auto const seen = seen_upstream(post("hello", "Connection: Content-Length, Host, Authorization, X-Forwarded-For\r\n"
                                                  "Authorization: Bearer x\r\n"));
    EXPECT_EQ(seen.body, "hello");
    EXPECT_EQ(seen.value("Host"), "api.example");
    EXPECT_EQ(seen.value("Authorization"), "Bearer x");
    EXPECT_EQ(seen.value("X-Forwarded-For"), "127.0.0.1");
}

TEST_F(exchange, sends_absolute_targets_on_in_origin_form)
{
    start();
    auto const seen = seen_upstream("GET http://other.example:81/x?y HTTP/1.1\r\nHost: ignored.example\r\n\r\n");
    EXPECT_EQ(seen.target, "/x?y");
    EXPECT_EQ(seen.value("Host"), "other.example:81");
    EXPECT_EQ(seen_upstream("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").target, "*");
    EXPECT_EQ(seen_upstream("GET http://other.example?y HTTP/1.1\r\nHost: a\r\n\r\n").target, "/?y");
}

TEST_F(exchange, speaks_its_own_version)
{
    start();
    auto const seen = seen_upstream("GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
    EXPECT_EQ(seen.start_line, "GET / HTTP/1.1");
    EXPECT_EQ(seen.count("Host"), 1U) << "RFC 9112 3.2: every HTTP/1.1 request has one";
    EXPECT_NE(seen.value("Host"), "");
    EXPECT_EQ(last.start_line, "HTTP/1.1 200 OK");
    EXPECT_EQ(last.body, "ok");
}

TEST_F(exchange, serves_many_requests_over_one_pair_of_connections)
{
    start();
    auto client = connect();
    client.send(get("/first"));
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "first"));
    EXPECT_EQ(read_response(client).body, "first");
    for(int i = 0; i < 20; ++i)
    {
        client.send(get("/" + std::to_string(i)));
        EXPECT_EQ(read_request(server).target, "/" + std::to_string(i));
        server.send(response("200 OK", std::to_string(i)));
        EXPECT_EQ(read_response(client).body, std::to_string(i));
    }
    EXPECT_FALSE(upstream.has_caller());
}

TEST_F(exchange, shares_pooled_connections_between_clients)
{
    start();
    auto first = sent(get("/1"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request(server).target, "/1");
    server.send(response("200 OK", "1"));
    EXPECT_EQ(read_response(first).body, "1");
    auto second = sent(get("/2"));
    EXPECT_EQ(read_request(server).target, "/2");
    server.send(response("200 OK", "2"));
    EXPECT_EQ(read_response(second).body, "2");
}

TEST_F(exchange, answers_pipelined_requests_in_order)
{
    start();
    auto client = sent(get("/1") + post("two") + get("/3"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request(server).target, "/1");
    server.send(response("200 OK", "1"));
    EXPECT_EQ(read_request(server).body, "two");
    server.send(response("404 Not Found", "{}", "Content-Type: application/json\r\n"));
    EXPECT_EQ(read_request(server).target, "/3");
    server.send(response("200 OK", "3"));
    EXPECT_EQ(read_response(client).body, "1");
    EXPECT_EQ(read_response(client).status, 404U);
    EXPECT_EQ(read_response(client).body, "3");
}

TEST_F(exchange, closes_when_the_client_asks)
{
    start();
    auto client = sent(get("/", "Connection: close\r\n"));
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "ok"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.value("Connection"), "close");
    EXPECT_TRUE(client.closes());
    EXPECT_FALSE(client.was_reset());
}

TEST_F(exchange, keeps_http_1_0_connections_only_when_asked)
{
    start();
    auto once = sent("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(once).body, "ok");
    EXPECT_TRUE(once.closes());

    auto kept = sent("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    (void)read_request(server);
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(kept).value("Connection"), "keep-alive");
    kept.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    (void)read_request(server);
    server.send(response("200 OK", "again"));
    EXPECT_EQ(read_response(kept).body, "again");
}

TEST_F(exchange, never_sends_chunks_or_interim_answers_to_http_1_0)
{
    start();
    auto client = sent("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    auto server = upstream.accept();
    (void)read_request(server);
    server.send("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                chunk("one") + chunk("two") + "0\r\n\r\n");
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_FALSE(answer.has("Transfer-Encoding"));
    EXPECT_EQ(answer.body, "onetwo");
    EXPECT_TRUE(client.closes()) << "the end of the content is the end of the connection";
}

TEST_F(exchange, passes_interim_answers_on)
{
    start();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
    auto const early = read_response(client);
    EXPECT_EQ(early.status, 103U);
    EXPECT_EQ(early.value("Link"), "</a.css>");
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(client).body, "ok");
}

TEST_F(exchange, lets_the_upstream_decide_about_expectations)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    auto server = upstream.accept();
    EXPECT_EQ(read_request_head(server).value("Expect"), "100-continue");
    server.send("HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(read_response(client).status, 100U);
    client.send("hello");
    EXPECT_EQ(server.read_exactly(5), "hello");
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(client).body, "ok");
}

TEST_F(exchange, passes_a_refused_expectation_on)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    auto server = upstream.accept();
    (void)read_request_head(server);
    server.send(response("403 Forbidden", R"({"message": "Not you."})", "Content-Type: application/json\r\n"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 403U);
    EXPECT_NE(answer.body.find("Not you."), std::string::npos);
}

TEST_F(exchange, ignores_an_expectation_without_content)
{
    start();
    EXPECT_EQ(seen_upstream(get("/", "Expect: 100-continue\r\n")).method, "GET");
    EXPECT_EQ(last.status, 200U);
}

TEST_F(exchange, has_no_content_where_there_can_be_none)
{
    start();
    for(auto const* status : {"204 No Content", "304 Not Modified"})
    {
        auto client = sent(get() + get("/next"));
        auto server = upstream.accept();
        (void)read_request(server);
        server.send("HTTP/1.1 " + std::string(status) + "\r\nETag: \"a\"\r\n\r\n");
        EXPECT_EQ(read_response(client).body, "");
        (void)read_request(server);
        server.send(response("200 OK", "next", "Connection: close\r\n"));
        EXPECT_EQ(read_response(client).body, "next");
    }
}

TEST_F(exchange, answers_head_without_content)
{
    start();
    auto client = sent("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request(server).method, "HEAD");
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
    EXPECT_EQ(read_response(client, "HEAD").value("Content-Length"), "1234");
    (void)read_request(server);
    server.send(response("200 OK", "next"));
    EXPECT_EQ(read_response(client).body, "next");
}

TEST_F(exchange, answers_its_own_errors_to_head_with_the_length_of_get)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    start({.endpoint = nobody.url()});
    auto client = sent("HEAD / HTTP/1.1\r\nHost: a\r\nX-Request-Id: same-length\r\n\r\n" +
                       get("/", "X-Request-Id: same-length\r\n"));
    auto const head = read_response(client, "HEAD");
    auto const full = read_response(client);
    EXPECT_EQ(head.status, 502U);
    EXPECT_EQ(head.value("Content-Length"), full.value("Content-Length"));
    EXPECT_EQ(head.value("Content-Type"), full.value("Content-Type"));
    EXPECT_NE(full.body, "");
}

TEST_F(exchange, passes_chunks_and_trailers_both_ways)
{
    start();
    auto client =
        sent("POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n" +
             chunk("hel") + chunk("lo"));
    auto server = upstream.accept();
    client.send("0\r\nX-Sum: 5\r\n\r\n");
    auto const seen = read_request(server);
    EXPECT_TRUE(seen.chunked);
    EXPECT_EQ(seen.body, "hello");
    EXPECT_EQ(seen.trailers, "X-Sum: 5\r\n");
    server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Mine\r\n\r\n" + chunk("good") +
                chunk("bye") + "0\r\nX-Mine: 7\r\nContent-Length: 1\r\n\r\n");
    auto const answer = read_response(client);
    EXPECT_EQ(answer.body, "goodbye");
    EXPECT_EQ(answer.trailers, "X-Mine: 7\r\n") << "RFC 9110 6.5.1: framing fields have no place in trailers";
}

TEST_F(exchange, streams_both_ways_before_the_other_side_has_finished)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("one"));
    auto server = upstream.accept();
    (void)read_request_head(server);
    EXPECT_NE(server.read_until("one").size(), 0U);
    server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("uno"));
    (void)read_response_head(client);
    EXPECT_NE(client.read_until("uno").size(), 0U);
    client.send(chunk("two") + "0\r\n\r\n");
    EXPECT_NE(server.read_until("0\r\n\r\n").size(), 0U);
    server.send(chunk("due") + "0\r\n\r\n");
    EXPECT_NE(client.read_until("0\r\n\r\n").find("due"), std::string::npos);
}

TEST_F(exchange, passes_on_content_that_ends_with_the_connection)
{
    start();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send("HTTP/1.1 200 OK\r\n\r\nall there is");
    server.close();
    auto const answer = read_response(client);
    EXPECT_EQ(answer.body, "all there is");
    EXPECT_TRUE(answer.complete);
}

TEST_F(exchange, lets_a_client_that_has_finished_sending_have_its_answer)
{
    start();
    auto client = sent(get());
    client.close_write();
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(client).body, "ok");
    EXPECT_TRUE(client.closes());
}

TEST_F(exchange, tells_a_client_whose_content_is_not_read_any_more_that_the_connection_ends)
{
    start();
    for(auto const* const status : {"200 OK", "503 Service Unavailable"})
    {
        SCOPED_TRACE(status);
        auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        auto server = upstream.accept();
        EXPECT_EQ(read_request_head(server).method, "POST");
        server.send(response(status, "early"));
        auto const answer = read_response(client);
        EXPECT_EQ(answer.value("Connection"), "close");
        client.send("12345");
        EXPECT_TRUE(client.closes());
    }
}

TEST_F(exchange, gives_an_early_answer_to_a_client_that_is_still_sending)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n" + std::string(1000, 'x'));
    auto server = upstream.accept();
    (void)read_request_head(server);
    server.send(response("413 Content Too Large", R"({"message": "At most 1 MiB."})",
                         "Content-Type: application/json\r\nConnection: close\r\n"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 413U);
    EXPECT_NE(answer.body.find("At most 1 MiB."), std::string::npos);
}

// Otherwise the rest of the content becomes the next request of somebody else (CL.0).
TEST_F(exchange, never_pools_a_connection_that_answered_before_the_request_was_through)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nGET /smuggled HTTP/1.1\r\n");
    auto server = upstream.accept();
    (void)read_request_head(server);
    server.send(response("200 OK", "early"));
    EXPECT_EQ(read_response(client).body, "early");
    client.close();
    auto next = sent(get("/next"));
    auto fresh = upstream.accept();
    EXPECT_EQ(read_request(fresh).target, "/next");
    fresh.send(response("200 OK", "next"));
    EXPECT_EQ(read_response(next).body, "next");
}

TEST_F(exchange, never_pools_a_connection_with_leftover_bytes)
{
    start();
    auto client = sent(get("/1"));
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "1") + response("200 OK", "nobody asked"));
    EXPECT_EQ(read_response(client).body, "1");
    client.send(get("/2"));
    auto fresh = upstream.accept();
    EXPECT_EQ(read_request(fresh).target, "/2");
    fresh.send(response("200 OK", "2"));
    EXPECT_EQ(read_response(client).body, "2");
}

TEST_F(exchange, repeats_an_idempotent_request_once_on_a_stale_connection)
{
    start();
    for(auto const* method : {"GET", "PUT"})
    {
        auto [client, stale] = warmed();
        client.send(std::string(method) + " /again HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        EXPECT_EQ(read_request(stale).target, "/again");
        stale.reset();
        auto fresh = upstream.accept();
        EXPECT_EQ(read_request(fresh).target, "/again");
        fresh.send(response("200 OK", "done", "Connection: close\r\n"));
        EXPECT_EQ(read_response(client).body, "done");
    }
}

TEST_F(exchange, never_sends_a_post_twice)
{
    start();
    auto [client, stale] = warmed();
    client.send(post("pay", "Idempotency-Key: abc\r\n"));
    EXPECT_EQ(read_request(stale).body, "pay");
    stale.close();
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 502U);
    EXPECT_EQ(text(own_error(answer), "code"), "UPSTREAM_CLOSED_IDLE");
    EXPECT_FALSE(upstream.has_caller(std::chrono::milliseconds(100)));
}

TEST_F(exchange, notices_that_a_pooled_connection_was_closed)
{
    start();
    auto [client, server] = warmed();
    server.close_write();
    EXPECT_TRUE(server.closes());
    client.send(post("pay"));
    auto fresh = upstream.accept();
    EXPECT_EQ(read_request(fresh).body, "pay");
    fresh.send(response("200 OK", "paid"));
    EXPECT_EQ(read_response(client).body, "paid");
}

TEST_F(exchange, tunnels_after_an_upgrade)
{
    start();
    auto client = sent(get("/chat", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"));
    auto server = upstream.accept();
    auto const seen = read_request(server);
    EXPECT_EQ(seen.value("Upgrade"), "websocket");
    EXPECT_EQ(seen.value("Connection"), "Upgrade");
    server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello");
    EXPECT_EQ(read_response(client).status, 101U);
    EXPECT_EQ(client.read_exactly(5), "hello");
    client.send("\x01\x02");
    EXPECT_EQ(server.read_exactly(2), "\x01\x02");
    server.send("\x03");
    EXPECT_EQ(client.read_exactly(1), "\x03");
    client.close_write();
    EXPECT_TRUE(server.closes());
    server.send("last");
    server.close();
    EXPECT_EQ(client.read_all(), "last");
}

TEST_F(exchange, tells_which_of_several_protocols_was_chosen)
{
    start();
    auto client = sent(get("/chat", "Connection: Upgrade\r\nUpgrade: websocket, foo/2\r\n"));
    auto server = upstream.accept();
    EXPECT_EQ(read_request(server).value("Upgrade"), "websocket, foo/2");
    server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo/2\r\n\r\nhello");
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 101U);
    EXPECT_EQ(answer.value("Upgrade"), "foo/2");
    EXPECT_EQ(client.read_exactly(5), "hello");
}

TEST_F(exchange, passes_on_an_upstream_that_refuses_to_upgrade)
{
    start();
    auto client = sent(get("/chat", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("426 Upgrade Required", R"({"message": "Version 13, please."})",
                         "Content-Type: application/json\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 426U);
    EXPECT_NE(answer.body.find("Version 13, please."), std::string::npos);
}

TEST_F(exchange, finishes_what_is_under_way_when_told_to_end)
{
    start();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    gateway->signal(SIGTERM);
    EXPECT_THROW(
        {
            // Listeners close first; then no new connection gets through.
            for(;;)
                (void)connect();
        },
        broken_wire);
    server.send(response("200 OK", "served"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.body, "served");
    EXPECT_EQ(answer.value("Connection"), "close");
    EXPECT_TRUE(client.closes());
    EXPECT_EQ(gateway->stop(), 0);
}

} // namespace
} // namespace errata::test
