#include "problem/dialect.hpp"
#include "routing/body_conditions.hpp"
#include "routing/error_parts.hpp"
#include "routing/settings.hpp"

#include <fmt/format.h>

#include <charconv>

namespace errata
{
namespace
{
using test = dialect_condition::test;
using kind = value_shape::kind;

/// A dialect with the place of each of its conditions: the compiler counts them, its user wants a line.
struct dialect_settings
{
    dialect_source made;
    std::vector<yaml_node const*> places;

    void add(dialect_condition condition, yaml_node const& place)
    {
        made.when.push_back(std::move(condition));
        places.push_back(&place);
    }
};

void read_status(dialect_settings& into, yaml_node const& node, reader& in)
{
    std::vector<unsigned> statuses;
    read_statuses(statuses, node, in);
    if(statuses.empty())
        return;
    if(statuses.back() - statuses.front() + 1 != statuses.size())
        in.wrong(node, "these statuses have gaps", "one range, such as 400-499");
    into.add({.what = test::status, .low = statuses.front(), .high = statuses.back()}, node);
}

struct field_test
{
    std::optional<std::string> equals, contains;
    bool present = true;
};

section_of<field_test> const& field_test_keys()
{
    static section_of<field_test> const keys{
        "header condition",
        "What a header field must hold; a plain value stands for exactly that text.",
        {
            flag("present", &field_test::present, "Any value will do."),
            text("equals", &field_test::equals, "This value, without regard to case."),
            text("contains", &field_test::contains, "A value that contains this, without regard to case."),
        }};
    return keys;
}

void read_fields(dialect_settings& into, yaml_node const& node, reader& in)
{
    read_named(node, in, "a map of field names to values",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   field_test wanted;
                   if(value.is_map())
                       read(field_test_keys(), wanted, value, in);
                   else
                       wanted.equals = in.text(value, "a value, or {present: true} or {contains: ...}");
                   dialect_condition made{.what = test::field_present, .subject = name.text};
                   if(wanted.equals)
                   {
                       made.what = test::field_equals;
                       made.text = *wanted.equals;
                   }
                   else if(wanted.contains)
                   {
                       made.what = test::field_contains;
                       made.text = *wanted.contains;
                   }
                   else if(!wanted.present)
                       in.wrong(value, "a condition that a field is absent is not supported", "present: true");
                   into.add(std::move(made), value);
               });
}

void read_form(dialect_settings& into, yaml_node const& node, reader& in)
{
    using form = document::form;
    static choices_of<form> const forms{{"empty", form::empty},  {"json", form::json}, {"xml", form::xml},
                                        {"html", form::html},    {"text", form::text}, {"form", form::form_encoded},
                                        {"binary", form::binary}};
    if(auto const at = read_choice({.type = kind::choice, .choices = forms.words()}, node, in))
        into.add({.what = test::form, .form = forms[*at].second}, node);
}

void read_body(dialect_settings& into, yaml_node const& node, reader& in)
{
    read_pointer_conditions(node, in, true,
                            [&](pointer_condition found, yaml_node const& at)
                            {
                                dialect_condition made{.what = test::exists, .subject = std::move(found.pointer)};
                                if(found.equals)
                                {
                                    made.what = test::equals;
                                    made.text = *found.equals;
                                }
                                else if(found.matches)
                                {
                                    made.what = test::matches;
                                    made.text = *found.matches;
                                }
                                else if(found.kind)
                                {
                                    made.what = test::is_kind;
                                    made.kind = *found.kind;
                                }
                                else if(!found.present)
                                    in.wrong(at, "a dialect cannot ask for absence",
                                             "present: true, kind, equals or matches");
                                into.add(std::move(made), at);
                            });
}

section_of<dialect_settings> const& when_keys()
{
    static section_of<dialect_settings> const keys{
        "dialect conditions",
        "All must hold.",
        {
            custom<dialect_settings>("status", status_list_shape(), {}, "One range of statuses.", read_status),
            custom<dialect_settings>(
                "headers",
                {.type = kind::named,
                 .parts = {{.type = kind::either,
                            .parts = {{.type = kind::text}, {.type = kind::section, .members = &field_test_keys()}}}}},
                {}, "Header fields of the answer.", read_fields),
            custom<dialect_settings>(
                "form", {.type = kind::choice, .choices = {"empty", "json", "xml", "html", "text", "form", "binary"}},
                {}, "What the body is.", read_form),
            custom<dialect_settings>("body", pointer_conditions_shape(), {},
                                     "JSON pointers into the body (XML elements and form fields count as members).",
                                     read_body),
        }};
    return keys;
}

section_of<dialect_errors> const& field_error_keys()
{
    constexpr auto pointer = "a JSON pointer relative to one entry";
    static section_of<dialect_errors> const keys{
        "dialect field errors",
        "Where a dialect keeps its field errors. Several pointers are alternatives.",
        {
            checked_text("at", &dialect_errors::at, "Pointer to the list of objects, or to the map of field names.",
                         objection_to_pointer)
                .required_key(),
            flag("map", &dialect_errors::map, "It is a map of field names to texts, lists of texts or objects."),
            texts("field", &dialect_errors::field, "The field's name or path.", pointer, objection_to_pointer),
            texts("detail", &dialect_errors::detail, "The sentence.", pointer, objection_to_pointer),
            texts("code", &dialect_errors::code, "The code.", pointer, objection_to_pointer),
            texts("in", &dialect_errors::in, "A word such as query, path or header.", pointer, objection_to_pointer),
        }};
    return keys;
}

void read_hints(dialect_settings& into, yaml_node const& node, reader& in)
{
    static choices_of<hint_unit> const units{{"seconds", hint_unit::seconds},
                                             {"milliseconds", hint_unit::milliseconds},
                                             {"duration", hint_unit::duration_text},
                                             {"epoch", hint_unit::epoch},
                                             {"date", hint_unit::date_text}};
    read_named(node, in, "a map of JSON pointers to units",
               [&](yaml_node const& name, yaml_node const& value)
               {
                   if(auto expected = objection_to_pointer(name.text); !expected.empty())
                       in.wrong(name, in.shown(name) + " is no JSON pointer", std::move(expected));
                   else if(auto const unit = read_choice({.type = kind::choice, .choices = units.words()}, value, in))
                       into.made.hints.push_back({name.text, units[*unit].second});
               });
}

template <class M, class Make>
key_of<dialect_settings> of_source(M dialect_source::*member, Make make)
{
    key_of<dialect_source> inner = make(member);
    auto put = inner.put;
    inner.put = [put](void* into, yaml_node const& node, reader& in)
    { put(&static_cast<dialect_settings*>(into)->made, node, in); };
    return {static_cast<key const&>(inner)};
}

key_of<dialect_settings> pointers(std::string_view name, std::vector<std::string> dialect_source::*member,
                                  std::string_view doc)
{
    return of_source(member, [&](auto m) { return texts(name, m, doc, "a JSON pointer", objection_to_pointer); });
}

section_of<dialect_settings> const& dialect_keys()
{
    using d = dialect_source;
    static section_of<dialect_settings> const keys{
        "dialect",
        "Where a service of yours keeps what errors are made of. Several pointers are alternatives: the first that "
        "leads to something "
        "wins. What a dialect says nothing about is read by meaning.",
        {
            of_source(&d::name, [](auto m) { return text("name", m, "For logs and metrics."); }).required_key(),
            custom<dialect_settings>("when", {.type = kind::section, .members = &when_keys()}, {}, "When it applies.",
                                     [](dialect_settings& into, yaml_node const& node, reader& in)
                                     { read(when_keys(), into, node, in); })
                .required_key(),
            of_source(&d::confidence,
                      [](auto m) {
                          return number("confidence", m, "Percent, for logs.", {0, 100});
                      }),
            pointers("detail", &d::detail, "The sentence a developer should read."),
            pointers("title", &d::title, "A short heading."),
            pointers("code", &d::code, "The code."),
            pointers("help", &d::help, "A documentation link."),
            pointers("request_id", &d::request_id, "The upstream's request id."),
            custom<dialect_settings>("retry_after",
                                     {.type = kind::named,
                                      .parts = {{.type = kind::choice,
                                                 .choices = {"seconds", "milliseconds", "duration", "epoch", "date"}}}},
                                     {}, "Pointers to waits, with the unit.", read_hints),
            of_source(&d::errors, [](auto m) { return many("errors", m, field_error_keys(), "Field errors."); }),
            pointers("oauth_error", &d::oauth_error, "RFC 6749 error."),
            pointers("oauth_description", &d::oauth_description, "RFC 6749 error_description."),
            pointers("oauth_uri", &d::oauth_uri, "RFC 6749 error_uri."),
        }};
    return keys;
}

/// The node that a compiler's complaint such as "when[2].matches" or "detail[0]" is about.
yaml_node const& place_of(std::string_view complaint, dialect_settings const& of, yaml_node const& dialect)
{
    auto const bracket = complaint.find('[');
    auto const name = complaint.substr(0, std::min(bracket, complaint.find('.')));
    std::size_t index = 0;
    if(bracket != std::string_view::npos)
        std::from_chars(complaint.data() + bracket + 1, complaint.data() + complaint.size(), index);
    if(name == "when" && index < of.places.size())
        return *of.places[index];
    auto const* member = dialect.member(name);
    if(!member)
        return dialect;
    return member->is_list() && index < member->items.size() ? member->items[index] : *member;
}
} // namespace

value_shape dialects_shape()
{
    return {.type = kind::list, .parts = {{.type = kind::section, .members = &dialect_keys()}}};
}

std::shared_ptr<dialect_table const> compile_dialects(yaml_node const& node, reader& in)
{
    auto const before = in.failures();
    auto table = std::make_shared<dialect_table>();
    read_list(node,
              [&](yaml_node const& each)
              {
                  auto const sound = in.failures();
                  dialect_settings read_in;
                  read(dialect_keys(), read_in, each, in);
                  if(in.failures() != sound)
                      return;
                  read_in.made.where = to_text(in.position(each));
                  if(auto const added = table->add(read_in.made); !added)
                  {
                      auto const& [key, reason] = added.error();
                      auto const& place = place_of(key, read_in, each);
                      in.wrong(place, fmt::format("{}: {}", key, in.judged(place, reason)));
                  }
              });
    table->add_builtin();
    return in.failures() == before ? table : nullptr;
}

} // namespace errata
