#pragma once

#include "problem/arena.hpp"

#include <string_view>

namespace errata
{

/// Makes strict JSON of what careless serializers write, in one pass without judging: lone surrogate escapes become
/// \ufffd, control characters in strings are escaped, stray backslashes doubled, NUL between tokens and trailing commas
/// dropped, NaN and Infinity made null; Python's and JavaScript's single quotes, True/None and bare member names are
/// put in JSON's form. All else is copied: the result parses no further than the input was sound.
[[nodiscard]] std::string_view repaired_json(std::string_view text, arena& memory);

} // namespace errata
