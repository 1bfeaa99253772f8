#pragma once

#include <string_view>

namespace errata
{

/// The status's title: registered statuses with their RFC 9110 names, de-facto ones (419, 420, 440, 449, 450, 498, 499,
/// 509, 520-527, 529, 530, 540, 598, 599); "Unknown Error" style fallback per class for the others.
[[nodiscard]] std::string_view title_of(unsigned status) noexcept;

/// The reason phrase for a status line (the same table).
[[nodiscard]] std::string_view reason_of(unsigned status) noexcept;

/// The stable UPPER_SNAKE code an error of this status has when nobody gave a better one.
[[nodiscard]] std::string_view default_code(unsigned status) noexcept;

} // namespace errata
