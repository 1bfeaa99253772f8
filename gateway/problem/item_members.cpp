#include "problem/item_members.hpp"

#include "problem/field_errors.hpp"
#include "problem/field_sentence.hpp"
#include "problem/node_sense.hpp"

#include <algorithm>

namespace errata
{

namespace
{

using ref = document::ref;

/// A name as fields have it, not as symbols of errors: email, first_name, but not AlreadyUsedError or user.not_found.
bool is_plain_name(std::string_view text)
{
    return !text.empty() &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); });
}

bool is_identifier_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '[' || c == ']' || c == '$';
}

/// The sentence beside it names the last part of a path: `{"key": "Customer.Name", "message": "Name is required"}`.
bool is_spoken_of(ref const& path)
{
    auto const dot = path.text().find_last_of('.');
    if(dot == std::string_view::npos || dot + 1 == path.text().size())
        return false;
    for(auto s = path.parent().child(); s; s = s.next())
        if(s.is_string() && meaning_of(s).what == meaning::sentence &&
           s.text().find(path.text().substr(dot + 1)) != std::string_view::npos)
            return true;
    return false;
}

/// Names a list of fields: fields, errorProperties, paths.
bool names_fields(std::string_view name)
{
    for(std::string_view whole : {"attributes", "pointers", "references", "columns", "keys", "members"})
        if(iequals(name, whole))
            return true;
    for(std::string_view end :
        {"fields", "properties", "paths", "fieldnames", "field_names", "propertynames", "parameternames"})
        if(iends_with(name, end))
            return true;
    return false;
}

/// `{"params": ["beer", "wine"], "messages": ["are mutually exclusive"]}`; elsewhere params are what a message is made
/// of.
bool shares_messages(ref const& m)
{
    return iequals(m.name(), "params") && m.parent().member("messages").is_array();
}

} // namespace

bool begins_low(std::string_view text)
{
    return !text.empty() && text[0] >= 'a' && text[0] <= 'z';
}

bool reads_as_name(std::string_view text)
{
    return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
           std::all_of(text.begin(), text.end(), is_identifier_char);
}

bool concerns_content(unsigned status) noexcept
{
    return status < 400 || status == 400 || status == 409 || status == 422;
}

bool is_key_of_field(ref const& m)
{
    // Of forms that describe their fields: {"formFields": [{"id": "email", "error": "..."}]}
    if(auto const list = m.parent().parent(); list && iequals(m.name(), "id"))
        return is_plain_name(m.text()) && names_fields(list.name());
    if(!m || !(iequals(m.name(), "key") || iequals(m.name(), "error_key") || iequals(m.name(), "errorKey")))
        return false;
    if(is_plain_name(m.text()))
        return m.name().size() == 3 || m.parent().member("category");
    if(!reads_as_name(m.text()))
        return false;
    if(is_spoken_of(m))
        return true;
    if(!begins_low(m.text()))
        return false;
    // Beside what is wrong with it, or where it was: {"message": "...", "key": "customerId", "source": "body"}
    for(auto s = m.parent().child(); s; s = s.next())
        if(s.is_container() ? s.size() > 0 && meaning_of(s).what == meaning::errors
                            : meaning_of(s).what == meaning::source && names_location(s.text()))
            return true;
    return false;
}

bool demands_under_any_name(ref const& m)
{
    auto const what = meaning_of(m).what;
    return m.is_string() && (what == meaning::unknown || what == meaning::sentence) &&
           wording_of(m) == wording::sentence && begins_with_predicate(trimmed(m.text()));
}

bool names_parts(std::string_view name)
{
    return iequals(name, "parameters") || iequals(name, "params") || iequals(name, "arguments") || names_fields(name);
}

bool is_name_of_part(ref const& m)
{
    return iequals(m.name(), "name") && names_parts(m.parent().parent().name());
}

bool is_named_after_list(ref const& m)
{
    auto const list = m.parent().parent();
    return list.is_array() && list.name().size() == m.name().size() + 1 && list.name().back() == 's' &&
           list.name().starts_with(m.name()) && !iequals(m.name(), "value"); // which was sent
}

bool is_id_of_error(ref const& m)
{
    auto const type = m.parent().member_like("type");
    return iequals(m.name(), "id") && type.is_string() && wording_of(type) == wording::verdict;
}

bool lists_fields(ref const& m)
{
    return m.is_array() && m.size() > 0 && (names_fields(m.name()) || shares_messages(m)) && name_of_field(m.child());
}

bool numbers_kinds(ref const& m, ref const& value)
{
    constexpr std::size_t most_digits = 8;
    return (iends_with(m.name(), "errorId") || iends_with(m.name(), "error_id")) &&
           (value.is_number() || (value.text().size() <= most_digits && wording_of(value) == wording::number));
}

ref name_of_field(ref const& listed)
{
    if(listed.is_string())
        return wording_of(listed) == wording::sentence ? ref{} : listed;
    ref name;
    for(auto m = listed.is_object() ? listed.child() : ref{}; m; m = m.next())
    {
        auto const what = meaning_of(m).what;
        if(what == meaning::sentence || m.is_container())
            return {};
        if(m.is_string() && (what == meaning::field || iequals(m.name(), "name")))
            name = m;
    }
    return name;
}

bool names_rules(std::string_view name)
{
    for(std::string_view end : {"rules", "requirements", "constraints", "policies", "checks"})
        if(iends_with(name, end))
            return true;
    return false;
}

ref name_of_rule(ref const& rule)
{
    auto const name = rule.is_object() ? rule.child() : rule;
    return name.is_string() && wording_of(name) == wording::symbol ? name : ref{};
}

} // namespace errata
