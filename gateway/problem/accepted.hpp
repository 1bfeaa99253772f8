#pragma once

#include "problem/normalize.hpp"

namespace errata
{

/// A 202 tells in its body when to ask again: the header says it too, the bytes stay (RFC 9110 15.3.3, 10.2.3).
/// Nothing is touched when the body is no whole JSON object with a plausible `retry_after`, or the header is there
/// already.
[[nodiscard]] answer accepted(upstream_answer const& reply, error_policy const& errors, wall_clock::time_point now,
                              workspace& work);

} // namespace errata
