// Maps of field names to what is wrong with the fields, and how they are told from everything else.
#include "problem/field_errors.hpp"
#include "problem/field_sentence.hpp"
#include "problem/item_members.hpp"
#include "problem/node_sense.hpp"

#include <algorithm>

namespace errata
{

namespace
{

using ref = document::ref;

/// A word for what can be wrong with a value, in a symbol: too_long, already-used.
bool names_fault(std::string_view text)
{
    while(!text.empty())
    {
        auto const word = text.substr(0, text.find_first_of("_-."));
        for(std::string_view fault :
            {"blank", "empty", "taken", "unknown", "mandatory", "unique", "exceeds", "expected"})
            if(word == fault)
                return true;
        if(begins_with_predicate(word))
            return true;
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return false;
}

/// The violated rule stands for the sentence: "required", "too_long", "error.email".
bool names_violation(ref const& value)
{
    auto text = trimmed(value.text());
    for(std::string_view catalogue : {"error.", "errors.", "validation."})
        if(text.starts_with(catalogue))
            return true;
    if(wording_of(value) != wording::word && wording_of(value) != wording::symbol)
        return false;
    return names_fault(text);
}

/// The same in any case; a constant in capitals says so only where fields are expected.
bool names_violation_loudly(ref const& value)
{
    auto const text = trimmed(value.text());
    std::array<char, 64> low{};
    if(text.size() > low.size() || wording_of(value) == wording::sentence)
        return false;
    auto const* const end =
        std::transform(text.begin(), text.end(), low.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    return names_fault({low.data(), static_cast<std::size_t>(end - low.data())});
}

bool complains(ref const& value, bool words)
{
    return value.is_string() &&
           ((words ? says_something(value) : wording_of(value) == wording::sentence) || names_violation(value));
}

bool is_complaint_list(ref const& list, bool words)
{
    if(!list.is_array() || list.size() == 0)
        return false;
    for(auto e = list.child(); e; e = e.next())
        if(!(e.is_object() && e.size() == 0) && !complains(e, words) && !is_error_object(e) &&
           !is_field_map(e, words) && !is_complaint_list(e, words))
            return false;
    return true;
}

/// Forms and treeified schemas put fields below a name of their own, beside the errors of the whole:
/// `{"errors": [], "children": {"name": {"errors": [...]}}}`.
bool is_branch(ref const& m)
{
    bool const children = m.name() == "children" && m.is_object();
    if(!children && !(m.name() == "properties" && m.is_object()) && !(m.name() == "items" && m.is_array()))
        return false;
    auto const parent = m.parent();
    bool whole = children;
    for(auto s = parent.child(); s; s = s.next())
        if(s.name() == "errors" || s.name() == "_errors")
            whole = whole || (s.is_array() && !s.child().is_container());
        else if(s.id() != m.id())
            return false;
    return whole;
}

bool is_name_of_rule(std::string_view name)
{
    for(std::string_view rule : {"min",   "max",    "minlen",    "maxlen",    "minval",    "maxval",    "len",
                                 "size",  "length", "minlength", "maxlength", "minLength", "maxLength", "between",
                                 "email", "url",    "regex",     "pattern",   "format",    "type",      "in"})
        if(name == rule)
            return true;
    return false;
}

/// What violates a rule is told under the rule's name inside the field's: `{"email": {"isEmpty": "..."}}`.
bool names_rule(ref const& complaint, std::string_view field)
{
    auto const name = complaint.name(), text = complaint.text();
    if(name.starts_with('_') || (name.starts_with("not") && name.size() > 3 && name[3] >= 'A' && name[3] <= 'Z'))
        return true;
    for(std::string_view word : {"empty", "Empty", "invalid", "Invalid", "required", "Required", "unique", "exists"})
        if(name.find(word) != name.npos)
            return true;
    return is_name_of_rule(name) || (text.find(field) != text.npos && text.find(name) == text.npos);
}

/// "status is not one of ..." under `status`: whatever such a name means elsewhere, here it is a field's.
bool names_itself(ref const& m)
{
    return m.is_string() && m.text().size() > m.name().size() + 1 && m.text().starts_with(m.name()) &&
           m.text()[m.name().size()] == ' ';
}

/// en-US, pt_BR: no field but the language of its text.
bool is_language_tag(std::string_view name)
{
    auto const in = [](char c, char first, char last) { return c >= first && c <= last; };
    return name.size() == 5 && in(name[0], 'a', 'z') && in(name[1], 'a', 'z') && (name[2] == '-' || name[2] == '_') &&
           in(name[3], 'A', 'Z') && in(name[4], 'A', 'Z');
}

} // namespace

bool is_field_map(ref const& object, bool words)
{
    if(!object.is_object() || object.size() == 0)
        return false;
    bool complaints = false;
    for(auto m = object.child(); m; m = m.next())
        if(is_complaint_list(m, words) || is_field_map(m, words) || (m.is_object() && is_rule_map(m, m.name())))
            complaints = true;
        else if(!(m.is_array() && m.size() == 0) && !(m.is_object() && m.size() == 0))
            return false;
    return complaints;
}

bool holds_lists(ref const& object)
{
    bool holds = false;
    for(auto m = object.child(); m; m = m.next())
        if(is_complaint_list(m, true))
            holds = true;
        else if(m.is_container() && m.size() > 0)
            return false;
    return holds;
}

bool tells_of_the_whole(ref const& m)
{
    auto const key = meaning_of(m);
    bool const about_all = key.what == meaning::kind || key.what == meaning::code || key.what == meaning::title ||
                           key.what == meaning::status || key.what == meaning::flag || key.what == meaning::sentence ||
                           key.what == meaning::value;
    return is_scalar(m) && (m.name().starts_with("__") || (key.exact && about_all && !reads_as_complaint(m.text())));
}

bool complains_of_field(ref const& list)
{
    for(auto e = list.child(); e; e = e.next())
        if(!e.is_string() || wording_of(e) != wording::sentence || !reads_as_complaint(e.text()))
            return false;
    return list.is_array() && list.size() > 0;
}

bool is_text_map(ref const& object)
{
    if(!object.is_object() || object.size() == 0)
        return false;
    bool unknown = false;
    for(auto m = object.child(); m; m = m.next())
    {
        auto const what = meaning_of(m).what;
        bool const name =
            (what == meaning::unknown || what == meaning::title) && m.name().find_first_of("@#") == m.name().npos;
        bool const language = m.name().size() == 2 || is_language_tag(m.name());
        unknown = unknown || what == meaning::unknown;
        if(!name || language || !m.is_string() || wording_of(m) != wording::sentence)
            return false;
    }
    return unknown;
}

bool is_complaint_map(ref const& object)
{
    if(!object.is_object() || object.size() == 0)
        return false;
    bool named = false, demands = true;
    for(auto m = object.child(); m; m = m.next())
    {
        auto const key = meaning_of(m);
        bool const own = (key.exact && !names_itself(m) && key.what != meaning::unknown && key.what != meaning::title &&
                          key.what != meaning::envelope && key.what != meaning::value && key.what != meaning::field) ||
                         m.name().find_first_of("@#") != m.name().npos;
        bool const says = m.is_object() ? (is_error_object(m) && !m.member("__typename")) || is_demand_map(m)
                                        : m.is_string() && wording_of(m) == wording::sentence;
        if(own || !says || (m.is_string() && !reads_as_complaint(m.text())))
            return false;
        named = named || key.what == meaning::unknown || object.size() > 1 || names_itself(m);
        demands = demands && (m.is_object() || begins_with_predicate(m.text()));
    }
    return named || demands;
}

bool is_violation_map(ref const& object)
{
    if(!object.is_object() || object.size() == 0)
        return false;
    for(auto m = object.child(); m; m = m.next())
        if(!(m.is_string() ? names_violation_loudly(m) : is_violation_map(m)))
            return false;
    return true;
}

std::string_view rule_behind_name(std::string_view text)
{
    auto const colon = text.find(':');
    if(colon == text.npos || colon == 0 || !(text[0] >= 'a' && text[0] <= 'z'))
        return {};
    auto const rule = text.substr(colon + 1);
    return text.find_first_of(":/ ", colon + 1) == text.npos && (names_fault(rule) || is_name_of_rule(rule))
               ? rule
               : std::string_view{};
}

bool is_list_of_violations(ref const& list)
{
    for(auto e = list.child(); e; e = e.next())
        if(!e.is_string() || rule_behind_name(e.text()).empty())
            return false;
    return list.is_array() && list.size() > 0;
}

bool is_demand_map(ref const& object)
{
    if(!object.is_object() || object.size() == 0)
        return false;
    for(auto m = object.child(); m; m = m.next())
        if(!(m.is_string() ? begins_with_predicate(trimmed(m.text())) && wording_of(m) == wording::sentence
                           : is_demand_map(m)))
            return false;
    return true;
}

bool names_the_whole(std::string_view name)
{
    for(std::string_view whole : {"_errors", "_error", "non_field_errors", "nonFieldErrors", "__all__", "_schema", "*",
                                  "", "#text", "general", "global"})
        if(name == whole)
            return true;
    return false;
}

bool holds_text_of_the_whole(ref const& object)
{
    bool whole = false;
    for(auto m = object.child(); m; m = m.next())
    {
        if(!m.is_string() || wording_of(m) != wording::sentence)
            return false;
        whole = whole || (names_the_whole(m.name()) && m.name().size() > 1);
    }
    return whole && object.size() > 1;
}

bool is_positional(ref const& list)
{
    bool blank = false;
    for(auto e = list.child(); e; e = e.next())
        if(!e.is_object() || (e.size() > 0 && !is_field_map(e)))
            return false;
        else
            blank = blank || e.size() == 0;
    return blank || (list.size() > 1 && list.child().child().is_container());
}

bool is_error_tree(ref const& object)
{
    for(auto m = object.child(); m; m = m.next())
        if(is_branch(m))
            return true;
    return false;
}

bool names_no_field(ref const& m)
{
    auto const key = meaning_of(m);
    // {"fieldErrors": {...}, "formErrors": [...]} inside errors: a list or map again.
    if(m.is_container() && key.what == meaning::errors && ((key.exact && key.weight >= 85) || m.is_array()))
        return true;
    // {"message": [{...}]}: the name of a list of errors.
    if(m.is_array() && m.child().is_object() && (key.what == meaning::sentence || key.what == meaning::error))
        return true;
    return names_the_whole(m.name()) || is_branch(m) || (m.is_string() && is_language_tag(m.name()));
}

bool is_rule_map(ref const& object, std::string_view path)
{
    auto const field = path.substr(path.find_last_of('.') + 1);
    for(auto m = object.child(); m; m = m.next())
        if(!m.is_string() || wording_of(m) != wording::sentence || !names_rule(m, field))
            return false;
    return object.size() > 0 && !field.empty();
}

} // namespace errata
