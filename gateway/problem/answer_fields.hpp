#pragma once

#include "problem/normalize.hpp"

#include <string_view>
#include <vector>

namespace errata
{

[[nodiscard]] std::string_view decimal(long long n, arena& memory);

/// Appends the fields that state the retry decision: Retry-After, retry-after-ms where finer than a second, and, if
/// `flag`, X-Should-Retry. Nothing but the flag when retrying is not allowed.
void add_retry_fields(retry_advice const& advice, bool flag, std::vector<field>& out, arena& memory);

/// Appends RateLimit: nothing is left of the quota for that long (draft-ietf-httpapi-ratelimit-headers 4), but never
/// longer than the wait that is told beside it.
void add_rate_limit(milliseconds reset, retry_advice const& advice, std::vector<field>& out, arena& memory);

/// One member of Proxy-Status (RFC 9209).
struct proxy_status
{
    std::string_view error; ///< token; empty: no error parameter
    std::string_view extra; ///< further parameters, serialised
    std::optional<unsigned> received_status;
    std::string_view details;
};
[[nodiscard]] std::string_view proxy_status_value(proxy_status const& status, identity const& self, arena& memory);

/// Appends our member as a field of its own, after those of proxies further in (RFC 9209 2), unless it is switched off
/// or one of `out` bears our name already: then the answer has been here before.
void add_proxy_status(proxy_status const& status, identity const& self, std::vector<field>& out, arena& memory);

/// `application/json` or `application/problem+json`.
[[nodiscard]] std::string_view media_type(bool plain_json) noexcept;

/// What becomes of an upstream's fields.
struct field_changes
{
    unsigned status = 0;         ///< as it goes out
    bool new_body = false;       ///< the representation's metadata goes
    bool hide_internals = false; ///< X-Powered-By, X-Debug-* ... go
    bool scrub = false;          ///< challenges and error fields go as well
    retry_advice const* retry = nullptr;
    retry_flag flag = retry_flag::decided;
    std::optional<milliseconds> quota_reset; ///< to be told by RateLimit, where the upstream does not
    std::string_view challenge, allow;       ///< for a 401 or 405 without
    std::string_view request_id;             ///< the gateway's, where the upstream has none
    bool vary_accept = false;
};

/// What was missing although it is mandatory.
struct field_findings
{
    bool missing_challenge = false, missing_allow = false;
};

/// Copies the upstream's fields to `out` with these changes: hints that contradict the retry decision are removed, the
/// decision is written, flags of the upstream stay. Content-Type and Content-Length of a new body are the caller's to
/// add.
field_findings copy_fields(field_list from, field_changes const& changes, std::vector<field>& out, arena& memory);

} // namespace errata
