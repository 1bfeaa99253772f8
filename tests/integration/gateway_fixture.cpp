#include "gateway_fixture.hpp"

#include <boost/json/parse.hpp>

namespace errata::test
{
namespace
{
std::string member(std::string const& flow)
{
    return flow.empty() ? flow : ", " + flow;
}
} // namespace

std::string yaml(configuration const& c, std::string const& endpoint)
{
    return "version: 1\n" + std::string(c.top.find("threads:") == std::string::npos ? "threads: 1\n" : "") +
           "name: gw-test\naccess_log: json\n" + c.top + "\nlisteners: [{address: 127.0.0.1:0" + member(c.listener) +
           "}]\nupstreams: {app: {endpoints: [" + (c.endpoint.empty() ? endpoint : c.endpoint) + "]" +
           member(c.upstream) + "}}\nroutes: [{upstream: app" + member(c.route) + "}]\n";
}

std::string get(std::string const& target, std::string const& fields)
{
    return "GET " + target + " HTTP/1.1\r\nHost: api.example\r\n" + fields + "\r\n";
}

std::string post(std::string const& body, std::string const& fields)
{
    return "POST / HTTP/1.1\r\nHost: api.example\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

void gateway_fixture::start(configuration const& c)
{
    gateway = std::make_unique<gateway_process>(yaml(c, upstream.url()));
}

void gateway_fixture::TearDown()
{
    if(!gateway)
        return;
    EXPECT_EQ(gateway->stop(), 0) << gateway->log();
    if(HasFailure())
        std::cerr << gateway->log();
}

wire gateway_fixture::sent(std::string_view bytes) const
{
    auto client = connect();
    client.send(bytes);
    return client;
}

gateway_fixture::kept_connections gateway_fixture::warmed()
{
    auto client = sent(get("/warm"));
    auto server = upstream.accept();
    (void)read_request(server);
    server.send(response("200 OK", "warm"));
    EXPECT_EQ(read_response(client).body, "warm");
    return {std::move(client), std::move(server)};
}

message gateway_fixture::answered_by_gateway(std::string_view request)
{
    auto client = sent(request);
    auto answer = read_response(client, request.substr(0, request.find(' ')));
    EXPECT_FALSE(upstream.has_caller()) << "the request reached the upstream";
    return answer;
}

boost::json::object own_error(message const& answer)
{
    EXPECT_TRUE(answer.complete);
    EXPECT_EQ(answer.value("Content-Type"), "application/problem+json");
    EXPECT_EQ(answer.value("Cache-Control"), "no-store");
    EXPECT_EQ(answer.count("X-Request-Id"), 1U);
    EXPECT_EQ(answer.count("Date"), 1U);
    boost::json::error_code ec;
    auto const value = boost::json::parse(answer.body, ec);
    EXPECT_FALSE(ec) << answer.body;
    if(ec || !value.is_object())
        return {};
    auto const& body = value.as_object();
    EXPECT_EQ(body.contains("status") ? body.at("status").to_number<unsigned>() : 0, answer.status);
    EXPECT_EQ(text(body, "origin"), "gateway");
    EXPECT_NE(text(body, "detail"), "") << answer.body;
    EXPECT_EQ(text(body, "request_id"), answer.value("X-Request-Id"));
    if(!body.contains("retry"))
        return body;
    auto const& retry = body.at("retry").as_object();
    auto const allowed = retry.at("allowed").as_bool();
    EXPECT_EQ(answer.count("Retry-After"), allowed ? 1U : 0U) << answer.body;
    EXPECT_EQ(answer.value("X-Should-Retry"), allowed ? "true" : "false");
    if(allowed)
    {
        EXPECT_EQ(answer.value("Retry-After"), std::to_string(retry.at("after").to_number<unsigned>()));
    }
    return body;
}

std::string text(boost::json::object const& from, std::string_view name)
{
    auto const* value = from.if_contains(name);
    return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

} // namespace errata::test
