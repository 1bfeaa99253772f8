#pragma once

#include "routing/mistake.hpp"
#include "routing/yaml.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace errata
{

/// The texts a configuration was read from, so that a mistake can show its line. Knows no file system.
class source_set
{
public:
    /// Returns the number by which nodes name the file.
    std::uint16_t add(std::string name, std::string text);
    [[nodiscard]] std::string const& name(std::uint16_t file) const noexcept { return sources_[file].name; }
    [[nodiscard]] std::string const& text(std::uint16_t file) const noexcept { return sources_[file].text; }
    [[nodiscard]] std::size_t size() const noexcept { return sources_.size(); }

    [[nodiscard]] source_position position(yaml_node const& node) const;
    /// The text of line `number` (from 1), at most 200 bytes of it; empty when there is none.
    [[nodiscard]] std::string line(std::uint16_t file, unsigned number) const;

    /// The same files with the same text.
    friend bool operator==(source_set const&, source_set const&) = default;

private:
    struct source
    {
        std::string name, text;
        friend bool operator==(source const&, source const&) = default;
    };
    std::vector<source> sources_;
};

} // namespace errata
