// What an upstream says about when to come back, through the real program: nonsense is counted and never passed on, and
// what guards the upstream answers in its words.
#include "gateway_fixture.hpp"
#include "operating.hpp"

namespace errata::test
{
namespace
{

class retry_hint : public gateway_fixture
{
protected:
    message answered_with(std::string const& answer, std::string const& target = "/")
    {
        auto client = sent(get(target));
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(answer);
        return read_response(client);
    }

    /// The shards' counts are added up when somebody asks, and each counts after its answer is sent.
    void expect_counted(std::string const& series, double wanted)
    {
        double seen = -1;
        auto const right = [&]
        { return (seen = metric(get(gateway->port_named("admin"), "/metrics").body, series)) == wanted; };
        EXPECT_TRUE(comes_true(right)) << series << " is " << seen << ", not " << wanted;
    }
};

/// The body without its request id, whose random digits may be anything.
std::string without_ids(message const& answer)
{
    std::string body = answer.body;
    auto const id = answer.value("X-Request-Id");
    for(auto at = body.find(id); !id.empty() && at != std::string::npos; at = body.find(id))
        body.erase(at, id.size());
    return body;
}

TEST_F(retry_hint, that_is_nonsense_is_counted_and_never_passed_on)
{
    struct row
    {
        std::string fields, body;
        std::string_view never; ///< must not be found in the answer
        int dropped = 1;
    };
    std::string const digits(400, '9');
    row const rows[] = {
        {"Retry-After: -1\r\n", "", "-1"},
        {"Retry-After: 1e99\r\n", "", "1e99"},
        {"Retry-After: soon\r\n", "", "soon"},
        {"Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "", "1970"},
        {"Retry-After: Fri, 31 Dec 2099 23:59:59 GMT\r\n", "", "2099"},
        {"Retry-After: soon\r\nRetry-After: later\r\n", "", "later", 2},
        {"Retry-After: " + digits + "\r\n", "", "9999"},
        {"Retry-After: 1; x=2\r\n", "", "x=2"},
        {"retry-after-ms: 1e99\r\n", "", "1e99"},
        {"X-Should-Retry: perhaps\r\n", "", "Retry-After: perhaps"},
        {"X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: never\r\n", "", "Retry-After: never"},
        {"", R"({"message":"m","retry_after":"soon"})", "soon"},
        {"", R"({"message":"m","retry_after":"1e99"})", "1e99"},
        {"", R"({"message":"m","retry_after":-1})", "-1"},
        {"", R"({"message":"m","error":{"retry_after":1e99}})", "1e99"},
        {"", R"({"message":"m","retry_after":["soon"]})", "Retry-After: soon"},
        {"", R"({"message":"m","retry_after":{"when":"soon"}})", "Retry-After: soon"},
        {"", R"({"message":"m","retry_after":[[],[[{}]]]})", "Retry-After: ["},
        {"", R"({"message":"m","retry_after":true})", "Retry-After: true"},
        {"", R"({"message":"m","retry_after":"not before tomorrow"})", "Retry-After: not"},
        {"", R"({"error":{"info":{"limits":[{},{"retryAfter":"soon"}]}}})", "Retry-After: soon"},
    };
    start({.top = "admin: {address: 127.0.0.1:0}"});
    int dropped = 0;
    for(auto const& r : rows)
    {
        auto const type = r.body.empty() ? "" : "Content-Type: application/json\r\n";
        auto const answer = answered_with(response("503 Service Unavailable", r.body, r.fields + type));
        auto const what = r.fields.substr(0, 60) + r.body;
        EXPECT_EQ(answer.status, 503U) << what;
        EXPECT_EQ(answer.value("Retry-After"), "8") << "the schedule, as if nothing had been said: " << what;
        EXPECT_FALSE(answer.has("retry-after-ms")) << what;
        EXPECT_EQ(without_ids(answer).find(r.never), std::string::npos) << what << " -> " << answer.body;
        dropped += r.dropped;
    }
    expect_counted("errata_hints_dropped_total", dropped);
}

TEST_F(retry_hint, that_does_not_go_out_as_it_came_is_counted)
{
    start({.top = "admin: {address: 127.0.0.1:0}"});
    struct row
    {
        std::string status, fields;
        bool repaired;
    };
    int repaired = 0;
    for(auto const& r : {
            row{"503 Service Unavailable", "Retry-After: 30\r\n", false},
            row{"503 Service Unavailable", "", false}, // one is added
            row{"503 Service Unavailable", "Retry-After: 2.5\r\n", true},
            row{"503 Service Unavailable", "Retry-After: 5\r\nretry-after-ms: 60000\r\n", true},
            row{"400 Bad Request", "Retry-After: 30\r\n", true}, // taken away
            row{"200 OK", "Retry-After: 30\r\n", false},
        })
    {
        (void)answered_with(response(r.status, "", r.fields));
        repaired += r.repaired;
    }
    expect_counted("errata_hints_repaired_total", repaired);
}

TEST_F(retry_hint, that_raised_the_shield_decides_its_status)
{
    struct row
    {
        std::string status;
        unsigned told;
    };
    for(auto const& [status, told] : {row{"429 Too Many Requests", 429}, row{"503 Service Unavailable", 503}})
    {
        start({.upstream = "shield: {on: [429, 503]}"});
        (void)answered_with(response(status, "", "Retry-After: 30\r\n"));
        auto const answer = answered_by_gateway(get());
        EXPECT_EQ(answer.status, told);
        EXPECT_EQ(text(own_error(answer), "code"), "UPSTREAM_COOLDOWN");
    }
}

class shielded : public retry_hint, public testing::WithParamInterface<char const*>
{
};
INSTANTIATE_TEST_SUITE_P(every, shielded, testing::Values("upstream", "endpoint", "route"),
                         [](auto const& scope) { return std::string{scope.param}; });

TEST_P(shielded, only_counts_down_for_a_caller)
{
    start({.upstream = std::string{"shield: {ramp: 500ms, scope: "} + GetParam() + "}"});
    (void)answered_with(response("503 Service Unavailable", "", "Retry-After: 1\r\n"));
    int last = 1;
    // Polls until it is let in; in between it is never told more than before.
    for(;;)
    {
        auto client = sent(get());
        while(!client.speaks_within(std::chrono::milliseconds{20}) && !upstream.has_caller())
            ;
        if(upstream.has_caller())
        {
            auto server = upstream.accept();
            (void)read_request(server);
            server.send(response("200 OK", "back"));
            EXPECT_EQ(read_response(client).body, "back");
            return;
        }
        auto const now = std::stoi(read_response(client).value("Retry-After"));
        EXPECT_LE(now, last);
        last = now;
    }
}

TEST_F(retry_hint, is_exposed_to_the_pages_that_may_read_an_own_error)
{
    auto const dead = port_of_loopback(port_of_loopback::kind::refusing).url();
    start({.route = "cors: {origins: [\"https://shop.example\"]}", .endpoint = dead});
    auto const allowed = answered_by_gateway(get("/", "Origin: https://shop.example\r\n"));
    EXPECT_EQ(allowed.value("Access-Control-Allow-Origin"), "https://shop.example");
    EXPECT_NE(allowed.value("Access-Control-Expose-Headers").find("Retry-After"), std::string::npos);
    auto const refused = answered_by_gateway(get("/", "Origin: https://other.example\r\n"));
    EXPECT_FALSE(refused.has("Access-Control-Allow-Origin"));
    EXPECT_FALSE(refused.has("Access-Control-Expose-Headers"));
}

std::string preflight(std::string const& origin)
{
    return "OPTIONS /x HTTP/1.1\r\nHost: a\r\nOrigin: " + origin +
           "\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: content-type\r\n\r\n";
}

TEST_F(retry_hint, reaches_a_page_whose_browser_asks_first_while_the_upstream_is_down)
{
    auto const dead = port_of_loopback(port_of_loopback::kind::refusing).url();
    // With methods of its own a route is found by the method that the browser asks about.
    for(std::string const match : {"", "match: {path_prefix: /, methods: [GET, PUT]}, "})
    {
        start({.route = match + "cors: {origins: [\"https://shop.example\"]}", .endpoint = dead});
        auto const granted = answered_by_gateway(preflight("https://shop.example"));
        EXPECT_EQ(granted.status, 204U);
        EXPECT_EQ(granted.value("Access-Control-Allow-Origin"), "https://shop.example");
        EXPECT_EQ(granted.value("Access-Control-Allow-Methods"), "PUT");
        EXPECT_EQ(granted.value("Access-Control-Allow-Headers"), "content-type");
        EXPECT_FALSE(granted.has("Content-Length"));
        EXPECT_FALSE(granted.has("Proxy-Status"));
        auto const refused = answered_by_gateway(preflight("https://other.example"));
        EXPECT_EQ(refused.status, match.empty() ? 502U : 405U);
        EXPECT_FALSE(refused.has("Access-Control-Allow-Origin"));
    }
}

TEST_F(retry_hint, leaves_a_browsers_question_to_an_upstream_that_answers)
{
    start({.route = "cors: {origins: [\"https://shop.example\"]}"});
    auto client = sent(preflight("https://shop.example"));
    auto service = upstream.accept();
    EXPECT_EQ(read_request(service).method, "OPTIONS");
    service.send("HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: https://shop.example\r\n"
                 "Access-Control-Allow-Methods: GET\r\n\r\n");
    EXPECT_EQ(read_response(client, "OPTIONS").value("Access-Control-Allow-Methods"), "GET");
}

} // namespace
} // namespace errata::test
