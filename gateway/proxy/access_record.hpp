#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace errata
{

/// One exchange as the access log tells it. Views live until it is written; what is empty or absent is left out.
struct access_record
{
    using microseconds = std::chrono::microseconds;

    std::chrono::system_clock::time_point time{}; ///< when the request's head was complete
    std::string_view request_id;
    std::string_view client;                       ///< address
    std::string_view method, host, path, protocol; ///< path without the query, where credentials travel
    unsigned status = 0;                           ///< what the client got; 499 when it had left
    std::uint64_t bytes_in = 0, bytes_out = 0;     ///< content, without heads
    std::optional<microseconds> total;             ///< until the last byte was handed to the client's connection
    std::optional<microseconds> connect;           ///< name, connect and TLS of the last attempt
    std::optional<microseconds> first_byte;        ///< from the request sent to the answer's first byte
    std::optional<microseconds> own;               ///< spent in the gateway itself
    std::string_view route, upstream, endpoint;
    unsigned upstream_status = 0;  ///< what upstream said, when a rule or a failure changed it
    std::string_view origin;       ///< gateway or upstream, on errors
    std::string_view cause;        ///< failure's name
    std::string_view proxy_status; ///< RFC 9209 error type
    std::string_view details;      ///< what the operating system, TLS or the parser said; never shown to clients
    unsigned attempts = 0;
    std::string_view dialect, treatment, code;
    std::string_view upstream_request_id;
    std::string_view retry;                   ///< the decision in a word: allowed, denied, exhausted
    std::optional<std::uint64_t> retry_after; ///< seconds
    unsigned leaks = 0;                       ///< what the leak guard took out
    std::string_view trace_id, span_id;       ///< from traceparent
};

} // namespace errata
