// What objects and lists look like, whatever they are called: one error, or a list of errors.
#include "problem/field_errors.hpp"

#include "problem/field_sentence.hpp"
#include "problem/item_members.hpp"
#include "problem/node_sense.hpp"

#include <algorithm>
#include <array>

namespace errata
{

namespace
{

using ref = document::ref;

bool is_attribute(std::string_view name)
{
    return name.starts_with('@') || iequals(name, "lang") || iequals(name, "locale") || iequals(name, "language");
}

/// The member that holds an object's text, as XML-RPC, OData, SOAP and attributed XML elements have it.
bool names_content(std::string_view name)
{
    constexpr std::string_view initials = "#_bdistvBDISTV";
    if(name.empty() || initials.find(name[0]) == initials.npos)
        return false;
    for(std::string_view content : {"#text", "value", "text", "_", "string", "int", "i4", "i8", "double", "boolean"})
        if(iequals(name, content))
            return true;
    return false;
}

/// "can't be blank" speaks about a field; a message begins with a capital, mostly.
bool begins_low(ref const& value)
{
    auto const text = trimmed(value.text());
    return !text.empty() && text[0] >= 'a' && text[0] <= 'z';
}

bool speaks_for_an_error(ref const& member)
{
    auto const key = meaning_of(member);
    auto const value = plain_value(member);
    if(!value)
        return key.what == meaning::sentence && iequals(member.name(), "msg") && member.is_array() &&
               member.child().is_string();
    bool const firm = iequals(member.name(), "message") || iequals(member.name(), "msg") || key.weight >= 90;
    switch(key.what)
    {
    case meaning::sentence:
        return key.exact && key.weight >= 74 && value.is_string() && (firm || !begins_low(value)) &&
               wording_of(value) != wording::blank;
    case meaning::code:
        return key.weight >= 75 && is_code(value, 0);
    case meaning::error:
        return value.is_string() && (says_something(value) || is_code(value, 0));
    case meaning::field:
        return key.weight >= 85;
    default:
        return false;
    }
}

} // namespace

document::ref content_of(ref const& node)
{
    if(!node.is_object() || node.size() > 4)
        return {};
    ref content = node.child().name() == "@value" || node.child().name() == "@Value" ? node.child() : ref{};
    for(auto m = node.child(); m; m = m.next())
        if(names_content(m.name()) && !content)
            content = m;
        else if(!is_attribute(m.name()))
            return {};
    return content ? plain_value(content) : ref{};
}

named_value as_pair(ref const& m)
{
    if(m.is_object() && m.size() == 2)
    {
        auto const is_value = [](ref const& c) { return iequals(c.name(), "value") || c.name() == "#text"; };
        auto const is_name = [](ref const& c)
        {
            return c.is_string() && (iequals(c.name(), "name") || iequals(c.name(), "@name") ||
                                     iequals(c.name(), "@key") || iequals(c.name(), "@id"));
        };
        auto const first = m.child(), second = first.next();
        if(is_value(second) && is_name(first))
            return {first.text(), second};
        if(is_value(first) && is_name(second))
            return {second.text(), first};
    }
    return {m.name(), m};
}

bool is_code(ref const& scalar, unsigned status)
{
    if(!is_scalar(scalar) || scalar.type() == document::kind::boolean)
        return false;
    if(scalar.is_number() || wording_of(scalar) == wording::number)
    {
        auto const number = scalar.integer();
        return !number || (*number != 0 && *number != static_cast<std::int64_t>(status));
    }
    switch(wording_of(scalar))
    {
    case wording::word:
    case wording::symbol:
        return true;
    case wording::phrase:
        return trimmed(scalar.text()).find_first_of(" 0123456789") ==
               std::string_view::npos; // "Forbidden" in a member called code is one
    default:
        return false;
    }
}

bool is_vague_kind(std::string_view word)
{
    for(std::string_view vague :
        {"field",      "body",        "data",      "query",        "params", "path",   "headers", "header",
         "cookies",    "cookie",      "parameter", "string",       "text",   "object", "array",   "alternative",
         "validation", "errors_list", "ErrorList", "ErrorReports", "status", "list"})
        if(iequals(word, vague))
            return true;
    return word.ends_with("Response");
}

bool is_error_object(ref const& object)
{
    if(!object.is_object())
        return false;
    for(auto m = object.child(); m; m = m.next())
        if(speaks_for_an_error(m))
            return true;
    return false;
}

bool is_field_list(ref const& list)
{
    if(!list.is_array() || list.size() == 0)
        return false;
    for(auto e = list.child(); e; e = e.next())
    {
        bool sentence = false, field = false;
        if(e.is_object())
            for(auto m = e.child(); m; m = m.next())
            {
                auto const key = meaning_of(m);
                sentence = sentence || demands_under_any_name(m) ||
                           (m.is_string() && key.what == meaning::sentence && says_something(m)) ||
                           (key.what == meaning::errors && m.is_string() && wording_of(m) == wording::sentence);
                field = field || lists_fields(m) ||
                        (m.is_array() && key.what == meaning::field && is_scalar(m.child())) ||
                        (m.is_string() &&
                         (key.what == meaning::field || (key.what == meaning::location && m.text().starts_with('/'))));
            }
        if(!sentence || !field)
            return false;
    }
    return true;
}

namespace
{
/// What the members of an object that may be one of several errors have shown so far.
struct error_signs
{
    bool sentence = false, name = false, field = false, code = false;

