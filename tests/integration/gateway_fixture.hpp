#pragma once

#include "support/gateway_process.hpp"
#include "support/message.hpp"

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace errata::test
{

/// What a test adds to the configuration, as YAML flow members: "timeouts: {head: 200ms}".
struct configuration
{
    std::string listener;
    std::string upstream;
    std::string route;
    std::string top;
    std::string endpoint; ///< in place of the fixture's port
};

/// One gateway in front of one port that the test itself answers. The gateway must end well with every test.
class gateway_fixture : public testing::Test
{
protected:
    void start(configuration const& c = {});
    void TearDown() override;

    [[nodiscard]] wire connect() const { return gateway->connect(); }
    /// A client that has sent these bytes.
    [[nodiscard]] wire sent(std::string_view bytes) const;
    /// The two ends of connections that have carried a request and are kept.
    struct kept_connections
    {
        wire client, server;
    };
    [[nodiscard]] kept_connections warmed();
    /// A request that the gateway must answer by itself: no connection may reach the upstream.
    [[nodiscard]] message answered_by_gateway(std::string_view request);

    port_of_loopback upstream;
    std::unique_ptr<gateway_process> gateway;
};

[[nodiscard]] std::string yaml(configuration const& c, std::string const& endpoint);
[[nodiscard]] std::string get(std::string const& target = "/", std::string const& fields = {});
[[nodiscard]] std::string post(std::string const& body, std::string const& fields = {});

/// The canonical error in an answer; checks what every one of the gateway's own errors has.
[[nodiscard]] boost::json::object own_error(message const& answer);
[[nodiscard]] std::string text(boost::json::object const& from, std::string_view member);

} // namespace errata::test
