#pragma once

#include "problem/arena.hpp"

#include <string_view>

namespace errata
{

/// Without percent-encoding (RFC 3986 2.1); what is no UTF-8 then is repaired, escapes without two digits stay as they
/// are. `plus` is what a `+` stands for: a blank in forms. Comes back without a copy where there is nothing to decode.
[[nodiscard]] std::string_view percent_decoded(std::string_view text, arena& memory, char plus = '+');

} // namespace errata
