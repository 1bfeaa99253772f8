#pragma once

#include "routing/settings.hpp"
#include "routing/snapshot.hpp"

#include <memory>

namespace errata
{

/// What no single section can tell: names that lead nowhere, limits that contradict each other, ports opened to
/// strangers.
void check_settings(settings& all, yaml_node const& root, reader& in);

/// Compiles checked settings. Nothing is returned when compiling found mistakes.
[[nodiscard]] std::shared_ptr<snapshot const> build_snapshot(settings all, yaml_node const& root, reader& in);

} // namespace errata
