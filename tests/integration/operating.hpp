#pragma once

#include "support/gateway_process.hpp"
#include "support/message.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

// What an operator does: asks the admin port, reads the log.

namespace errata::test
{

/// A gateway with an admin port and one upstream.
inline std::string operated(std::string const& upstream, std::string const& more = {}, std::string const& name = "all")
{
    return "version: 1\nlisteners: [{address: 127.0.0.1:0}]\nadmin: {address: 127.0.0.1:0}\n"
           "upstreams: {up: {endpoints: [" +
           upstream + "]}}\nroutes: [{name: " + name + ", match: {path_prefix: /}, upstream: up}]\n" + more;
}

inline message ask(std::uint16_t port, std::string const& request)
{
    auto link = wire::connect(port);
    link.send(request);
    return read_response(link, request.substr(0, request.find(' ')));
}

inline message get(std::uint16_t port, std::string const& path, std::string const& fields = {})
{
    return ask(port, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n");
}

inline message post(std::uint16_t port, std::string const& path, std::string const& body = {},
                    std::string const& fields = {})
{
    return ask(port, "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + std::to_string(body.size()) +
                         "\r\n" + fields + "\r\n" + body);
}

inline boost::json::value json_at(std::uint16_t port, std::string const& path)
{
    return boost::json::parse(get(port, path).body);
}

/// The access log's lines (the gateway's own messages have a level). Every line must be one whole JSON object.
inline std::vector<boost::json::object> access_lines(gateway_process const& gateway)
{
    std::vector<boost::json::object> lines;
    std::istringstream text(gateway.log());
    for(std::string line; std::getline(text, line);)
    {
        boost::json::error_code ec;
        auto const value = boost::json::parse(line, ec);
        EXPECT_FALSE(ec) << line;
        if(!ec && value.is_object() && !value.as_object().contains("level"))
            lines.push_back(value.as_object());
    }
    return lines;
}

/// The value of a series such as `errata_requests_total{route="a"}` in a scrape; nothing: -1.
inline double metric(std::string const& scrape, std::string const& series)
{
    auto const line = '\n' + series + ' ';
    auto const at = ('\n' + scrape).find(line);
    return at == std::string::npos ? -1 : std::stod(scrape.substr(at + line.size() - 1));
}

} // namespace errata::test
