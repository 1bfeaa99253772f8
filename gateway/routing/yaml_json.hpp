#pragma once

#include "routing/yaml.hpp"

#include <functional>
#include <optional>
#include <string>

namespace errata
{

/// Gives the text of a scalar, or nothing where that is a mistake (already told).
using scalar_text = std::function<std::optional<std::string>(yaml_node const&)>;

/// A YAML value as JSON: plain scalars that are JSON numbers, true or false keep their type, all others are strings.
[[nodiscard]] std::string to_json(yaml_node const& node, scalar_text const& text);

} // namespace errata
