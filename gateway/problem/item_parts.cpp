#include "problem/item_parts.hpp"

#include "problem/field_errors.hpp"
#include "problem/field_sentence.hpp"

#include <algorithm>

namespace errata
{

namespace
{

using ref = document::ref;

bool is_null(ref const& node)
{
    return node.type() == document::kind::null;
}

/// A name as fields have it, not as symbols of errors: email, first_name, but not AlreadyUsedError or user.not_found.
bool is_plain_name(std::string_view text)
{
    return !text.empty() &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); });
}

bool begins_low(std::string_view text)
{
    return !text.empty() && text[0] >= 'a' && text[0] <= 'z';
}

bool is_identifier_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '[' || c == ']' || c == '$';
}

/// Could be the name of a field; numbers, UUIDs and the path of the request could not.
bool reads_as_name(std::string_view text)
{
    return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
           std::all_of(text.begin(), text.end(), is_identifier_char);
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

/// `[{"fieldName": "operations", "index": 0}, {"fieldName": "name"}]`
bool is_path_of_steps(ref const& list)
{
    if(!list.is_array() || list.size() == 0)
        return false;
    for(auto e = list.child(); e; e = e.next())
        if(!e.is_object() || !name_of_field(e) || (e.size() > 1 && !(e.size() == 2 && e.member("index"))))
            return false;
    return true;
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

constexpr unsigned deepest_context = 2; ///< objects around the name of the field, below the first

int as_sentence(ref const& node, int weight)
{
    if(!node.is_string())
        return 0;
    switch(wording_of(node))
    {
    case wording::sentence:
        return weight + 10;
    case wording::word:
        return weight > 60 ? weight - 30 : 0;
    case wording::phrase:
        return 5;
    default:
        return 0;
    }
}

bool says_nothing(ref const& value)
{
    auto const text = wording_of(value);
    return text == wording::blank || text == wording::verdict;
}

/// False for a list of records that say nothing to anybody, which is context: `"detail": [{"Type": "repository"}]`.
bool may_tell(ref const& list)
{
    for(auto e = list.child(); e; e = e.next())
    {
        if(!e.is_object())
            return true;
        for(auto m = e.child(); m; m = m.next())
            if(m.is_container() || wording_of(m) == wording::sentence || meaning_of(m).what == meaning::sentence ||
               meaning_of(m).what == meaning::field || meaning_of(m).what == meaning::code)
                return true;
    }
    return list.size() == 0;
}

} // namespace

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

item_parts::item_parts(ref const& object, unsigned status) : object_(object), status_(status)
{
    for(auto m = object.child(); m; m = m.next())
        read_member(m);
    whole = whole && sentence.offers <= 1 && code.offers <= 1 && field.offers <= 1 && in.offers <= 1;
}

bool item_parts::in_response() const
{
    return object_.member("locations") || object_.member("extensions");
}

void item_parts::read_member(ref const& m)
{
    auto const key = meaning_of(m);
    if(auto const value = plain_value(m))
        read_value(m, value, key);
    else if(m.is_container() && m.size() > 0)
        read_container(m, key);
}

void item_parts::read_value(ref const& m, ref const& value, key_sense const& key)
{
    int const weight = key.weight;
    switch(key.what)
    {
    case meaning::sentence:
        if(value.is_string() &&
           (wording_of(value) == wording::symbol ||
            (iequals(m.name(), "reason") && begins_low(value.text()) && is_worded_symbol(value.text()))))
        {
            code.offer(value, weight - 20);
            symbol.offer(value, weight);
        }
        else
        {
            auto const said = as_sentence(value, weight);
            sentence.offer(value, said);
            whole = whole && (said > 0 || says_nothing(value)); // "detail": "/data/stops/0"
        }
        break;
    case meaning::error:
    case meaning::errors:
        if(!(wording_of(value) == wording::word && begins_low(value.text())))
            sentence.offer(value, as_sentence(value, 75));
        if(is_code(value, status_))
            code.offer(value, 80);
        break;
    case meaning::entries:
        if(!m.is_container() || weight >= 50) // {"params": {"value": "x"}} only comes down to one
            sentence.offer(
                value, as_sentence(value, iequals(m.name(), "details") && reads_as_complaint(value.text()) ? 93 : 70));
        break;
    case meaning::title:
        sentence.offer(value, as_sentence(value, 30));
        if(iequals(m.name(), "subject") && reads_as_name(value.text()) && value.text().find('.') != value.text().npos)
            field.offer(value, weight); // order.total; a bare word may be anything
        if(iequals(m.name(), "name") && !value.text().ends_with("Error") && !value.text().ends_with("Exception"))
            field.offer(value, weight);
        break;
    case meaning::code:
        if(is_key_of_field(m))
            field.offer(value, weight);
        else if(is_code(value, status_) &&
                (!iequals(m.name(), "id") || is_worded_symbol(value.text()) || is_id_of_error(m)))
            code.offer(value, weight);
        break;
    case meaning::kind:
        if(is_code(value, status_) && value.is_string() && !is_vague_kind(value.text()) &&
           value.text().find('/') == value.text().npos && !value.text().starts_with("urn:"))
            code.offer(value, m.name() == "@type" ? weight / 2 : weight); // of the object, mostly
        else
            sentence.offer(value, as_sentence(value, 20));
        break;
    case meaning::field:
        if(value.text().empty())
            break;
        if(weight < 50 && !reads_as_name(value.text()))
        {
            whole = false;
            break;
        }
        // On other failures than of the content a path is the request's own.
        if(!(value.text().starts_with('/') && iequals(m.name(), "path") && !concerns_content(status_)))
            field.offer(value, weight);
        break;
    case meaning::location:
    case meaning::source:
        in.offer(value, weight);
        if(!is_vague_kind(value.text()) && (key.what == meaning::location || begins_low(value.text())))
            field.offer(value, 10);
        break;
    case meaning::request_id:
        if(numbers_kinds(m, value))
            code.offer(value, 80);
        else
            whole = false;
        break;
    case meaning::status:
    case meaning::flag:
        break;
    default:
        if(concerns_content(status_) && is_named_after_list(m) && reads_as_name(value.text()))
            field.offer(value, 88);
        else if(demands_under_any_name(m))
            sentence.offer(value, 40);
        else
            whole = false;
    }
}

void item_parts::read_container(ref const& m, key_sense const& key)
{
    if(lists_fields(m))
    {
        fields = m;
        return;
    }
    switch(key.what)
    {
    case meaning::field:
        if(iequals(m.name(), "memberNames"))
            fields = m;
        else if(!in_response())
            field.offer(m, key.weight);
        break;
    case meaning::location:
        field.offer(m, 20);
        read_context(m);
        break;
    case meaning::sentence:
        if(!key.exact && m.child().is_string() && wording_of(m.child()) != wording::sentence &&
           name_of_field(m.child()))
            fields = m; // "ErrorRelatedTo": ["subject"]
        else if((m.is_array() && may_tell(m)) || is_field_map(m))
            messages = m;
        else if(is_demand_map(m))
            nested = m;
        else
            read_context(m);
        break;
    case meaning::source:
        read_source(m);
        break;
    case meaning::error:
        nested = m;
        break;
    case meaning::errors:
        if(iequals(m.name(), "constraints") && m.is_object())
            constraints = m;
        else if(m.is_array() && m.child().is_string())
            messages = m;
        else
            nested = m;
        break;
    case meaning::entries:
        read_entries(m);
        break;
    case meaning::envelope:
        read_extensions(m);
        break;
    default:
        if(iequals(m.name(), "children") && m.is_array() && m.child().is_object())
            nested = m;
        else if(m.is_array() && names_rules(m.name()) && name_of_rule(m.child()))
            rules = m;
        else
            read_context(m);
    }
}

void item_parts::read_entries(ref const& m)
{
    bool const parameters = iequals(m.name(), "parameters") && m.size() == 1 && concerns_content(status_);
    if(parameters && m.is_object() && m.child().is_array() && m.child().child().is_string())
        sent = m.child();
    else if(parameters && m.is_array() && m.child().size() == 2 && m.child().member("value"))
        field.offer(m.child().member("key"), 60), whole = false;
    else if((is_error_list(m) || is_field_map(m)) && !m.member("coding")) // of FHIR: says which error, not whose
        nested = m;
    else
        read_context(m);
}

/// What a GraphQL error says beside its sentence, and the like of it elsewhere.
void item_parts::read_extensions(ref const& m)
{
    whole = false;
    for(auto e = m.child(); e; e = e.next())
    {
        auto const key = meaning_of(e);
        if(key.what == meaning::code && is_code(e, status_))
            code.offer(e, key.weight - 5);
        else if(key.what == meaning::field && key.exact && key.weight >= 92 && e.is_string())
            field.offer(e, key.weight - 5);
        else if(key.what == meaning::errors && e.is_container() && e.size() > 0)
            nested = e;
        else if(key.what == meaning::entries && e.is_object())
            read_context(e);
    }
}

/// Joi's context, ajv's params: the field may be named in there, as text or step by step.
void item_parts::read_context(ref const& m, unsigned depth)
{
    whole = false;
    for(auto e = m.child(); e; e = e.next())
        if(auto const key = meaning_of(e); key.what == meaning::field && key.weight >= 80 && e.is_string())
            field.offer(e, key.weight - 40);
        else if(is_path_of_steps(e))
            field.offer(e, 60);
        else if(e.is_object() && depth < deepest_context)
            read_context(e, depth + 1);
}

void item_parts::read_source(ref const& source)
{
    for(auto m = source.child(); m; m = m.next())
        if(auto const key = meaning_of(m); !m.is_container() && !is_null(m) && !m.text().empty())
        {
            field.offer(m, key.what == meaning::field ? 94 : 50);
            in.offer(m, 50);
        }
}

} // namespace errata
