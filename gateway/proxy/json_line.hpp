#pragma once

#include "proxy/access_record.hpp"

#include <array>
#include <cstddef>

namespace errata
{

/// RFC 3339 in UTC with milliseconds, and a NUL.
using time_stamp = std::array<char, sizeof "1970-01-01T00:00:00.000Z">;

/// How much room a JSON line of this record may take, every character escaped.
[[nodiscard]] std::size_t json_line_bound(access_record const& r) noexcept;

/// The quick way to write one: members, their names and kinds are known when this is compiled, and room is not asked
/// for. `time` is the record's as text; `to` has `json_line_bound` bytes. Returns the end of what it wrote.
[[nodiscard]] char* write_json_line(access_record const& r, time_stamp const& time, char* to) noexcept;

} // namespace errata
