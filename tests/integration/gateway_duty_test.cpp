// Duties of a gateway that are easily forgotten: what it must answer itself, close, ignore or bound.
#include "gateway_fixture.hpp"

namespace errata::test
{
namespace
{

class gateway_duty : public gateway_fixture
{
};

TEST_F(gateway_duty, answers_options_with_max_forwards_0_itself)
{
    start();
    auto const answer = answered_by_gateway("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
    EXPECT_GE(answer.status, 200U);
    EXPECT_LT(answer.status, 300U);
    EXPECT_TRUE(answer.has("Allow"));
}

TEST_F(gateway_duty, counts_max_forwards_down_for_options_only)
{
    start();
    for(auto const& [method, wanted] : {std::pair{"OPTIONS", "4"}, std::pair{"GET", "5"}})
    {
        auto client = sent(std::string(method) + " / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 5\r\n\r\n");
        auto server = upstream.accept();
        EXPECT_EQ(read_request(server).value("Max-Forwards"), wanted) << method;
        server.send(response("200 OK", "", "Connection: close\r\n"));
        EXPECT_EQ(read_response(client).status, 200U);
    }
}

TEST_F(gateway_duty, ignores_an_upgrade_in_http_1_0)
{
    start();
    auto client = sent("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    auto server = upstream.accept();
    EXPECT_FALSE(read_request(server).has("Upgrade"));
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(client).body, "ok");
}

TEST_F(gateway_duty, refuses_a_switch_to_another_protocol_than_asked)
{
    start();
    auto client = sent(get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    auto server = upstream.accept();
    (void)read_request(server);
    server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: irc/6.9\r\n\r\n");
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 502U);
    EXPECT_TRUE(server.closes());
}

TEST_F(gateway_duty, never_forwards_h2c)
{
    start();
    auto client =
        sent(get("/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"));
    auto server = upstream.accept();
    auto const seen = read_request(server);
    EXPECT_FALSE(seen.has("Upgrade"));
    EXPECT_FALSE(seen.has("HTTP2-Settings"));
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(client).body, "ok");
}

std::string swollen_chunk()
{
    return "1;" + std::string(20000, 'x') + "\r\na\r\n0\r\n\r\n";
}

TEST_F(gateway_duty, bounds_the_chunk_extensions_of_requests)
{
    start();
    auto client = sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + swollen_chunk());
    EXPECT_EQ(read_response(client).status, 400U);
}

TEST_F(gateway_duty, bounds_the_chunk_extensions_of_answers)
{
    start();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.try_send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + swollen_chunk());
    auto const answer = read_response(client);
    EXPECT_TRUE(answer.status == 502 || !answer.complete) << answer.status;
}

TEST_F(gateway_duty, keeps_the_connection_after_errors_that_say_nothing_about_it)
{
    start({.route = "match: {path_prefix: /api}"});
    auto client = sent(get("/elsewhere") + get("/api"));
    EXPECT_EQ(read_response(client).status, 404U);
    auto server = upstream.accept();
    EXPECT_EQ(read_request(server).target, "/api");
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(client).body, "ok");
}

// Without a lingering close the reset that unread content causes would take the answer with it (RFC 9112 9.6).
TEST_F(gateway_duty, gets_its_refusal_through_to_a_client_that_is_uploading)
{
    start({.listener = "limits: {body: 1KiB}", .route = "match: {path_prefix: /api}"});
    for(auto const& [target, status] : {std::pair{"/elsewhere", 404U}, std::pair{"/api", 413U}})
    {
        auto client = sent("POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
        client.try_send(std::string(2000000, 'x'));
        auto const answer = read_response(client);
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.value("Connection"), "close");
        EXPECT_TRUE(client.closes());
        EXPECT_FALSE(client.was_reset());
        EXPECT_FALSE(upstream.has_caller());
    }
}

TEST_F(gateway_duty, stops_working_for_a_client_that_is_gone)
{
    start();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    client.reset();
    EXPECT_TRUE(server.closes());
}

TEST_F(gateway_duty, stops_a_download_when_the_client_is_gone)
{
    start();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + std::string(100000, 'x'));
    (void)read_response_head(client);
    client.reset();
    std::string const block(1 << 20, 'x');
    int blocks = 0;
    while(blocks < 200 && server.try_send(block))
        ++blocks;
    EXPECT_LT(blocks, 200);
}

TEST_F(gateway_duty, does_not_reuse_connections_that_the_upstream_closes)
{
    start();
    for(auto const& answer : {response("200 OK", "once", "Connection: close\r\n"),
                              std::string("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nonce")})
    {
        auto client = sent(get("/1"));
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(answer);
        EXPECT_EQ(read_response(client).body, "once");
        client.send(get("/2"));
        auto fresh = upstream.accept();
        EXPECT_EQ(read_request(fresh).target, "/2");
        fresh.send(response("200 OK", "ok", "Connection: close\r\n"));
        EXPECT_EQ(read_response(client).body, "ok");
    }
}

TEST_F(gateway_duty, unpacks_bombs_at_bounded_memory)
{
    start();
    auto const before = gateway->resident_bytes();
    // The demo upstream has the compressor that makes one.
    gateway_process demo{std::vector<std::string>{"demo", "--upstream"}};
    gateway = std::make_unique<gateway_process>(yaml({}, "http://127.0.0.1:" + std::to_string(demo.port())));
    auto client = sent(get("/error/bomb"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 500U);
    EXPECT_EQ(answer.value("Content-Type"), "application/problem+json");
    EXPECT_FALSE(answer.has("Content-Encoding"));
    EXPECT_LT(gateway->peak_resident_bytes(), before + (32u << 20));
}

TEST_F(gateway_duty, gives_every_demo_failure_the_answer_it_announces)
{
    gateway_process demo{std::vector<std::string>{"demo", "--upstream"}};
    gateway = std::make_unique<gateway_process>(yaml({.upstream = "timeouts: {response: 300ms, idle: 300ms}"},
                                                     "http://127.0.0.1:" + std::to_string(demo.port())));
    auto list_client = wire::connect(demo.port());
    list_client.send(get());
    auto const list = read_response(list_client).body;
    unsigned checked = 0;
    for(std::size_t at = 0; (at = list.find("-> 50", at)) != std::string::npos; ++at)
    {
        auto const code = list.substr(at + 7, list.find_first_of("\n ", at + 7) - at - 7);
        if(code.find('_') == std::string::npos)
            continue;
        auto const line = list.rfind("\n  /", at);
        auto const path = list.substr(line + 3, list.find(' ', line + 3) - line - 3);
        SCOPED_TRACE(path);
        auto client = sent(get(path));
        auto answer = read_response(client);
        while(answer.status < 200)
            answer = read_response(client);
        EXPECT_EQ(std::to_string(answer.status), list.substr(at + 3, 3));
        EXPECT_EQ(text(own_error(answer), "code"), code);
        ++checked;
    }
    EXPECT_GT(checked, 15U);
}

} // namespace
} // namespace errata::test
