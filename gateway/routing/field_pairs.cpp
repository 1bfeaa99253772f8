#include "routing/field_pairs.hpp"

#include "problem/field.hpp"
#include "routing/settings.hpp"

namespace errata
{

void read_field_pairs(field_pairs& into, yaml_node const& node, reader& in)
{
    read_named(node, in, "a map of field names to values",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   if(!is_token(name.text))
                       in.wrong(name, in.shown(name) + " is no field name", "letters, digits and dashes");
                   auto content = value.is_null() ? std::string{} : in.text(value, "a field value").value_or("");
                   if(!is_field_value(content))
                       in.wrong(value, "a field value holds a control character", "no CR, LF or NUL");
                   into.emplace_back(name.text, std::move(content));
               });
}

value_shape field_pairs_shape()
{
    return {.type = value_shape::kind::named, .parts = {{.type = value_shape::kind::text, .note = "a field value"}}};
}

} // namespace errata
