#pragma once

#include "routing/key.hpp"

#include <string>
#include <utility>
#include <vector>

namespace errata
{

using field_pairs = std::vector<std::pair<std::string, std::string>>;

/// A map of field names to values, as rules and tests write it. Nothing behind a name is an empty value.
void read_field_pairs(field_pairs& into, yaml_node const& node, reader& in);
[[nodiscard]] value_shape field_pairs_shape();

template <class T>
key_of<T> fields(std::string_view name, field_pairs T::*member, std::string_view doc)
{
    return custom<T>(name, field_pairs_shape(), {}, doc,
                     [member](T& into, yaml_node const& node, reader& in)
                     { read_field_pairs(into.*member, node, in); });
}

} // namespace errata
