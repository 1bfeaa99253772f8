#pragma once

#include <string_view>

namespace errata
{

/// The type and subtype of a Content-Type value (RFC 9110 8.3.1), without parameters.
[[nodiscard]] std::string_view essence(std::string_view content_type) noexcept;

/// The value of its `charset` parameter without quotes; empty when there is none.
[[nodiscard]] std::string_view charset_parameter(std::string_view content_type) noexcept;

} // namespace errata
