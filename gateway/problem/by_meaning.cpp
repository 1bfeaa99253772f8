#include "problem/by_meaning.hpp"

#include "problem/item_parts.hpp"
#include "problem/meaning_reader.hpp"

#include <algorithm>
#include <utility>

namespace errata
{

namespace
{

constexpr int first_detail_floor = 20; ///< a sentence of the answer itself below this gives way to its first error's
constexpr int first_code_floor = 25;
constexpr int dedicated = 50;         ///< a code of its own, no class of errors
constexpr unsigned deepest = 12;      ///< containers inside containers that are looked into
constexpr unsigned furthest = 2;      ///< an element counts for the less, the further behind it stands, up to this
constexpr unsigned most_elements = 8; ///< elements of a list that are looked into one by one

/// Takes single-child wrappers off that only tell a type: `<value><struct>`, `<data><value>` of XML-RPC.
document::ref unwrapped(document::ref node)
{
    while(node.is_object() && node.size() == 1 &&
          (iequals(node.child().name(), "struct") || iequals(node.child().name(), "value")) &&
          node.child().is_container())
        node = node.child();
    return node;
}

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
        return false;
    }
}

bool holds_errors(document::ref const& object)
{
    for(auto m = object.child(); m; m = m.next())
        if(auto const what = meaning_of(m).what;
           m.is_container() && (what == meaning::errors || what == meaning::error))
            return true;
    return false;
}

/// A map of field names at the top, as Django REST sends it: nothing in it is called an error.
bool is_bare_field_map(document::ref const& root, unsigned status)
{
    if(!root.child().is_container())
        return concerns_content(status) && is_complaint_map(root);
    if(!is_field_map(root))
        return false;
    for(auto m = root.child(); m; m = m.next())
        if(names_errors(m) && !names_the_whole(m.name()))
            return false;
    return root.size() > 1 || meaning_of(root.child()).what != meaning::sentence;
}

/// Fields with their complaints beside what is said of all: `{"__type": "Validation Error", "name": ["is missing"]}`.
bool is_mixed_field_map(document::ref const& value)
{
    if(!value.is_object() || is_error_object(value) || !holds_lists(value))
        return false;
    for(auto m = value.child(); m; m = m.next())
        if(m.is_container() && names_errors(m))
            return false;
    return true;
}

/// `["The email address is invalid.", "Name can't be blank"]`
bool is_sentence_list(document::ref const& list)
{
    for(auto e = list.child(); e; e = e.next())
        if(!e.is_string() || wording_of(e) != wording::sentence)
            return false;
    return list.size() > 1;
}

/// A SOAP fault's code is a qualified name; its prefix means something in that document alone: `S:Client`.
std::string_view local_name(std::string_view qualified)
{
    auto const colon = qualified.find(':');
    bool const prefixed = colon != qualified.npos && colon > 0 && colon + 1 < qualified.size() &&
                          qualified.find_first_of(":/ ", colon + 1) == qualified.npos;
    return prefixed ? qualified.substr(colon + 1) : qualified;
}

/// A map of fields with their complaints and of nothing that is called an error.
bool is_map_of_fields(document::ref const& value)
{
    if(!is_field_map(value))
        return false;
    for(auto m = value.child(); m; m = m.next())
        if(names_errors(m))
            return false;
    return true;
}

/// `[{"FailedField": "User.Email", "Tag": "email"}]`: every element names a field and the rule that it violates.
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

/// `{"message": "Invalid project", "name": ["This field is required."]}`: complaints under the fields' own names beside
/// what is said of all.
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
        else if(m.is_container() && m.size() > 0)
            return false;
    return found && concerns_content(status);
}

/// A form that tells below each of its inputs what is wrong with it: `{"attributes": {"name": "email"}, "messages":
/// [...]}`.
bool is_form(document::ref const& list)
{
    if(!list.is_array() || list.size() == 0)
        return false;
    for(auto e = list.child(); e; e = e.next())
        if(!e.member("messages").is_array() || !e.member("attributes").member("name").is_string())
            return false;
    return true;
}

