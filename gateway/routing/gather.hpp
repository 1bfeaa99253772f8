#pragma once

#include "routing/reader.hpp"
#include "routing/sources.hpp"
#include "routing/yaml.hpp"

#include <string>
#include <vector>

namespace errata
{

/// Brings the files of a configuration together: directories in order of name, `include`, one tree of all sections.
/// Maps come together, lists are joined, and what is there twice is a mistake that names both places.
class gatherer
{
public:
    gatherer(source_set& sources, reader& in) : sources_(sources), in_(in) {}

    /// Reads a file or directory, and what it includes.
    void add_path(std::string const& path);
    /// Text that is not in a file; it cannot include.
    void add_text(std::string const& name, std::string const& text);

    [[nodiscard]] yaml_node take() { return std::move(root_); }
    [[nodiscard]] std::vector<std::string> const& files() const noexcept { return files_; }

private:
    void add(std::string const& path, yaml_node const& asked_by);
    void add_directory(std::string const& path, yaml_node const& asked_by);
    void add_file(std::string const& path, yaml_node const& asked_by);
    void read_include(yaml_node const& include, std::string const& beside);
    [[nodiscard]] yaml_node parse(std::uint16_t file);
    void merge(yaml_node& into, yaml_node&& from, std::string const& path);

    source_set& sources_;
    reader& in_;
    yaml_node root_;
    std::vector<std::string> files_; ///< in the order they were read
    std::vector<std::string> chain_; ///< files being read now, each included by the one before it
    std::vector<std::string> known_; ///< canonical names of the files read
};

} // namespace errata
