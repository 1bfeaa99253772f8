#pragma once

#include "routing/settings.hpp"

namespace errata
{

/// A PEM file: there, readable, and PEM. The name is kept in any case, so that what depends on it is checked, too.
template <class T>
key_of<T> pem_file(std::string_view name, std::string T::*member, std::string_view doc)
{
    constexpr std::string_view wanted = "a PEM file";
    return custom<T>(name, {.type = value_shape::kind::text, .note = wanted}, {}, doc,
                     [member, wanted](T& into, yaml_node const& node, reader& in)
                     {
                         auto file = in.text(node, wanted);
                         if(!file)
                             return;
                         if(auto expected = objection_to_pem(*file); !expected.empty())
                             in.wrong(node, in.shown(node) + " cannot stand here", std::move(expected));
                         into.*member = *std::move(file);
                     });
}

} // namespace errata
