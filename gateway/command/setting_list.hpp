#pragma once

#include "problem/retry.hpp"
#include "routing/load.hpp"

#include <string>
#include <vector>

namespace errata
{

/// One setting as it is written somewhere.
struct written_setting
{
    std::string name;  ///< "errors.body"
    std::string value; ///< as written, environment variables not put in
    source_position where;
};

/// Every setting that is written down and concerns a route: its own, its upstream's, and the gateway's errors and retry
/// where the route does not override them. What is not in the list has its default.
[[nodiscard]] std::vector<written_setting> settings_of(config_tree const& tree, source_position const& route,
                                                       std::string const& upstream);

/// Those of `retry:` that a decision about this status follows from: what the route says, else the gateway. Empty where
/// nothing but defaults decided, or the upstream itself.
[[nodiscard]] std::vector<written_setting> settings_behind(config_tree const& tree, source_position const& route,
                                                           retry_advice const& decision, unsigned status);

/// Where an upstream is written down.
[[nodiscard]] source_position place_of_upstream(config_tree const& tree, std::string_view name);

} // namespace errata
