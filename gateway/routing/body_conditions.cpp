#include "routing/body_conditions.hpp"

namespace errata
{
namespace
{
choices_of<document::kind> const& kinds()
{
    using kind = document::kind;
    static choices_of<kind> const known{{"null", kind::null},     {"boolean", kind::boolean}, {"number", kind::number},
                                        {"string", kind::string}, {"object", kind::object},   {"array", kind::array}};
    return known;
}

section_of<pointer_condition> const& condition_keys()
{
    static section_of<pointer_condition> const keys{
        "body condition",
        "What must be at a JSON pointer; a plain value stands for exactly that text.",
        {
            flag("present", &pointer_condition::present, "true: anything but null; false: nothing."),
            choice("kind", &pointer_condition::kind, kinds(), "A value of this JSON type."),
            text("equals", &pointer_condition::equals, "A scalar with this text."),
            text("matches", &pointer_condition::matches,
                 "A scalar in which this RE2 expression is found (dialects only)."),
        }};
    return keys;
}
} // namespace

value_shape pointer_conditions_shape()
{
    return {.type = value_shape::kind::named,
            .parts = {{.type = value_shape::kind::either,
                       .parts = {{.type = value_shape::kind::text},
                                 {.type = value_shape::kind::section, .members = &condition_keys()}}}}};
}

std::string objection_to_pointer(std::string_view text)
{
    auto good = text.empty() || text.front() == '/';
    for(std::size_t i = 0; i < text.size(); ++i)
        if(text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
            good = false;
    return good ? "" : "a JSON pointer such as /error/code (RFC 6901)";
}

void read_pointer_conditions(yaml_node const& node, reader& in, bool allow_matches,
                             std::function<void(pointer_condition, yaml_node const&)> const& each)
{
    read_named(node, in, "a map of JSON pointers to what must be there",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   pointer_condition made;
                   made.pointer = name.text;
                   if(auto expected = objection_to_pointer(name.text); !expected.empty())
                   {
                       in.wrong(name, in.shown(name) + " is no JSON pointer", std::move(expected));
                       return;
                   }
                   auto const before = in.failures();
                   if(value.is_map())
                       read(condition_keys(), made, value, in);
                   else
                       made.equals = in.text(value, "a value, or a map such as {present: true}");
                   if(made.matches && !allow_matches)
                       in.wrong(*value.member("matches"), "`matches` works in dialects only",
                                "equals, kind or present");
                   if(in.failures() == before)
                       each(std::move(made), value);
               });
}

} // namespace errata
