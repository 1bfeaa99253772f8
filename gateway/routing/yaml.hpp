#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errata
{

/// A value of a YAML document with its place: what the key tables read. Everything is text until a key says what it
/// means, so `on`, `1e3` or `0x10` cannot change their type behind the user's back.
struct yaml_node
{
    enum class kind : std::uint8_t
    {
        null,
        scalar,
        list,
        map
    };

    kind type = kind::null;
    bool quoted = false; ///< a quoted or block scalar: a string even when it looks like a number
    std::uint16_t file = 0;
    unsigned line = 0, column = 0; ///< from 1
    std::string text;              ///< of a scalar
    std::vector<yaml_node> items;  ///< of a list; of a map: its values
    std::vector<yaml_node> names;  ///< of a map: its keys (scalars), one per item

    [[nodiscard]] bool is_null() const noexcept { return type == kind::null; }
    [[nodiscard]] bool is_scalar() const noexcept { return type == kind::scalar; }
    [[nodiscard]] bool is_list() const noexcept { return type == kind::list; }
    [[nodiscard]] bool is_map() const noexcept { return type == kind::map; }
    [[nodiscard]] yaml_node const* member(std::string_view name) const noexcept;
};

/// Something that YAML itself does not allow, or a bound that was passed.
struct yaml_complaint
{
    std::uint16_t file = 0;
    unsigned line = 0, column = 0;
    std::string message, expected;
};

/// Bounds that keep a small hostile file (aliases of aliases, deep nesting) from costing more than a large honest one.
struct yaml_limits
{
    std::size_t bytes = 32 * 1024 * 1024;
    std::size_t nodes = 1'000'000; ///< aliases count as what they stand for
    std::size_t depth = 64;
};

/// Parses one document. Duplicate keys, several documents, undefined aliases and passed bounds are complaints; `<<`
/// merges maps. Of what ends in the middle, the root's members before that are there. Never throws on input.
[[nodiscard]] yaml_node parse_yaml(std::string const& text, std::uint16_t file, yaml_limits const& limits,
                                   std::vector<yaml_complaint>& complaints);

} // namespace errata
