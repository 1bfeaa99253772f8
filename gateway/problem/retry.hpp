#pragma once

#include "problem/failure.hpp"
#include "problem/field.hpp"
#include "problem/recognized.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace errata
{

using wall_clock = std::chrono::system_clock;
using milliseconds = std::chrono::milliseconds;

/// What the policy says of a status.
enum class retry_rule : std::uint8_t
{
    never,
    when_hinted,   ///< allowed when the upstream gave a plausible wait
    when_declared, ///< the same: the upstream's own hint is a declaration
    backoff,       ///< hint, else the schedule
    one_second,    ///< allowed, after 1 (408, 425)
};

/// What to do with X-Should-Retry.
enum class retry_flag : std::uint8_t
{
    decided,
    own,
    off
};

/// The retry policy of a route: immutable, compiled from YAML, defaults as documented.
struct retry_policy
{
    retry_policy(); ///< the documented defaults

    std::array<retry_rule, 500> by_status; ///< index status - 100
    milliseconds base{8'000};
    unsigned factor = 8;
    unsigned attempts = 5;
    std::optional<milliseconds> cap;
    double jitter = 0;                            ///< share added at most, upward only
    std::optional<milliseconds> default_wait_429; ///< for a 429 without hint
    retry_flag flag = retry_flag::decided;
    bool refuse_unsafe = false;              ///< upstream 502/503/504/52x on an unsafe method: not allowed
    bool rate_limit_fields = false;          ///< write RateLimit and RateLimit-Policy where a quota is used up
    std::vector<std::string> attempt_fields; ///< further request fields that count failures
    [[nodiscard]] retry_rule rule_for(unsigned status) const noexcept;
    friend bool operator==(retry_policy const&, retry_policy const&) = default;
};

/// Which source a wait came from, for explain, log and metrics.
enum class hint_kind : std::uint8_t
{
    none,
    retry_after,
    millisecond_field,
    body,
    rate_limit,
    rate_limit_reset,
    schedule,
    policy_default,
    known_time,
    upstream_flag,
};

/// The upstream's hints, read and judged.
struct hints
{
    std::optional<milliseconds> wait; ///< the winning plausible wait
    hint_kind source = hint_kind::none;
    std::optional<bool> flag;                ///< x-should-retry, stripe-should-retry, grpc-retry-pushback-ms
    bool sent_zero = false;                  ///< Retry-After was the integer 0
    std::optional<milliseconds> quota_reset; ///< a vendor's own fields say that nothing is left until then
    unsigned dropped = 0;                    ///< implausible or unreadable hints
    unsigned contradicted = 0;               ///< plausible hints that lost against a later one
};

/// Reads every hint of an upstream's answer. `now` is used where the answer has no Date.
[[nodiscard]] hints read_hints(field_list fields, std::vector<body_hint> const& body, wall_clock::time_point now);

/// How often the client says it failed already (X-Failed-Requests, x-stainless-retry-count, amz-sdk-request,
/// x-envoy-attempt-count, configured ones): the largest.
[[nodiscard]] unsigned failures_reported(field_list request, retry_policy const& policy);

/// Everything the decision depends on.
struct retry_facts
{
    unsigned status = 0;
    std::optional<failure> cause;     ///< set for the gateway's own failures
    bool idempotent = true;           ///< by method (RFC 9110 9.2.2)
    bool idempotency_key = false;     ///< the request carries one
    execution acted = execution::yes; ///< worst over all attempts
    unsigned failures = 0;            ///< reported by the client
    hints upstream;
    std::optional<milliseconds> known_wait; ///< what the gateway itself knows (breaker, queue, drain ...)
    double random = 0;                      ///< 0..1, for jitter
};

/// One decision per error answer; headers and body are written from this alone.
struct retry_advice
{
    bool allowed = false;
    std::optional<milliseconds> after; ///< only when allowed
    hint_kind source = hint_kind::none;
    bool exhausted = false;
    unsigned attempt = 1; ///< n: failures reported + 1
    unsigned max_attempts = 5;
    bool scheduled = false; ///< the wait comes from the schedule (attempt/max_attempts are told)
    bool safe = false;
    bool refused_as_unsafe = false; ///< not allowed only because it might take effect twice
    bool zero = false;              ///< upstream's literal Retry-After: 0 may be passed on
    std::string_view why;           ///< static text for explain
    std::string_view setting;       ///< the key of the policy that decided, for explain; empty: no setting did

    /// The integer for Retry-After: rounded up, at least 1 unless `zero`.
    [[nodiscard]] long long seconds() const noexcept;
    friend bool operator==(retry_advice const&, retry_advice const&) = default;
};

[[nodiscard]] retry_advice advise(retry_facts const& facts, retry_policy const& policy) noexcept;

[[nodiscard]] bool is_idempotent(std::string_view method) noexcept;

} // namespace errata
