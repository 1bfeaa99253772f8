// When the gateway tries again by itself, when it does not, and what both sides are told of it.
#include "failure_row.hpp"

namespace errata::test
{
namespace
{

std::string const unavailable = "503 Service Unavailable";

class repeats : public failure_fixture
{
protected:
    /// The next request that reaches the upstream, which answers it and closes; empty `answer`: it only closes.
    message asked(std::string const& answer)
    {
        auto server = upstream.accept();
        auto seen = read_request(server);
        server.try_send(answer);
        return seen;
    }

    [[nodiscard]] static std::string closing(std::string const& status, std::string const& body,
                                             std::string const& fields = {})
    {
        return response(status, body, "Connection: close\r\n" + fields);
    }

    void expect_tries(message const& answer, unsigned tries)
    {
        auto const wanted = ",\"tries\":" + std::to_string(tries) + "}";
        EXPECT_EQ(answer.body.find(wanted) != std::string::npos, tries > 1) << answer.body;
        EXPECT_EQ(line_of(answer.value("X-Request-Id")).at("attempts").to_number<unsigned>(), tries);
    }

    port_of_loopback const nobody{port_of_loopback::kind::refusing};
};

TEST_F(repeats, go_to_another_endpoint_where_nothing_was_executed)
{
    start({.endpoint = nobody.url() + ", " + upstream.url()});
    for(int i = 0; i < 2; ++i) // one of them begins at the endpoint that refuses
    {
        auto client = sent(post("pay"));
        EXPECT_EQ(asked(closing("200 OK", "paid")).body, "pay");
        EXPECT_EQ(read_response(client).body, "paid");
    }
    EXPECT_FALSE(upstream.has_caller()) << "sent twice";
}

TEST_F(repeats, end_with_the_last_cause_when_all_endpoints_refuse)
{
    port_of_loopback const neither(port_of_loopback::kind::refusing);
    start({.endpoint = nobody.url() + ", " + neither.url()});
    auto const answer = answered_by_gateway(post("pay"));
    expect_row(answer, {"connect_refused", 502, "UPSTREAM_REFUSED", "connection_refused", verdict::wait_8});
    expect_tries(answer, 2);
}

TEST_F(repeats, tell_both_sides_how_often_it_was_tried)
{
    start();
    auto client = sent(get("/", "X-Failed-Requests: 2\r\n"));
    EXPECT_EQ(asked("").value("X-Failed-Requests"), "2");
    EXPECT_EQ(asked("").value("X-Failed-Requests"), "3") << "the client's and our own";
    auto const answer = read_response(client);
    EXPECT_EQ(text(own_error(answer), "code"), "UPSTREAM_CLOSED");
    EXPECT_EQ(answer.value("Retry-After"), "512") << "the third of the schedule: the client failed twice before";
    expect_tries(answer, 2);
}

TEST_F(repeats, keep_to_themselves_what_the_client_does_not_count)
{
    for(bool const reports : {false, true})
    {
        start({.upstream = std::string("repeat: {report_upstream: ") + (reports ? "true}" : "false}")});
        auto client = sent(get());
        EXPECT_FALSE(asked("").has("X-Failed-Requests"));
        EXPECT_EQ(asked(closing("200 OK", "ok")).value("X-Failed-Requests"), reports ? "1" : "");
        EXPECT_EQ(read_response(client).body, "ok");
    }
}

TEST_F(repeats, follow_the_statuses_that_are_configured)
{
    start({.upstream = "repeat: {statuses: [503], attempts: 3, backoff: 1ms, backoff_max: 1ms}"});
    auto client = sent(get());
    for(int i = 0; i < 2; ++i)
        (void)asked(closing(unavailable, "not now"));
    (void)asked(closing("200 OK", "now"));
    EXPECT_EQ(read_response(client).body, "now");

    client = sent(get());
    for(int i = 0; i < 3; ++i)
        (void)asked(closing(unavailable, "not now"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.status, 503U);
    expect_tries(answer, 3);
}

TEST_F(repeats, leave_alone_what_is_not_theirs)
{
    start({.upstream = "repeat: {statuses: [503], attempts: 3, backoff: 1ms, backoff_max: 1ms}"});
    struct
    {
        std::string request, answer;
    } const once[] = {
        {post("pay"), closing(unavailable, "a POST may have been executed")},
        {post("pay", "Idempotency-Key: a\r\n"), closing(unavailable, "the key only changes the advice")},
        {get(), closing(unavailable, "the upstream said when", "Retry-After: 3\r\n")},
        {get(), closing("500 Internal Server Error", "a status that is not configured")},
    };
    for(auto const& o : once)
    {
        SCOPED_TRACE(o.answer);
        auto client = sent(o.request);
        (void)asked(o.answer);
        expect_tries(read_response(client), 1);
        EXPECT_FALSE(upstream.has_caller());
    }
}

TEST_F(repeats, begin_when_one_try_has_taken_its_time)
{
    start({.upstream = "repeat: {per_try: 200ms}"});
    auto client = sent(get());
    auto stalled = upstream.accept();
    (void)read_request(stalled);
    (void)asked(closing("200 OK", "quicker"));
    EXPECT_EQ(read_response(client).body, "quicker");
    EXPECT_TRUE(stalled.closes());

    auto paying = sent(post("pay"));
    auto slow = upstream.accept();
    (void)read_request(slow);
    EXPECT_EQ(text(own_error(read_response(paying)), "code"), "UPSTREAM_RESPONSE_TIMEOUT");
    EXPECT_FALSE(upstream.has_caller());
}

TEST_F(repeats, wait_for_a_service_that_is_just_starting)
{
    port_of_loopback starting(port_of_loopback::kind::refusing);
    start({.upstream = "repeat: {connect_window: 10s}", .endpoint = starting.url()});
    auto client = sent(post("pay"));
    EXPECT_FALSE(client.speaks_within(std::chrono::milliseconds(100)));
    starting.start_listening();
    auto server = starting.accept();
    EXPECT_EQ(read_request(server).body, "pay");
    server.send(response("200 OK", "paid"));
    EXPECT_EQ(read_response(client).body, "paid");
}

TEST_F(repeats, stay_inside_their_budget)
{
    start({.upstream = "repeat: {budget: 0, budget_minimum: 0}"});
    auto client = sent(get());
    (void)asked("");
    auto const answer = read_response(client);
    expect_row(answer, {"closed", 502, "UPSTREAM_CLOSED", "connection_terminated", verdict::wait_8});
    expect_tries(answer, 1);
    EXPECT_FALSE(upstream.has_caller());
}

} // namespace
} // namespace errata::test
