#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace errata
{

/// When the first certificate of a PEM file ends; nothing when there is none to be read.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> end_of_certificate(std::string const& file);

} // namespace errata
