#include "problem/by_meaning.hpp"

#include "problem/answer_shape.hpp"
#include "problem/item_members.hpp"
#include "problem/meaning_reader.hpp"
#include "problem/node_sense.hpp"

#include <algorithm>
#include <utility>

namespace errata
{

namespace
{

constexpr unsigned deepest_nesting = 2; ///< documents in strings in documents
constexpr unsigned deepest = 12;        ///< containers inside containers that are looked into
constexpr unsigned furthest = 2;        ///< an element counts for the less, the further behind it stands, up to this
constexpr unsigned most_elements = 8;   ///< elements of a list that are looked into one by one

/// Takes single-child wrappers off that only tell a type: `<value><struct>`, `<data><value>` of XML-RPC.
document::ref unwrapped(document::ref node)
{
    while(node.is_object() && node.size() == 1 &&
          (iequals(node.child().name(), "struct") || iequals(node.child().name(), "value")) &&
          node.child().is_container())
        node = node.child();
    return node;
}

/// Attributes aside.
bool is_only_child(document::ref const& m)
{
    auto first = m.parent().child();
    while(first && first.name().starts_with('@'))
        first = first.next();
    return first == m && !m.next();
}

/// The text of an element that is all its parent holds.
document::ref only_text(document::ref const& parent)
{
    auto const only = parent.child();
    return parent.size() == 1 && meaning_of(only).what == meaning::value ? plain_value(only) : document::ref{};
}

} // namespace

void read_by_meaning(document const& doc, answer_facts const& head, arena& memory, recognized& out)
{
    meaning_reader{doc, head, memory, out}.read();
}

void meaning_reader::read()
{
    auto const root = doc_.root();
    if(!root)
        return;
    canonical_ = root.member("retry").is_object() && root.member("origin").is_string();
    if(root.is_array())
        is_error_list(root) || is_error_object(root.child()) || is_positional(root) || is_sentence_list(root) ||
                is_rule_list(root, head_.status) || is_list_of_violations(root)
            ? collect(root, {})
            : walk_elements(root, {});
    else if(!root.is_object())
        read_scalar({root, root, {meaning::sentence, 60, wait_unit::none, true}, scope{}});
    else if(is_error_tree(root) || is_bare_field_map(root, head_.status))
        collect(root, {});
    else if(!canonical_ && holds_fields_beside(root, head_.status))
        read_fields_beside(root);
    else
        walk(root, {});
    if(!canonical_) // what was left over the first time says no more the second time
        read_other_waits();
    conclude();
}

void meaning_reader::read_fields_beside(ref const& root)
{
    for(auto m = root.child(); m; m = m.next())
        if(!m.is_container())
            read_member(m, {});
        else if(entries_.read_field(m))
            consume(m.id());
    if(out_.errors.size() == 1)
    {
        first_detail_ = {out_.errors[0].detail, {}, document::none, good_enough};
        first_speaks_ = true;
    }
}

/// What a form says of its inputs; of what type the form is says nothing about the error.
void meaning_reader::read_form(ref const& inputs)
{
    for(auto input = inputs.child(); input; input = input.next())
        for(auto said = input.member("messages").child(); said; said = said.next())
            entries_.read_item(said, input.member("attributes").member("name").text());
    in_form_ = true;
}

void meaning_reader::walk(ref const& object, scope const& where)
{
    if(where.depth > deepest)
        return;
    bool const markup = doc_.shape() == document::form::xml && where.collect && concerns_content(head_.status);
    for(auto m = object.child(); m; m = m.next())
        if(markup && begins_a_pair(m) && names_field_by_attribute(m))
            for(entries_.read_item(m, {}); begins_a_pair(m); entries_.read_item(m, {}))
                m = m.next();
        else
            read_member(m, where);
}

void meaning_reader::walk_elements(ref const& list, scope const& where)
{
    if(where.depth > deepest)
        return;
    unsigned position = 0;
    for(auto e = list.child(); e && position < most_elements; e = e.next(), ++position)
    {
        auto const here = where.deeper(-static_cast<int>(std::min(position, furthest)));
        if(e.is_object())
            walk(e, here);
        else if(e.is_array())
            walk_elements(e, here);
        else if((e.is_number() || wording_of(e) == wording::number) && list.child().is_string() &&
                wording_of(list.child()) == wording::verdict)
            offer_code({e, e, {}, here}, 30); // ["error", 10020, "symbol: invalid"]
        else if(e.is_string())
            read_unknown({e, e, {}, here});
    }
}

void meaning_reader::read_member(ref const& m, scope const& where)
{
    auto const [name, pair_value] = as_pair(m);
    auto const node = unwrapped(pair_value);
    auto const key = pair_value == m ? meaning_of(m) : meaning_of(name);
    if(auto const value = plain_value(node))
    {
        // An attribute is more about its element than about the answer.
        read_scalar({m, value, key, m.name().starts_with('@') ? where.deeper(-5) : where});
        if(node.is_object()) // <error code="5">...</error>
            for(auto a = node.child(); a; a = a.next())
                if(a.name().starts_with('@') && (key.what == meaning::error || meaning_of(a).what == meaning::code))
                    read_member(a, where.in_error(8));
    }
    else if(node.is_container() && node.size() > 0)
        read_container(m, node, key, where);
    else if(!node.is_container() || key.what == meaning::errors || key.what == meaning::error ||
            key.what == meaning::sentence)
        consume(m.id()); // null and "errors": [] say nothing
}

void meaning_reader::read_container(ref const& m, ref const& value, key_sense const& key, scope const& where)
{
    switch(key.what)
    {
    case meaning::error:
        read_error_container(value, where);
        break;
    case meaning::errors:
        if(value.is_object() && is_error_object(value) && !is_repeated_element(value))
            read_error_object(value, where.in_error(8));
        else
            collect(value, where);
        break;
    case meaning::sentence:
    case meaning::title:
    case meaning::code:
        if(value.is_array() || (value.is_object() && (is_field_map(value, true) || is_text_map(value))))
        {
            auto const before = out_.errors.size();
            collect(value, where, iequals(m.name(), "detail") || iequals(m.name(), "message"));
            if(value.is_array() && out_.errors.size() == before)
                walk_elements(value, where.deeper(-3));
        }
        else if(auto const line = only_text(value); key.what == meaning::sentence && line)
            read_scalar({m, line, key, where}); // <msg><line>...</line></msg>
        else if(key.what == meaning::code && value.member(m.name()))
            walk(value, where.deeper(1)); // the code in a code says more
        else if(key.weight < 74)
            read_unknown_container(m, value, where);
        else
            walk(value, where.in_error(3));
        break;
    case meaning::entries:
        read_possible_entries(m, value, where);
        break;
    case meaning::envelope:
    case meaning::status:
        // "body": {"name": {"_empty": "..."}}
        if(where.collect && ((concerns_content(head_.status) && (is_map_of_fields(value) || is_demand_map(value))) ||
                             (key.what == meaning::envelope && lists_failures(value))))
            collect(value, where.deeper(-3));
        else if(value.is_object())
            walk(value, where.deeper(-3));
        else
            walk_elements(value, where.deeper(-8));
        break;
    case meaning::help:
        read_links(value, where);
        break;
    case meaning::internal:
        if(value.is_object() && key.weight > 0 && (is_error_object(value) || holds_errors(value)))
            return read_error_container(value, where); // <Exception exceptionCode="..."><ExceptionText>
        break;
    case meaning::value:
        if(iequals(m.name(), "value") && value.is_object())
            walk(value, where.deeper(-20));
        break;
    case meaning::wait:
    case meaning::location:
        break;
    case meaning::field:
        if(m.parent().member("locations"))
            break; // of GraphQL: the path leads into the answer
        if(value.is_array() && where.depth == 0 && !value.child().is_container() && lone_field_.empty())
            lone_field_ = entries_.path_of(value); // "path": ["items", 0]
        else
            read_unknown_container(m, value, where);
        break;
    default: // what a known name makes unknown (warnings, suggestions) is not what went wrong
        read_unknown_container(m, value, key.exact ? where.deeper(-40) : where);
    }
}

void meaning_reader::read_error_container(ref const& value, scope const& where)
{
    if(as_pair(value.child()).value != value.child())
        return walk(value, where.in_error(14));
    if(value.is_array() || is_repeated_element(value) ||
       ((is_field_map(value, true) || is_text_map(value)) && !is_error_object(value)))
        return collect(value, where.in_error(10));
    if(is_mixed_field_map(value))
    {
        collect(value, where.in_error(10));
        for(auto m = value.child(); m; m = m.next())
            if(tells_of_the_whole(m))
                read_member(m, where.in_error(14));
        return;
    }
    if(begins_a_pair(value) && where.collect) // <Error/><Error/> without a list around them
    {
        for(auto e = value; e; e = e.next())
            if(e.name() == value.name())
                entries_.read_item(e, {});
        return walk(value, scope{where.bonus, where.depth + 1, true, false});
    }
    walk(value, where.in_error(14));
}

/// One error; what it says of a field is an entry, too: `<parameterViolations><path>...</path><message>...`.
void meaning_reader::read_error_object(ref const& object, scope const& where)
{
    if(where.collect && lone_field_.empty() && names_field(object))
        entries_.read_item(object, {});
    walk(object, where);
}

void meaning_reader::read_possible_entries(ref const& m, ref const& value, scope const& where)
{
    if(canonical_)
        return; // what was left over the first time says no more the second time
    bool const texts = value.is_array() && value.child().is_string() && wording_of(value.child()) == wording::sentence;
    bool const list = value.is_array() && (is_error_list(value) || texts || is_list_of_violations(value) ||
                                           (concerns_content(head_.status) && names_fields_throughout(value)));
    if(list || is_field_map(value) || is_complaint_map(value) || is_data_of_failure(m) ||
       (names_parts(m.name()) && is_violation_map(value)))
        return collect(value, where.deeper(-20));
    if(value.is_object() && names_field(value))
        return read_error_object(value, where.deeper(-18));
    if(value.is_object())
        walk(value, where.deeper(as_pair(value.child()).value != value.child() ? -4 : -18));
    else
        walk_elements(value, where.deeper(-30));
}

void meaning_reader::read_unknown_container(ref const& m, ref const& value, scope const& where)
{
    if(where.collect && is_form(value))
        return read_form(value);
    if(where.collect && value.is_object() && !m.name().empty() && concerns_content(head_.status) &&
       is_field_state(value))
    {
        entries_.read_item(value, m.name());
        return;
    }
    if(((where.about_error || names_rules(m.name())) && is_error_list(value)) ||
       (where.collect &&
        (is_field_list(value) || (concerns_content(head_.status) &&
                                  (is_demand_map(value) || is_map_of_complaints(value) || is_list_of_missing(value) ||
                                   (m.name() == "children" && is_error_branch(value)))))))
        return collect(value, where.deeper(-20));
    if(where.about_error && value.is_object() && names_field(value))
        return read_error_object(value, where.deeper(-35));
    bool const wraps = m.parent().is_array() || is_only_child(m);
    if(!wraps && value.is_object() && is_titled_error(value))
        walk(value, where.in_error(0));
    else if(value.is_object())
        walk(value, where.deeper(wraps ? 0 : -35));
    else
        walk_elements(value, where.deeper(wraps ? 0 : -38));
}

void meaning_reader::read_links(ref const& value, scope const& where)
{
    for(auto m = value.child(); m; m = m.next())
    {
        if(m.is_container() && where.depth < 6)
            read_links(m, where.deeper(0));
        else if(m.is_string() && is_http_link(m.text()))
            offer(help_, m, m.text(), 30);
    }
}

void meaning_reader::read_inner_document(member const& m, int weight)
{
    if(nesting_ >= deepest_nesting)
        return;
    document inner;
    inner.read(trimmed(m.value.text()), {}, {}, memory_);
    if(!inner.root().is_container() || inner.shape() == document::form::html)
        return;
    recognized found;
    meaning_reader{inner, head_, memory_, found, nesting_ + 1}.read();
    auto const score = m.where.bonus + weight;
    if(!found.detail.empty())
        detail_.offer({found.detail, {}, m.node.id(), score});
    bool const of_field = std::any_of(found.errors.begin(), found.errors.end(),
                                      [&](field_error const& e) { return !e.field.empty() && e.code == found.code; });
    if(!found.code.empty() && !of_field)
        code_.offer({found.code, found.code_source, document::none, score});
    if(!found.request_id.empty())
        request_id_.offer({found.request_id, {}, document::none, score});
    out_.errors.insert(out_.errors.end(), found.errors.begin(), found.errors.end());
    out_.hints.insert(out_.hints.end(), found.hints.begin(), found.hints.end());
}

} // namespace errata
