#pragma once

#include <cstdint>
#include <string_view>

namespace errata
{

/// The fields that proxying itself looks at; everything else is `other`.
enum class field_id : std::uint8_t
{
    other,
    connection, ///< from here to http2_settings: of one connection only
    keep_alive,
    proxy_connection,
    te,
    trailer,
    transfer_encoding,
    upgrade,
    proxy_authenticate,
    proxy_authorization,
    proxy_authentication_info,
    http2_settings,
    content_length,
    content_type,
    content_encoding,
    host,
    expect,
    via,
    max_forwards,
    date,
    server,
    location,
    forwarded,
    x_forwarded_for,
    x_forwarded_proto,
    x_forwarded_host,
    x_forwarded_port,
    x_request_id,
    x_failed_requests,
    accept,
    authorization,
    cache_control,
    content_range,
    origin,
    proxy_status,
    retry_after,
    traceparent,
    tracestate,
    idempotency_key,
    access_control_allow_origin,
    access_control_expose_headers,
    www_authenticate,
    allow,
    range,
};

static_assert(static_cast<unsigned>(field_id::range) < 64, "presence is a 64-bit set");

/// The id of a field name; `name` must be a token (RFC 9110 5.6.2), case does not matter.
[[nodiscard]] field_id id_of(std::string_view name) noexcept;

/// True for the fields that concern one connection only (RFC 9110 7.6.1), whatever Connection says.
[[nodiscard]] bool is_connection_specific(field_id id) noexcept;

/// True for the fields that Connection cannot take away: framing, routing, credentials and who sent the request. RFC
/// 9110 7.6.1 forbids naming them there; a client that does it wants the upstream to see something else than we did.
[[nodiscard]] bool is_protected(field_id id) noexcept;

/// True for the fields that may not arrive in a trailer section (RFC 9110 6.5.1).
[[nodiscard]] bool is_forbidden_in_trailers(field_id id) noexcept;

} // namespace errata