/// A field with what was sent in it, or whether that is valid, and what is wrong: `"email": {"value": "x", "error":
/// "..."}`.
bool is_field_state(document::ref const& object)
{
    auto const verdict = object.member_like("valid");
    if(!object.member("value") && !(verdict && verdict.text() == "false"))
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

/// An object that names a field and says in a sentence what is wrong with it.
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

/// `"statusCode": -1`, which is less of a code than that of the only error.
bool names_a_status(document const& doc, candidate const& code)
{
    return code.node != document::none && iequals(doc[code.node].name.substr(0, 6), "status");
}

bool begins_a_pair(document::ref const& m)
{
    return m.next() && m.next().name() == m.name();
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
                is_rule_list(root, head_.status)
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
        if(!m.is_array())
            read_member(m, {});
        else if(entries_.read_field(m))
            consume(m.id());
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
    for(auto m = object.child(); m; m = m.next())
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
        else if(e.is_string())
            read_unknown({e, e, {}, here});
        else if(e.is_number() && list.child().is_string() && wording_of(list.child()) == wording::verdict)
            offer_code({e, e, {}, here}, 30); // ["error", 10020, "symbol: invalid"]
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
            collect(value, where, iequals(m.name(), "detail") || iequals(m.name(), "message"));
        else if(auto const line = only_text(value); key.what == meaning::sentence && line)
            read_scalar({m, line, key, where}); // <msg><line>...</line></msg>
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
        if(where.collect && concerns_content(head_.status) && (is_map_of_fields(value) || is_demand_map(value)))
            collect(value, where.deeper(-3)); // "body": {"name": {"_empty": "..."}}
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
    default:
        read_unknown_container(m, value, where);
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
    bool const texts = value.is_array() && std::min<std::size_t>(value.size(), 1) == 1 && value.child().is_string() &&
                       wording_of(value.child()) == wording::sentence;
    bool const list = value.is_array() && (is_error_list(value) || texts ||
                                           (concerns_content(head_.status) && names_fields_throughout(value)));
    if(list || is_field_map(value) || is_complaint_map(value) || (names_parts(m.name()) && is_violation_map(value)))
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
    if((where.about_error && is_error_list(value)) ||
       (where.collect && (is_field_list(value) || (concerns_content(head_.status) && is_demand_map(value)))))
        return collect(value, where.deeper(-20));
    if(where.about_error && value.is_object() && names_field(value))
        return read_error_object(value, where.deeper(-35));
    bool const wraps = m.parent().is_array() || is_only_child(m);
    if(value.is_object())
        walk(value, where.deeper(wraps ? 0 : -35));
    else
        walk_elements(value, where.deeper(wraps ? 0 : -38));
}

void meaning_reader::collect(ref const& container, scope const& where, bool instead_of_sentence)
{
    if(!where.collect)
        return;
    auto const before = out_.errors.size();
    bool const whole = entries_.read(container, instead_of_sentence && where.depth == 0);
    if(out_.errors.size() == before)
        return;
    if(whole)
        consume(container.id());

    // What the first error says besides (links, ids, waits) may stand for all of them; its sentence and code stand back
    // behind those of the answer as a whole.
    auto first = container.child();
    while(first && first.name().starts_with('@'))
        first = first.next();
    auto const own_detail = std::exchange(detail_, {});
    auto const own_code = std::exchange(code_, {});
    auto const own_title = std::exchange(title_, {});
    scope const inside{where.bonus - 10, where.depth + 1, true, false};
    if(first.is_object())
        walk(first, inside);
    else if(first.is_array())
        walk_elements(first, inside);
    auto const& entry = out_.errors[before];
    // The rule that a field violates is no code of the answer; the class of the error is.
    if(code_.node != document::none && !entry.field.empty() && code_.text[0] >= 'a' &&
       meaning_of(doc_[code_.node].name).what == meaning::kind && !iequals(doc_[code_.node].name, "category") &&
       !code_.text.ends_with("error"))
        code_ = {};
    bool const says = !entry.detail.empty() && entry.detail != entry.code;
    detail_.offer({entry.detail, {}, document::none, says ? good_enough : 0});
    code_.offer({entry.code, entry.code_source, document::none, entry.code.empty() ? 0 : 1});
    if(first_detail_.score == 0 && first_code_.score == 0)
    {
        first_detail_ = detail_;
        first_code_ = code_;
        first_title_ = title_;
        first_speaks_ = !instead_of_sentence || (container.size() == 1 && first.is_string());
    }
    detail_ = own_detail;
    code_ = own_code;
    title_ = own_title;
}

/// Where a parser gave up is told like the place of a field: `"loc": ["body", 8]`, `"type": "json_invalid"`.
void meaning_reader::drop_offsets()
{
    for(auto& e : out_.errors)
        if(e.code.find("json") != e.code.npos && e.field.find_first_not_of("0123456789") == e.field.npos)
            e.field = {};
}

/// The first of several errors speaks for the answer where the answer does not speak for itself.
void meaning_reader::let_first_error_speak()
{
    if(out_.errors.empty() || canonical_) // which has said what it has to say
        return;
    bool const all_fields =
        std::all_of(out_.errors.begin(), out_.errors.end(), [](field_error const& e) { return !e.field.empty(); });
    bool const speaks = detail_.score >= first_detail_floor;
    if(!speaks && !all_fields && !out_.errors[0].field.empty() && first_speaks_)
    {
        // What is said of the whole beside what is said of fields.
        auto const whole = std::find_if(out_.errors.begin(), out_.errors.end(),
                                        [](field_error const& e) { return e.field.empty() && !e.detail.empty(); });
        if(whole != out_.errors.end())
            first_detail_ = {whole->detail, {}, document::none, good_enough};
    }
    // Complaints about several fields have no sentence in common.
    bool const one = out_.errors.size() == 1;
    if(!speaks && (one || !all_fields) && (first_speaks_ || (one && !all_fields)))
        detail_ = first_detail_.score > 0 ? first_detail_ : detail_;
    if(!speaks && title_.score == 0)
        title_ = first_title_;
    // A field's code is not the answer's, unless the answer has nothing else to say.
    bool const anonymous = out_.errors[0].field.empty();
    int const own_floor = names_a_status(doc_, code_) ? dedicated : first_code_floor;
    int const floor = anonymous && !speaks ? std::max(first_code_.score, own_floor) : own_floor;
    if(code_.score < floor && (anonymous || (!speaks && one && first_speaks_ && first_code_.score >= dedicated)) &&
       !is_known_status(status_in(first_code_.text)))
        code_ = first_code_.score > 0 ? first_code_ : code_;
}

void meaning_reader::consume(document::index node)
{
    if(node != document::none && nesting_ == 0)
        out_.consumed.push_back(node);
}

void meaning_reader::conclude()
{
    if(in_form_ && code_.node != document::none && meaning_of(doc_[code_.node].name).what == meaning::kind)
        code_ = {};
    let_first_error_speak();
    if(detail_.score < good_enough && out_.errors.empty() && !canonical_)
        detail_.offer(last_resort_);
    if(detail_.score >= good_enough)
    {
        out_.detail = trimmed(detail_.text);
        consume(detail_.node);
    }
    if(title_.score > 0)
    {
        out_.title = trimmed(title_.text);
        consume(title_.node);
    }
    if(code_.score > 0)
    {
        out_.code = doc_.root().member("Envelope") ? local_name(trimmed(code_.text)) : trimmed(code_.text);
        out_.code_source = code_.source.empty() ? std::string_view{} : code_.source;
        consume(code_.node);
    }
    if(request_id_.score > 0)
    {
        out_.request_id = trimmed(request_id_.text);
        consume(request_id_.node);
    }
    if(help_.score > 0)
    {
        out_.help = trimmed(help_.text);
        consume(help_.node);
    }
    if(type_.score > 0)
        out_.type = type_.text;
    if(instance_.score > 0)
        out_.instance = instance_.text;
    // One error that names no field and says what the message says is the message.
    if(out_.errors.size() == 1 && out_.errors[0].field.empty() &&
       (out_.errors[0].detail == out_.detail || out_.errors[0].detail.empty()))
        out_.errors.clear();
    if(out_.errors.empty() && lone_field_.empty() && nesting_ == 0)
        entries_.read_validator_text(out_.detail);
    if(code_.score > 0 && code_.text == lone_field_)
        out_.code = out_.code_source = {}; // {"key": "name"} names the field
    if(out_.errors.empty() && !lone_field_.empty() && !(out_.detail.empty() && out_.code.empty()))
    {
        field_error entry;
        set_field(entry, lone_field_, memory_);
        entry.detail = out_.detail;
        if(out_.detail.empty())
        {
            entry.code = out_.code;
            entry.code_source = out_.code_source;
        }
        out_.errors.push_back(entry);
    }
    drop_offsets();
}

} // namespace errata
