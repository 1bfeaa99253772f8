#include "failure_row.hpp"

#include <boost/json/parse.hpp>

#include <sstream>

namespace errata::test
{
namespace
{
void expect_advice(message const& answer, boost::json::object const& body, failure_row const& row)
{
    ASSERT_TRUE(body.contains("retry")) << answer.body;
    auto const& retry = body.at("retry").as_object();
    bool const allowed = row.advice != verdict::never && row.advice != verdict::unsafe;
    EXPECT_EQ(retry.at("allowed").as_bool(), allowed) << answer.body;
    EXPECT_EQ(answer.count("Retry-After"), allowed ? 1U : 0U);
    EXPECT_EQ(answer.value("X-Should-Retry"), allowed ? "true" : "false");
    if(row.advice == verdict::wait_8)
    {
        EXPECT_EQ(answer.value("Retry-After"), "8");
    }
    if(row.advice == verdict::wait_1)
    {
        EXPECT_EQ(answer.value("Retry-After"), "1");
    }
    if(retry.contains("safe"))
    {
        EXPECT_EQ(retry.at("safe").as_bool(), row.safe && row.advice != verdict::unsafe) << answer.body;
    }
}

/// The value of a parameter that is "*" may be anything.
void expect_proxy_status(std::string const& is, std::string const& wanted)
{
    if(wanted.ends_with("=*"))
        EXPECT_TRUE(is.starts_with(wanted.substr(0, wanted.size() - 1))) << is;
    else
        EXPECT_EQ(is, wanted);
}
} // namespace

void failure_fixture::start(configuration c)
{
    c.top += "telemetry: {address: 127.0.0.1:0}\n";
    gateway_fixture::start(c);
}

message failure_fixture::final_response(wire& client)
{
    auto answer = read_response(client);
    while(answer.status < 200)
        answer = read_response(client);
    return answer;
}

void failure_fixture::expect_row(message const& answer, failure_row const& row)
{
    SCOPED_TRACE(row.cause);
    EXPECT_EQ(answer.status, row.status);
    auto const body = own_error(answer);
    EXPECT_EQ(text(body, "code"), row.code);
    expect_proxy_status(answer.value("Proxy-Status"), "gw-test; error=" + row.error);
    expect_advice(answer, body, row);
    expect_recorded(answer.value("X-Request-Id"), row);
}

void failure_fixture::expect_recorded(std::string const& request_id, failure_row const& row)
{
    auto const line = line_of(request_id);
    EXPECT_EQ(text(line, "cause"), row.cause);
    EXPECT_EQ(text(line, "code"), row.code);
    EXPECT_EQ(text(line, "proxy_status"), row.error.substr(0, row.error.find(';')));
    EXPECT_EQ(text(line, "origin"), row.origin);
    EXPECT_EQ(line.contains("status") ? line.at("status").to_number<unsigned>() : 0, row.status);
    EXPECT_GE(counted(row.cause, row.status, row.origin), 1) << row.cause << " is not counted";
}

boost::json::object failure_fixture::line_of(std::string const& request_id)
{
    auto const sought = "\"request_id\":\"" + request_id + '"';
    std::string log;
    std::size_t at = 0;
    auto const is_whole = [&]
    {
        log = gateway->log();
        at = log.find(sought);
        return at != std::string::npos && log.find('\n', at) != std::string::npos;
    };
    EXPECT_TRUE(comes_true(is_whole)) << "nothing is logged about " << request_id;
    at = std::min(at, log.size());
    auto const begin = log.rfind('\n', at) + 1;
    boost::json::error_code ec;
    auto const value = boost::json::parse(log.substr(begin, log.find('\n', at) - begin), ec);
    EXPECT_FALSE(ec) << log.substr(begin);
    return !ec && value.is_object() ? value.as_object() : boost::json::object{};
}

std::string failure_fixture::scrape()
{
    auto link = wire::connect(gateway->port_named("telemetry"));
    link.send(get("/metrics", "Connection: close\r\n"));
    return read_response(link).body;
}

double failure_fixture::counted(std::string const& cause, unsigned status, std::string const& origin)
{
    std::istringstream lines(scrape());
    double sum = 0;
    for(std::string line; std::getline(lines, line);)
        if(line.starts_with("errata_errors_total{") && line.find("cause=\"" + cause + '"') != std::string::npos &&
           line.find("status=\"" + std::to_string(status) + '"') != std::string::npos &&
           line.find("origin=\"" + origin + '"') != std::string::npos)
            sum += std::stod(line.substr(line.rfind(' ')));
    return sum;
}

} // namespace errata::test
