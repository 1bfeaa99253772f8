#pragma once

#include "routing/mistake.hpp"

#include <iosfwd>
#include <vector>

namespace errata
{

/// All of them as text, and one line that counts them.
void write_mistakes(std::vector<mistake> const& mistakes, std::ostream& out);
/// All of them as one JSON array, for editors and pipelines.
void write_mistakes_json(std::vector<mistake> const& mistakes, std::ostream& out);
/// "2 errors, 1 warning"
[[nodiscard]] std::string count_mistakes(std::vector<mistake> const& mistakes);

} // namespace errata
