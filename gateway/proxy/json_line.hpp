#pragma once

#include "proxy/access_record.hpp"

#include <cstddef>
#include <string_view>

namespace errata
{

/// How much room a JSON line of this record may take, every character escaped.
[[nodiscard]] std::size_t json_line_bound(access_record const& r) noexcept;

/// The quick way to write one: members, their names and kinds are known when this is compiled, and room is not asked
/// for. `time` is the record's as text; `to` has `json_line_bound` bytes. Returns the end of what it wrote.
[[nodiscard]] char* write_json_line(access_record const& r, std::string_view time, char* to) noexcept;

} // namespace errata
