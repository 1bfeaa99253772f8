#pragma once

#include "problem/arena.hpp"

#include <string_view>

namespace errata
{

/// An upstream's textual code in UPPER_SNAKE: what stands before a `#` is cut, words are split at lower-Upper, at an
/// ACRONYMWord and at everything that is neither letter nor digit; at most 64 characters. Empty when it is no textual
/// code: no ASCII letter, or a sentence. The result lies in `memory`, or is `code` itself when that is canonical
/// already.
[[nodiscard]] std::string_view canonical_code(std::string_view code, arena& memory);

} // namespace errata
