#pragma once

#include "command/setting_list.hpp"
#include "problem/normalize.hpp"

#include <string>
#include <vector>

namespace errata
{

/// What was decided about a retry of this answer and why, in words: "after 7 s: the upstream names the wait in
/// Retry-After; 1 other hint is not plausible".
[[nodiscard]] std::string retry_verdict(answer const& reply);

/// The same with what it follows from: the rule, the settings `behind` it with their places, or what is built in.
[[nodiscard]] std::string retry_reason(answer const& reply, std::vector<written_setting> const& behind);

} // namespace errata