    /// {"field": "amount", "issue": "TOO_SMALL"} says it by a code.
    [[nodiscard]] bool enough() const noexcept { return (sentence && (name || field)) || (field && code); }

    void look_at(ref const& m)
    {
        auto const key = meaning_of(m);
        if(key.what == meaning::field && key.weight >= 85)
        {
            field = name = true; // as most of them begin
            return;
        }
        auto const value = plain_value(m);
        bool const issue = value && (key.what == meaning::error || key.what == meaning::errors);
        bool const told = issue && wording_of(value) == wording::sentence;
        sentence = sentence || told || demands_under_any_name(m) ||
                   (value && key.what == meaning::sentence && key.weight >= 60 && says_something(value)) ||
                   (m.is_array() && key.what == meaning::errors);
        code = code || ((issue || (value && key.what == meaning::code)) && !told && is_code(value, 0)) ||
               (m.is_array() && names_rules(m.name()) && name_of_rule(m.child()));
        field = field || (key.what == meaning::field && key.weight >= 85) || is_key_of_field(m) || lists_fields(m) ||
                is_name_of_part(m) || (m.is_string() && key.what == meaning::value && is_named_after_list(m));
        name = name || code || key.what == meaning::field || (value && key.what == meaning::kind) ||
               (issue && !told && key.what == meaning::errors) || iequals(m.name(), "name");
    }
};

bool reads_like_an_error(ref const& object)
{
    error_signs seen;
    for(auto m = object.is_object() ? object.child() : ref{}; m && !seen.enough(); m = m.next())
        seen.look_at(m);
    return seen.enough();
}
} // namespace

bool names_fields_throughout(ref const& list)
{
    for(auto e = list.child(); e; e = e.next())
    {
        bool named = false;
        for(auto m = e.is_object() ? e.child() : ref{}; m && !named; m = m.next())
            named = m.is_string() && meaning_of(m).what == meaning::field && meaning_of(m).weight >= 85;
        if(!named)
            return false;
    }
    return list.is_array() && list.size() > 1;
}

bool is_error_list(ref const& list)
{
    constexpr unsigned enough = 5; // tell what kind of list it is
    if(!list.is_array() || list.size() == 0)
        return false;
    unsigned seen = 0;
    for(auto e = list.child(); e && seen != enough; e = e.next(), ++seen)
        if(!reads_like_an_error(e))
            return false;
    return true;
}

bool is_repeated_element(ref const& object)
{
    if(!object.is_object() || object.size() == 0)
        return false;
    if(as_pair(object.child()).value != object.child())
        return false;
    auto first = object.child();
    while(first && first.name().starts_with('@'))
        first = first.next();
    auto const name = first ? first.name() : std::string_view{};
    std::size_t same = 0, attributes = 0;
    for(auto m = object.child(); m; m = m.next())
        if(m.name().starts_with('@'))
            ++attributes;
        else if(m.name() == name)
            ++same;
        else
            return false;
    auto const key = meaning_of(name);
    // Of one or two letters many a word is the plural: {"query": {"q": [...]}}
    bool const singular =
        name.size() > 2 && object.name().size() > name.size() && iequals(object.name().substr(0, name.size()), name);
    bool const item =
        first.is_container() &&
        (key.what == meaning::error || (key.what == meaning::sentence && (first.is_object() || key.weight >= 88)));
    return same > 1 || (same == 1 && (singular || item) && attributes + 1 == object.size());
}

} // namespace errata
