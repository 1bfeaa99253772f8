#include "problem/failure.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace errata
{
namespace
{
using enum execution;
using src = hint_source;

// One row per cause, in the enum's order. Status 0: the upstream's own, the one told before, or nothing is sent.
constexpr std::array traits{
    failure_trait{failure::dns_error, "dns_error", 502, "UPSTREAM_DNS_ERROR", "dns_error", no, src::policy,
                  "The address of the service that should answer this request could not be found."},
    failure_trait{failure::dns_timeout, "dns_timeout", 504, "UPSTREAM_DNS_TIMEOUT", "dns_timeout", no, src::policy,
                  "Looking up the address of the service that should answer this request took too long."},
    failure_trait{failure::no_route, "no_route", 404, "ROUTE_NOT_FOUND", "destination_not_found", no, src::none,
                  "No service is registered for this host and path."},
    failure_trait{failure::method_not_allowed, "method_not_allowed", 405, "METHOD_NOT_ALLOWED", "http_request_error",
                  no, src::none, "This method is not allowed here; the Allow field lists the ones that are."},
    failure_trait{failure::no_healthy_endpoint, "no_healthy_endpoint", 503, "NO_HEALTHY_UPSTREAM",
                  "destination_unavailable", no, src::known_time,
                  "The service has no healthy instance at the moment. The request was not processed."},
    failure_trait{failure::circuit_open, "circuit_open", 503, "CIRCUIT_OPEN", "destination_unavailable", no,
                  src::known_time,
                  "The service failed repeatedly and is given time to recover. The request was not processed."},
    failure_trait{failure::cooldown, "cooldown", 503, "UPSTREAM_COOLDOWN", "proxy_internal_response", no,
                  src::known_time, "The service asked not to be called for a while. The request was not processed."},
    failure_trait{failure::retry_too_early, "retry_too_early", 0, "RETRY_TOO_EARLY", "proxy_internal_response", no,
                  src::known_time,
                  "This request came back before the announced waiting time was over. It was not processed."},
    failure_trait{failure::saturated, "saturated", 503, "UPSTREAM_SATURATED", "connection_limit_reached", no,
                  src::known_time, "The service has no capacity left at the moment. The request was not processed."},
    failure_trait{failure::queue_timeout, "queue_timeout", 503, "QUEUE_TIMEOUT", "connection_limit_reached", no,
                  src::known_time, "The request waited too long for free capacity and was not processed."},
    failure_trait{failure::connect_refused, "connect_refused", 502, "UPSTREAM_REFUSED", "connection_refused", no,
                  src::policy, "The service refused the connection. The request was not processed."},
    failure_trait{failure::unreachable, "unreachable", 502, "UPSTREAM_UNREACHABLE", "destination_ip_unroutable", no,
                  src::policy, "The service could not be reached. The request was not processed."},
    failure_trait{failure::connect_timeout, "connect_timeout", 504, "UPSTREAM_CONNECT_TIMEOUT", "connection_timeout",
                  no, src::policy, "The service did not accept a connection in time. The request was not processed."},
    failure_trait{failure::tls_alert, "tls_alert", 502, "UPSTREAM_TLS_ALERT", "tls_alert_received", no, src::none,
                  "The service rejected the secure connection. The request was not processed."},
    failure_trait{failure::tls_certificate, "tls_certificate", 502, "UPSTREAM_TLS_CERTIFICATE", "tls_certificate_error",
                  no, src::none, "The certificate of the service is not valid. The request was not processed."},
    failure_trait{failure::tls_protocol, "tls_protocol", 502, "UPSTREAM_TLS_PROTOCOL", "tls_protocol_error", no,
                  src::none,
                  "A secure connection to the service could not be established. The request was not processed."},
    failure_trait{failure::tls_timeout, "tls_timeout", 504, "UPSTREAM_TLS_TIMEOUT", "connection_timeout", no,
                  src::policy, "Securing the connection to the service took too long. The request was not processed."},
    failure_trait{failure::closed_idle, "closed_idle", 502, "UPSTREAM_CLOSED_IDLE", "connection_terminated", maybe,
                  src::policy_if_safe, "The service closed the connection before it answered."},
    failure_trait{failure::closed, "closed", 502, "UPSTREAM_CLOSED", "connection_terminated", maybe,
                  src::policy_if_safe, "The service closed the connection before it answered."},
    failure_trait{failure::incomplete, "incomplete", 502, "UPSTREAM_INCOMPLETE", "http_response_incomplete", maybe,
                  src::policy_if_safe, "The service broke off in the middle of its answer."},
    failure_trait{failure::malformed_response, "malformed_response", 502, "UPSTREAM_MALFORMED", "http_protocol_error",
                  maybe, src::none, "The service sent an answer that is not valid HTTP."},
    failure_trait{failure::proxy_auth, "proxy_auth", 502, "UPSTREAM_PROXY_AUTH", "http_protocol_error", no, src::none,
                  "A proxy on the way to the service requires credentials that the gateway does not have."},
    failure_trait{failure::framing, "framing", 502, "UPSTREAM_FRAMING", "http_protocol_error", yes, src::none,
                  "The service sent an answer whose length cannot be determined."},
    failure_trait{failure::response_headers_too_large, "response_headers_too_large", 502, "UPSTREAM_HEADERS_TOO_LARGE",
                  "http_response_header_section_size", yes, src::none,
                  "The service sent an answer with more header data than the gateway accepts."},
    failure_trait{failure::transfer_coding, "transfer_coding", 502, "UPSTREAM_TRANSFER_CODING",
                  "http_response_transfer_coding", yes, src::none,
                  "The service sent an answer in a transfer coding that is not understood."},
    failure_trait{failure::body_not_decodable, "body_not_decodable", 0, "", "http_response_content_coding", yes,
                  src::policy, ""},
    failure_trait{failure::response_timeout, "response_timeout", 504, "UPSTREAM_RESPONSE_TIMEOUT",
                  "http_response_timeout", maybe, src::policy_if_safe,
                  "The service did not begin to answer in time. It may have processed the request."},
    failure_trait{failure::read_timeout, "read_timeout", 504, "UPSTREAM_READ_TIMEOUT", "connection_read_timeout", yes,
                  src::policy_if_safe, "The service stopped in the middle of its answer and did not go on in time."},
    failure_trait{failure::deadline, "deadline", 504, "DEADLINE_EXCEEDED", "http_response_timeout", maybe,
                  src::policy_if_safe, "The request could not be completed within the time allowed for it."},
    failure_trait{failure::write_timeout, "write_timeout", 504, "UPSTREAM_WRITE_TIMEOUT", "connection_write_timeout",
                  maybe, src::policy_if_safe, "The service did not accept the request in time."},
    failure_trait{failure::cut_after_head, "cut_after_head", 0, "", "", yes, src::none, ""},
    failure_trait{failure::upgrade_failed, "upgrade_failed", 502, "UPGRADE_FAILED", "http_upgrade_failed", maybe,
                  src::none, "The service did not complete the requested change of protocol."},
    failure_trait{failure::malformed_request, "malformed_request", 400, "MALFORMED_REQUEST", "http_request_error", no,
                  src::none, "The request is not valid HTTP."},
    failure_trait{failure::request_headers_too_large, "request_headers_too_large", 431, "REQUEST_HEADERS_TOO_LARGE",
                  "http_request_error", no, src::none, "The header section of the request is too large."},
    failure_trait{failure::uri_too_long, "uri_too_long", 414, "URI_TOO_LONG", "http_request_error", no, src::none,
                  "The target of the request is too long."},
    failure_trait{failure::payload_too_large, "payload_too_large", 413, "PAYLOAD_TOO_LARGE", "http_request_error", no,
                  src::none, "The content of the request is larger than allowed here."},
    failure_trait{failure::length_required, "length_required", 411, "LENGTH_REQUIRED", "http_request_error", no,
                  src::none, "The request must state the length of its content."},
    failure_trait{failure::expectation_failed, "expectation_failed", 417, "EXPECTATION_FAILED", "http_request_error",
                  no, src::none, "The expectation in the Expect field cannot be met."},
    failure_trait{failure::misdirected, "misdirected", 421, "MISDIRECTED_REQUEST", "http_request_error", no, src::none,
                  "This connection does not serve the host that the request names."},
    failure_trait{failure::not_implemented, "not_implemented", 501, "NOT_IMPLEMENTED", "http_request_error", no,
                  src::none, "The request uses a feature of HTTP that is not supported here."},
    failure_trait{failure::http_version, "http_version", 505, "HTTP_VERSION_NOT_SUPPORTED", "http_request_error", no,
                  src::none, "This version of HTTP is not supported here."},
    failure_trait{failure::method_refused, "method_refused", 405, "METHOD_NOT_ALLOWED", "http_request_error", no,
                  src::none, "This method is not supported here; the Allow field lists the ones that are."},
    failure_trait{failure::request_timeout, "request_timeout", 408, "REQUEST_TIMEOUT", "http_request_error", no,
                  src::one_second, "The request did not arrive completely in time."},
    failure_trait{failure::request_body_timeout, "request_body_timeout", 408, "REQUEST_TIMEOUT", "http_request_error",
                  maybe, src::none, "The content of the request did not arrive completely in time."},
    failure_trait{failure::request_body_malformed, "request_body_malformed", 400, "MALFORMED_REQUEST",
                  "http_request_error", maybe, src::none, "The content of the request is not framed correctly."},
    failure_trait{failure::client_closed, "client_closed", 499, "CLIENT_CLOSED", "", no, src::none,
                  "The client closed the connection before it was answered."},
    failure_trait{failure::rate_limited, "rate_limited", 429, "RATE_LIMIT_EXCEEDED", "http_request_error", no,
                  src::known_time, "Too many requests were sent in a given time. The request was not processed."},
    failure_trait{failure::overloaded, "overloaded", 503, "GATEWAY_OVERLOADED", "proxy_internal_response", no,
                  src::known_time, "The gateway is overloaded at the moment. The request was not processed."},
    failure_trait{failure::draining, "draining", 503, "GATEWAY_DRAINING", "proxy_internal_response", no,
                  src::one_second,
                  "The gateway is shutting down. The request was not processed and can be sent again at once."},
    failure_trait{failure::maintenance, "maintenance", 503, "MAINTENANCE", "proxy_internal_response", no,
                  src::known_time, "The service is down for maintenance. The request was not processed."},
    failure_trait{failure::loop_detected, "loop_detected", 502, "LOOP_DETECTED", "proxy_loop_detected", no, src::none,
                  "The request came back to a gateway that it had passed already."},
    failure_trait{failure::internal, "internal", 500, "GATEWAY_INTERNAL_ERROR", "proxy_internal_error", maybe,
                  src::none, "The gateway could not complete the request because of an error of its own."},
};

constexpr bool in_order()
{
    for(std::size_t i = 0; i < traits.size(); ++i)
        if(static_cast<std::size_t>(traits[i].what) != i)
            return false;
    return traits.size() == static_cast<std::size_t>(failure::internal) + 1;
}
static_assert(in_order(), "the rows must follow the enum, none missing");
} // namespace

failure_trait const& trait(failure f) noexcept
{
    return traits[static_cast<std::size_t>(f)];
}

std::size_t failure_count() noexcept
{
    return traits.size();
}

bool is_reserved_code(std::string_view code) noexcept
{
    // By first letter, a bit for each length: hardly any other code is asked for twice.
    static constexpr auto lengths = []
    {
        std::array<std::uint64_t, 32> table{};
        for(auto const& row : traits)
            if(!row.code.empty())
                table[row.code[0] & 31u] |= std::uint64_t{1} << row.code.size();
        return table;
    }();
    return !code.empty() && code.size() < 64 && (lengths[code[0] & 31u] >> code.size() & 1) &&
           std::ranges::any_of(traits, [&](auto const& row) { return row.code == code; });
}

} // namespace errata
