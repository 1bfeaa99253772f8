#pragma once

#include "problem/retry.hpp"

#include <optional>
#include <string_view>

namespace errata
{

// The notations in which upstreams write how long to wait. All are pure, linear, and answer "nothing" to what they
// cannot read; none judges whether the value is plausible.

/// A non-negative decimal number ("30", "1.5", "2e1") times `unit`, rounded to the millisecond; nothing for signs,
/// words and what exceeds a year.
[[nodiscard]] std::optional<milliseconds> read_number(std::string_view text, milliseconds unit) noexcept;

/// "3.5s", "12ms", "6m0s", "1h30m", "30 seconds", "PT1M30S", "P1DT2H".
[[nodiscard]] std::optional<milliseconds> read_duration(std::string_view text) noexcept;

/// An HTTP-date in its three forms (RFC 9110 5.6.7). `now` decides the century of a two-digit year.
[[nodiscard]] std::optional<wall_clock::time_point> read_http_date(std::string_view text,
                                                                   wall_clock::time_point now) noexcept;

/// An RFC 3339 date-time.
[[nodiscard]] std::optional<wall_clock::time_point> read_timestamp(std::string_view text) noexcept;

} // namespace errata
