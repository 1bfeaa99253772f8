#pragma once

#include "problem/document.hpp"
#include "routing/key.hpp"

#include <functional>
#include <optional>
#include <string>

namespace errata
{

/// One entry of a map of JSON pointers to what must be there, as dialects, rules and success conditions write it:
///   /ok: false                   that text
///   /error: {present: true}      anything but null; false: nothing
///   /error: {kind: object}       that JSON type
///   /message: {matches: "^no "}  RE2, found somewhere in it (dialects only)
struct pointer_condition
{
    std::string pointer;
    std::optional<std::string> equals, matches;
    std::optional<document::kind> kind;
    bool present = true;
};

[[nodiscard]] value_shape pointer_conditions_shape();
void read_pointer_conditions(yaml_node const& node, reader& in, bool allow_matches,
                             std::function<void(pointer_condition, yaml_node const& at)> const& each);

/// RFC 6901: empty, or segments that each begin with '/'.
[[nodiscard]] std::string objection_to_pointer(std::string_view text);

} // namespace errata
