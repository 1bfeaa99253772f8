#pragma once

#include "problem/arena.hpp"

#include <string_view>

namespace errata
{

/// `body` as well-formed UTF-8 without a byte order mark: itself when it is that already, else converted or repaired
/// into `memory`. The charset comes from a byte order mark, the `charset` parameter of `content_type`, an XML
/// declaration or an HTML meta element, in that order; a label that the bytes refute is not believed.
[[nodiscard]] std::string_view to_utf8(std::string_view body, std::string_view content_type, arena& memory);

} // namespace errata
