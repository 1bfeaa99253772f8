#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace errata
{

/// Everything that can go wrong before or instead of an upstream's answer. One row of `failure_traits` each; the
/// enumerator reaches status, body, Proxy-Status, log and metric from that row alone.
enum class failure : std::uint8_t
{
    dns_error,
    dns_timeout,
    no_route,
    method_not_allowed,
    no_healthy_endpoint,
    circuit_open,
    cooldown,
    retry_too_early,
    saturated,
    queue_timeout,
    connect_refused,
    unreachable,
    connect_timeout,
    tls_alert,
    tls_certificate,
    tls_protocol,
    tls_timeout,
    closed_idle,
    closed,
    incomplete,
    malformed_response,
    proxy_auth,
    framing,
    response_headers_too_large,
    transfer_coding,
    body_not_decodable, ///< an error body of the upstream that could not be read: its own status stays
    response_timeout,
    read_timeout,
    deadline,
    write_timeout,
    cut_after_head, ///< the connection is cut; only log and metric name it
    upgrade_failed,
    malformed_request,
    request_headers_too_large,
    uri_too_long,
    payload_too_large,
    length_required,
    expectation_failed,
    misdirected,
    not_implemented,
    http_version,
    method_refused, ///< TRACE, CONNECT
    request_timeout,
    request_body_timeout,
    request_body_malformed,
    client_closed,
    rate_limited,
    overloaded,
    draining,
    maintenance,
    loop_detected,
    internal,
};

/// May the upstream have acted on the request? Ordered: the worst of several attempts is the largest.
enum class execution : std::uint8_t
{
    no,
    maybe,
    yes
};

/// Where a failure's Retry-After comes from.
enum class hint_source : std::uint8_t
{
    none,
    policy,
    policy_if_safe,
    known_time,
    one_second
};

struct failure_trait
{
    failure what;
    std::string_view name;  ///< snake_case, for log fields and metric labels
    unsigned status;        ///< 0: the upstream's or none
    std::string_view code;  ///< public contract: never renamed
    std::string_view token; ///< RFC 9209 error type, empty when none applies
    execution acted;
    hint_source wait;
    std::string_view detail; ///< the sentence the client reads: explains, names no internals
};

[[nodiscard]] failure_trait const& trait(failure f) noexcept;
[[nodiscard]] std::size_t failure_count() noexcept;
/// True when `code` is one of the gateway's own.
[[nodiscard]] bool is_reserved_code(std::string_view code) noexcept;

} // namespace errata
