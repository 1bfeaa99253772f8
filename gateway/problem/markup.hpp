#pragma once

#include <string>
#include <string_view>

namespace errata
{

/// Text as it may stand in HTML and XML, between tags and in quoted attributes. Control characters, which XML has no
/// way to write, become question marks.
[[nodiscard]] std::string escaped_markup(std::string_view text);

} // namespace errata
