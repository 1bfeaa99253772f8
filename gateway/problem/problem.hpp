#pragma once

#include "problem/policy.hpp"
#include "problem/recognized.hpp"
#include "problem/retry.hpp"

#include <span>
#include <string>
#include <string_view>

namespace errata
{

/// Who made the error.
enum class error_origin : std::uint8_t
{
    gateway,
    upstream,
    client ///< it left before there was an answer: in log and metrics only
};

/// The canonical error, ready to be written: everything has passed leak guard, rules and code mapping. An empty view is
/// a member that is left out. Owns nothing; views live in the workspace or in static text.
struct problem
{
    std::string_view type = "about:blank"; ///< URI
    std::string_view title;
    unsigned status = 0;
    std::string_view detail;
    std::string_view instance; ///< URI
    std::string_view code;     ///< UPPER_SNAKE
    std::span<field_error const> errors;
    std::string_view details; ///< JSON text
    std::string_view help;    ///< URI
    error_origin origin = error_origin::gateway;
    std::string_view request_id;
    std::string_view upstream_code; ///< JSON text
    std::string_view upstream_request_id;
    std::string_view trace_id; ///< W3C Trace Context
    retry_advice retry;
    unsigned tries = 1;
    std::string_view oauth_error, oauth_description, oauth_uri; ///< stay beside the canonical members (RFC 6749 5.2)
};

[[nodiscard]] std::string_view name_of(error_origin origin) noexcept;

/// `about:blank`, or `base` and the code in kebab-case. The result lies in `memory` or is static.
[[nodiscard]] std::string_view type_of(std::string_view base, std::string_view code, arena& memory);

/// `urn:uuid:` and the id when that is a UUID (RFC 9562 4), else empty.
[[nodiscard]] std::string_view instance_of(std::string_view request_id, arena& memory);

} // namespace errata
