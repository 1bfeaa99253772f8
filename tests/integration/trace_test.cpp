// W3C Trace Context through the gateway: what the upstream gets, and where the ids are found again.
#include "operating.hpp"

#include <memory>

namespace errata::test
{
namespace
{
namespace json = boost::json;

std::string const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
std::string const trace_id = parent.substr(3, 32);

class traces : public testing::Test
{
protected:
    void start(std::string const& how)
    {
        gateway = std::make_unique<gateway_process>(operated(up.url(), how.empty() ? "" : "traces: " + how + "\n"));
    }
    /// What the upstream gets; it answers 404, which the client gets as `error`.
    message asked_with(std::string const& fields)
    {
        auto client = gateway->connect();
        client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n");
        auto service = up.accept();
        auto request = read_request(service);
        service.send(response("404 Not Found", R"({"message":"no"})", "Content-Type: application/json\r\n"));
        error = json::parse(read_response(client).body).as_object();
        return request;
    }

    port_of_loopback up;
    std::unique_ptr<gateway_process> gateway;
    json::object error;
};

TEST_F(traces, of_clients_go_on_unchanged)
{
    for(std::string const how : {"", "start", "sample"})
    {
        start(how);
        auto const request = asked_with("traceparent: " + parent + "\r\ntracestate: a=b\r\ntracestate: c=d\r\n");
        EXPECT_EQ(request.value("traceparent"), parent);
        EXPECT_EQ(request.value("tracestate"), "a=b, c=d");
        EXPECT_EQ(error.at("trace_id").as_string(), trace_id);
        ASSERT_TRUE(gateway->logs("\"trace_id\":\"" + trace_id + "\",\"span_id\":\"b7ad6b7169203331\""));
    }
}

TEST_F(traces, do_not_begin_here_unless_told_to)
{
    start({});
    EXPECT_FALSE(asked_with({}).has("traceparent"));
    EXPECT_FALSE(error.contains("trace_id"));
}

TEST_F(traces, begin_here_where_there_is_none_that_is_valid)
{
    for(auto const& [how, flags] : {std::pair{"start", "-00"}, {"sample", "-01"}})
    {
        start(how);
        for(std::string const fields : {"", "traceparent: nonsense\r\ntracestate: a=b\r\n"})
        {
            auto const request = asked_with(fields);
            auto const begun = request.value("traceparent");
            ASSERT_EQ(begun.size(), parent.size()) << begun;
            EXPECT_TRUE(begun.ends_with(flags)) << begun;
            EXPECT_FALSE(request.has("tracestate")); // of a trace that is not continued
            EXPECT_EQ(error.at("trace_id").as_string(), begun.substr(3, 32));
            ASSERT_TRUE(gateway->logs("\"trace_id\":\"" + begun.substr(3, 32) + '"'));
        }
    }
}

TEST_F(traces, are_named_in_errors_of_the_gateway_too)
{
    gateway = std::make_unique<gateway_process>(operated(port_of_loopback(port_of_loopback::kind::refusing).url()));
    auto const answer = get(gateway->port(), "/", "traceparent: " + parent + "\r\n");
    EXPECT_EQ(answer.status, 502U);
    EXPECT_EQ(json::parse(answer.body).at("trace_id").as_string(), trace_id);
}

} // namespace
} // namespace errata::test
