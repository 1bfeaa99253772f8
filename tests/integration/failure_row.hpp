#pragma once

#include "gateway_fixture.hpp"

namespace errata::test
{

/// What the client is told about retrying.
enum class verdict
{
    wait_8, ///< the policy's first backoff
    wait_1, ///< a second: the way is free at once
    known,  ///< some time that the gateway knows
    never,
    unsafe ///< not allowed, because the request may have been executed
};

/// One cause as it must show in every place at once: the answer, the access log, the metrics.
struct failure_row
{
    std::string cause; ///< in log and metric
    unsigned status = 0;
    std::string code;
    std::string error; ///< the Proxy-Status error with its parameters; the last one's value may be *
    verdict advice = verdict::never;
    bool safe = true;
    std::string origin = "gateway"; ///< in log and metric
};

/// Gateways whose failures are looked up in every place where they must show.
class failure_fixture : public gateway_fixture
{
protected:
    void start(configuration c = {});
    /// The final answer: interim ones before it are legitimate.
    [[nodiscard]] static message final_response(wire& client);
    void expect_row(message const& answer, failure_row const& row);
    /// Log and metric alone: where there is no answer to look at.
    void expect_recorded(std::string const& request_id, failure_row const& row);
    /// The access log's line about this request; waits for it.
    [[nodiscard]] boost::json::object line_of(std::string const& request_id);
    /// What the metrics say now.
    [[nodiscard]] std::string scrape();
    /// How often the metrics count this cause with this status.
    [[nodiscard]] double counted(std::string const& cause, unsigned status, std::string const& origin = "gateway");
};

} // namespace errata::test
