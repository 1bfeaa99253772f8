#pragma once

#include "routing/mistake.hpp"
#include "routing/reader.hpp"
#include "routing/snapshot.hpp"
#include "routing/sources.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace errata
{

/// A configuration as it was read: for `explain` and `test`, which show where a setting stands.
struct config_tree
{
    source_set sources;
    yaml_node root; ///< all files merged
};

struct loaded
{
    std::shared_ptr<snapshot const> config;  ///< null when there is a mistake that is no warning
    std::vector<mistake> mistakes;           ///< all of them, in file order
    std::vector<std::string> files;          ///< every file that was read (for watching)
    std::shared_ptr<config_tree const> tree; ///< never null
};

/// Puts them in the order of the files, then of lines, and drops repetitions.
void sort_mistakes(std::vector<mistake>& mistakes, source_set const& sources);

/// Reads, checks and builds one file or a directory of routing files (*.yaml, *.yml in order of name). `instance` is
/// the gateway's name where the configuration gives none: generated once by whoever runs it, so that reloads do not
/// change it.
[[nodiscard]] loaded load(std::vector<std::string> const& paths, environment const& env,
                          std::string const& instance = "gw-0");

/// The same for text in memory (tests, fuzzers, the demo).
[[nodiscard]] loaded load_text(std::string const& yaml, std::string const& name, environment const& env,
                               std::string const& instance = "gw-0");

/// Where a gateway listens.
struct ports
{
    std::vector<listener_config> listeners;
    std::optional<port_config> admin, telemetry;
    std::vector<mistake> mistakes; ///< of the files and of these sections, in file order
};

/// Reads only that: whatever is wrong with the rest.
[[nodiscard]] ports load_ports(std::vector<std::string> const& paths, environment const& env);

} // namespace errata
