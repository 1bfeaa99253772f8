#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace errata
{

/// What `wanted` asks for and `got` (both JSON texts) does not have, one line each: members of objects may be more than
/// asked for, lists must be equally long, numbers compare as numbers, and a null asks for a member to be absent or
/// null.
[[nodiscard]] std::vector<std::string> json_differences(std::string_view wanted, std::string_view got);

} // namespace errata
