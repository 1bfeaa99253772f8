#pragma once

#include "problem/arena.hpp"
#include "problem/document.hpp"

#include <string_view>

namespace errata
{

/// `text`, of any octets, as a JSON string, quotes included.
[[nodiscard]] std::string_view quoted(std::string_view text, arena& memory);

/// A scalar as JSON: the slice of the original text where there is one, else its text as a JSON string.
[[nodiscard]] std::string_view json_text(document::ref const& scalar, arena& memory);

} // namespace errata
