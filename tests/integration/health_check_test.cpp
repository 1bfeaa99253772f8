// Active checks through the real program: the test is the endpoint that is checked.
#include "gateway_fixture.hpp"

namespace errata::test
{
namespace
{

using namespace std::chrono_literals;

std::string const often = "interval: 100ms, timeout: 100ms, ";
std::string const good = response("200 OK", "fine");
std::string const bad = response("503 Service Unavailable", "not yet");

class active_check : public gateway_fixture
{
protected:
    void start_checking(std::string const& how)
    {
        configuration c;
        c.upstream = "check: {healthy: 2, unhealthy: 2, jitter: 0, " + how + "}";
        start(c);
    }

    /// Takes the next check and answers it.
    message checked_with(std::string const& answer)
    {
        auto check = upstream.accept();
        auto const request = read_request(check);
        check.try_send(answer);
        return request;
    }

    /// Takes the request for `target`; checks that come before it are answered with `answer`.
    wire request_for(std::string const& target, std::string const& answer)
    {
        for(;;)
        {
            auto server = upstream.accept();
            if(read_request(server).target == target)
                return server;
            server.try_send(answer);
        }
    }

    /// When the next check comes, the result of the one before is known. It is left waiting.
    wire next_check() { return upstream.accept(); }
};

TEST_F(active_check, asks_for_the_page_on_a_connection_of_its_own)
{
    start_checking(often + "path: /healthz");
    auto const request = checked_with(good);
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.target, "/healthz");
    EXPECT_EQ(request.value("Host"), "127.0.0.1:" + std::to_string(upstream.port()));
    EXPECT_EQ(request.value("Connection"), "close");
}

TEST_F(active_check, keeps_requests_from_an_endpoint_that_fails_it_and_tells_when_to_come_back)
{
    start_checking(often + "path: /");
    checked_with(bad);
    auto const waiting = next_check();
    auto client = sent(get());
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 503u);
    EXPECT_EQ(text(own_error(answer), "code"), "NO_HEALTHY_UPSTREAM");
    EXPECT_EQ(answer.value("Retry-After"), "1");
}

TEST_F(active_check, lets_requests_through_again_after_enough_successes)
{
    start_checking(often + "path: /");
    checked_with(bad);
    checked_with(good);
    checked_with(good);
    auto waiting = next_check();
    auto client = sent(get("/after"));
    request_for("/after", good).send(response("200 OK", "here"));
    EXPECT_EQ(read_response(client).body, "here");
}

TEST_F(active_check, counts_silence_as_a_failure_after_its_timeout)
{
    start_checking("interval: 100ms, timeout: 50ms");
    auto const silent = upstream.accept();
    auto const waiting = next_check();
    auto client = sent(get());
    EXPECT_EQ(read_response(client).status, 503u);
}

TEST_F(active_check, passes_with_the_statuses_that_are_expected)
{
    start_checking(often + "expect: [404]");
    checked_with(response("404 Not Found", ""));
    auto const waiting = next_check();
    auto client = sent(get("/mine"));
    request_for("/mine", response("404 Not Found", "")).send(good);
    EXPECT_EQ(read_response(client).status, 200u);
}

TEST_F(active_check, of_tcp_only_connects)
{
    start_checking(often + "tcp: true");
    auto check = upstream.accept();
    EXPECT_TRUE(check.closes()) << "without a byte";
}

TEST_F(active_check, ends_with_the_gateway_even_while_an_endpoint_is_silent)
{
    start_checking("interval: 60s, timeout: 60s");
    auto const silent = upstream.accept();
    EXPECT_EQ(gateway->stop(), 0);
}

} // namespace
} // namespace errata::test
