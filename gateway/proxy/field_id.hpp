#pragma once

#include <cstdint>
#include <initializer_list>
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

/// A set of field ids in one word.
class field_set
{
public:
    constexpr field_set(std::initializer_list<field_id> ids = {}) noexcept
    {
        for(auto const id : ids)
            add(id);
    }
    constexpr void add(field_id id) noexcept { bits_ |= bit(id); }
    [[nodiscard]] constexpr bool has(field_id id) const noexcept { return (bits_ & bit(id)) != 0; }

private:
    static constexpr std::uint64_t bit(field_id id) noexcept { return std::uint64_t{1} << static_cast<unsigned>(id); }
    static_assert(static_cast<unsigned>(field_id::range) < 64);
    std::uint64_t bits_ = 0;
};

/// The id of a field name; case does not matter. What has an id other than `other` is a token (RFC 9110 5.6.2).
[[nodiscard]] field_id id_of(std::string_view name) noexcept;

/// True for the fields that concern one connection only (RFC 9110 7.6.1), whatever Connection says.
[[nodiscard]] constexpr bool is_connection_specific(field_id id) noexcept
{
    return id >= field_id::connection && id <= field_id::http2_settings;
}

/// True for the fields that Connection cannot take away: framing, routing, credentials and who sent the request. RFC
/// 9110 7.6.1 forbids naming them there; a client that does it wants the upstream to see something else than we did.
[[nodiscard]] bool is_protected(field_id id) noexcept;

/// True for the fields that may not arrive in a trailer section (RFC 9110 6.5.1).
[[nodiscard]] bool is_forbidden_in_trailers(field_id id) noexcept;

} // namespace errata
