#include "problem/answer_shape.hpp"

#include "problem/field_errors.hpp"
#include "problem/field_sentence.hpp"
#include "problem/item_members.hpp"
#include "problem/node_sense.hpp"

namespace errata
{

namespace
{

bool names_errors(document::ref const& m)
{
    switch(meaning_of(m).what)
    {
    case meaning::error:
    case meaning::errors:
    case meaning::entries:
    case meaning::envelope:
        return true;
    default:
        return m.is_array() && names_rules(m.name());
    }
}

/// Could a list of complaints have this name because a field has it?
bool names_a_field(document::ref const& m)
{
    switch(auto const key = meaning_of(m); key.what)
    {
    case meaning::unknown:
        return !key.exact; // "warnings"
    case meaning::title:
    case meaning::code:
    case meaning::kind:
    case meaning::field:
    case meaning::value:
        return true;
    default:
        return false;
    }
}

/// Nothing but sentences, of which one complains: `{"summary": "Not valid", "detail": "X is not valid"}`.
bool is_complaint(document::ref const& object)
{
    bool complains = false;
    for(auto m = object.child(); m; m = m.next())
    {
        auto const what = meaning_of(m).what;
        if(!m.is_string() || (what != meaning::sentence && what != meaning::title))
            return false;
        complains = complains || (wording_of(m) == wording::sentence && reads_as_complaint(m.text()));
    }
    return complains;
}

/// Errors and their number, nothing else: `{"errorCount": 1, "errors": ["Must be at least 18"]}`.
bool is_tally(document::ref const& object)
{
    bool counted = false, listed = false;
    for(auto m = object.child(); m; m = m.next())
    {
        counted = counted || m.is_number();
        listed = listed || (m.is_array() && meaning_of(m).what == meaning::errors);
        if(!m.is_number() && !m.is_array())
            return false;
    }
    return counted && listed;
}

} // namespace

bool holds_errors(document::ref const& object)
{
    for(auto m = object.child(); m; m = m.next())
        if(auto const what = meaning_of(m).what;
           m.is_container() && (what == meaning::errors || what == meaning::error))
            return true;
    return false;
}

bool is_bare_field_map(document::ref const& root, unsigned status)
{
    if(!root.child().is_container())
        return concerns_content(status) && (is_complaint_map(root) || holds_text_of_the_whole(root));
    for(auto m = root.child(); m; m = m.next())
        if(names_errors(m) && !names_the_whole(m.name()))
            return false;
    if(!is_field_map(root))
        return false;
    return root.size() > 1 || meaning_of(root.child()).what != meaning::sentence;
}

bool is_mixed_field_map(document::ref const& value)
{
    if(!value.is_object() || is_error_object(value) || !holds_lists(value))
        return false;
    bool fields = false;
    for(auto m = value.child(); m; m = m.next())
        if(m.is_container() && names_errors(m))
            return false;
        else // {"type": "...", "message": ["..."]} has sentences
            fields = fields || (m.is_container() && !is_error_list(m) &&
                                !(iequals(m.name(), "message") || iequals(m.name(), "messages")));
    return fields;
}

bool is_sentence_list(document::ref const& list)
{
    for(auto e = list.child(); e; e = e.next())
        if(!e.is_string() || wording_of(e) != wording::sentence)
            return false;
    return list.size() > 1;
}

bool is_map_of_fields(document::ref const& value)
{
    if(!is_field_map(value))
        return false;
    for(auto m = value.child(); m; m = m.next())
        if(names_errors(m))
            return false;
    return true;
}

bool is_map_of_complaints(document::ref const& value)
{
    for(auto m = value.child(); m; m = m.next())
        if(!complains_of_field(m))
            return false;
    return value.is_object() && value.size() > 0;
}

bool is_error_branch(document::ref const& children)
{
    bool errors = false;
    for(auto field = children.child(); field; field = field.next())
    {
        if(!field.is_object())
            return false;
        errors = errors || field.member("errors").is_array() || field.member("children").is_object();
    }
    return errors;
}

bool lists_failures(document::ref const& list)
{
    if(!is_error_list(list))
        return false;
    for(auto m = list.child().child(); m; m = m.next())
        if(auto const key = meaning_of(m); lists_fields(m) || (key.what == meaning::field && key.weight >= 85) ||
                                           (key.what == meaning::code && key.weight >= 75))
            return true;
    return false;
}

bool names_field_by_attribute(document::ref const& element)
{
    bool named = false;
    for(auto a = element.child(); a && a.name().starts_with('@') && !named; a = a.next())
        named = meaning_of(a).what == meaning::field && meaning_of(a).weight >= 70;
    auto const said = named ? plain_value(element) : document::ref{};
    return said.is_string() && wording_of(said) == wording::sentence;
}

bool is_titled_error(document::ref const& object)
{
    auto const title = object.member("title");
    return title.is_string() && wording_of(title) == wording::verdict;
}

bool is_rule_list(document::ref const& list, unsigned status)
{
    if(!concerns_content(status) || list.size() == 0)
        return false;
    for(auto e = list.child(); e; e = e.next())
    {
        bool field = false, rule = false;
        for(auto m = e.is_object() ? e.child() : document::ref{}; m; m = m.next())
            if(auto const key = meaning_of(m); m.is_string())
            {
                field = field || (key.what == meaning::field && key.weight >= 80);
                rule = rule || key.what == meaning::kind || key.what == meaning::code;
            }
        if(!field || !rule)
            return false;
    }
    return true;
}

bool holds_fields_beside(document::ref const& root, unsigned status)
{
    bool found = false;
    for(auto m = root.child(); m; m = m.next())
        if(m.is_array() && m.child().is_string())
        {
            if(!names_a_field(m) || !complains_of_field(m))
                return false;
            found = found || meaning_of(m).what == meaning::unknown || meaning_of(m).what == meaning::title;
        }
        else if(m.is_object() && root.size() > 1 && meaning_of(m).what == meaning::unknown && is_error_object(m) &&
                is_complaint(m))
            found = true;
        else if(m.is_container() && m.size() > 0)
            return false;
    return found && concerns_content(status);
}

bool is_form(document::ref const& list)
{
    if(!list.is_array() || list.size() == 0)
        return false;
    for(auto e = list.child(); e; e = e.next())
        if(!e.member("messages").is_array() || !e.member("attributes").member("name").is_string())
            return false;
    return true;
}

bool is_field_state(document::ref const& object)
{
    auto const verdict = object.member_like("valid");
    if(!object.member("value") && !(verdict && verdict.text() == "false") && !is_tally(object))
        return false;
    for(auto m = object.child(); m; m = m.next())
    {
        auto const text = m.is_array() ? m.child() : m;
        auto const what = meaning_of(m).what;
        if((what == meaning::sentence || what == meaning::error || what == meaning::errors) && text.is_string() &&
           wording_of(text) == wording::sentence)
            return true;
    }
    return false;
}

bool is_data_of_failure(document::ref const& m)
{
    auto const verdict = m.parent().member("status");
    if(m.name() != "data" || !m.is_object() || !verdict || verdict.text() != "fail")
        return false;
    for(auto f = m.child(); f; f = f.next())
        if(!f.is_string() || wording_of(f) != wording::sentence)
            return false;
    return true;
}

bool names_field(document::ref const& object)
{
    bool field = false, sentence = false;
    for(auto m = object.child(); m; m = m.next())
        if(auto const key = meaning_of(m); m.is_string())
        {
            field = field || (key.what == meaning::field && key.weight >= 70);
            bool const tells =
                key.what == meaning::sentence || key.what == meaning::error || key.what == meaning::errors;
            sentence = sentence || (tells && wording_of(m) == wording::sentence);
        }
    return field && sentence;
}

bool begins_a_pair(document::ref const& m)
{
    return m.next() && m.next().name() == m.name();
}

} // namespace errata
