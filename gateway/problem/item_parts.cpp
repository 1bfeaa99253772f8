#include "problem/item_parts.hpp"

#include "problem/field_errors.hpp"
#include "problem/field_sentence.hpp"
#include "problem/item_members.hpp"

namespace errata
{

namespace
{

using ref = document::ref;

bool is_null(ref const& node)
{
    return node.type() == document::kind::null;
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
