#pragma once

#include "problem/arena.hpp"

#include <cstddef>
#include <string_view>

namespace errata
{

/// How many bytes the well-formed UTF-8 sequence at the start of `text` takes; 0 when there is none (Unicode 15,
/// table 3-7: no surrogates, no overlong forms). `text` is not empty.
[[nodiscard]] std::size_t utf8_sequence(std::string_view text) noexcept;

/// How many bytes at the start of `text` are ASCII.
[[nodiscard]] std::size_t ascii_prefix(std::string_view text) noexcept;

/// How many bytes at the start of `text` are well-formed UTF-8.
[[nodiscard]] std::size_t utf8_prefix(std::string_view text) noexcept;

/// `text` itself when it is well-formed, else a copy in `memory` with each maximal ill-formed run replaced by U+FFFD.
[[nodiscard]] std::string_view repaired_utf8(std::string_view text, arena& memory);

/// Writes one code point (a scalar value, else U+FFFD) to `out`, which has room for four bytes; returns the bytes
/// written.
std::size_t put_utf8(char32_t c, char* out) noexcept;

} // namespace errata
