#include "problem/field_errors.hpp"

#include "problem/field_sentence.hpp"
#include "problem/item_members.hpp"
#include "problem/item_parts.hpp"
#include "problem/json_text.hpp"
#include "problem/node_sense.hpp"

#include <algorithm>
#include <span>

namespace errata
{

namespace
{

using ref = document::ref;

constexpr unsigned deepest = 40;

bool is_null(ref const& node)
{
    return node.type() == document::kind::null;
}

/// `{"content": {"_errors": [...]}}`: whatever such a name means elsewhere, here it is a field's.
bool names_fields(ref const& object)
{
    for(auto m = object.child(); m; m = m.next())
        if(m.is_object() && m.member("_errors"))
            return true;
    return false;
}

/// `{"source": "payload", "keys": ["name"], "message": ...}` of hapi and celebrate: one complaint about several fields.
bool lists_keys(ref const& object)
{
    for(auto m = object.child(); m; m = m.next())
        if(m.is_array() && m.name() == "keys" && m.child().is_string())
            return object.member("source").is_string();
    return false;
}

/// A symbol where the sentence about a field would stand is both: who shows `detail` has something to show.
void let_speak(ref const& symbol, field_error& entry)
{
    if(!entry.field.empty() && wording_of(symbol) == wording::symbol)
        entry.detail = trimmed(symbol.text());
}

/// invalid_params, errorFields
bool ends_with_parts(std::string_view name)
{
    for(std::string_view end : {"fields", "params", "parameters", "properties", "attributes", "arguments"})
        if(name.size() > end.size() && iends_with(name, end))
            return true;
    return false;
}

/// `"missing_fields": ["email", "address.zip"]`: what is wrong is in the name of the list.
bool names_only(ref const& list)
{
    auto const key = meaning_of(list);
    bool const parts = key.what == meaning::errors && (!key.exact ? key.weight == 90 : ends_with_parts(list.name()));
    if(!list.is_array() || list.size() == 0 || !(parts || is_list_of_missing(list)))
        return false;
    for(auto e = list.child(); e; e = e.next())
        if(!e.is_string() || wording_of(e) == wording::sentence || wording_of(e) == wording::blank)
            return false;
    return true;
}

/// `["name: String must contain a letter", "age: Required"]`: several texts, about different names all of them.
bool is_labelled_list(ref const& list)
{
    std::string_view before;
    for(auto e = list.child(); e; e = e.next())
    {
        auto const name = e.is_string() ? word_before_colon(trimmed(e.text())) : std::string_view{};
        if(name.empty() || name == before)
            return false;
        before = name;
    }
    return list.is_array() && list.size() > 1;
}

/// `["email", "is not valid"]`
bool is_named_complaint(ref const& pair)
{
    auto const name = pair.child(), said = name.next();
    return pair.size() == 2 && name.is_string() && said.is_string() && wording_of(said) == wording::sentence &&
           reads_as_complaint(said.text()) &&
           (wording_of(name) == wording::word || wording_of(name) == wording::symbol);
}

/// Nothing but plain members, of which not all complain: facts about an error rather than fields.
bool is_plain_record(ref const& object)
{
    bool silent = false;
    for(auto m = object.child(); m; m = m.next())
        if(m.is_container())
            return false;
        else
            silent = silent || !m.is_string() || wording_of(m) != wording::sentence;
    return silent;
}

/// What an error says in a list of its own, once or in several languages: `"messages": [{"lang": "en", "message":
/// ...}]`.
ref sentence_below(ref const& list)
{
    auto const first = list.is_array() ? list.child() : ref{};
    if(!first.is_object() || (list.size() > 1 && !first.member_like("lang") && !first.member_like("language")))
        return {};
    item_parts const parts{first, 0};
    bool const more = parts.field.node || parts.code.node || parts.nested || parts.fields || parts.messages;
    return more ? ref{} : parts.sentence.node;
}

} // namespace

bool is_list_of_missing(ref const& list)
{
    return list.is_array() && iequals(list.name(), "missing") && list.child().is_string();
}

bool entry_reader::read(ref const& container, bool instead_of_sentence)
{
    // A single sentence is the answer's own rather than a field's.
    complaints_ = (concerns_content(status_) || ends_with_parts(container.name())) &&
                  (instead_of_sentence || container.size() > 1);
    labelled_ = complaints_ && is_labelled_list(container);
    told_ = out_.size();
    bool const whole = names_only(container)                                 ? read_names(container)
                       : container.is_array()                                ? read_list(container, {})
                       : is_repeated_element(container)                      ? read_map(container, {})
                       : holds_text_of_the_whole(container)                  ? read_map(container, {})
                       : is_error_object(container) || lists_keys(container) ? read_item(container, {})
                                                                             : read_map(container, {});
    told_ = out_.size();
    return whole;
}

bool entry_reader::read_field(ref const& complaints)
{
    return read_named(complaints, join({}, complaints.name()));
}

bool entry_reader::read_names(ref const& names)
{
    for(auto n = names.child(); n; n = n.next())
        add(about(n.text()));
    return true;
}

bool entry_reader::read_list(ref const& list, std::string_view path)
{
    if(++depth_ > deepest)
        return --depth_, false;
    bool whole = true;
    bool const positional = !path.empty() || is_positional(list);
    std::size_t position = 0;
    for(auto e = list.child(); e; e = e.next(), ++position)
    {
        if(e.is_object() && positional && !is_error_object(e))
            whole = read_map(e, join(path, std::to_string(position))) && whole;
        else
            whole = read_item(e, path) && whole;
    }
    --depth_;
    return whole;
}

bool entry_reader::read_map(ref const& map, std::string_view path)
{
    if(++depth_ > deepest)
        return --depth_, false;
    bool whole = true;
    bool const list = is_repeated_element(map), lists = holds_lists(map);
    for(auto m = map.child(); m; m = m.next())
    {
        if(m.name().starts_with('@'))
            continue;
        if(lists && tells_of_the_whole(m))
            whole = false;
        else if(list)
            whole = read_item(m, path) && whole;
        else
            whole = read_named(m, names_no_field(m) ? path : join(path, m.name())) && whole;
    }
    --depth_;
    return whole;
}

bool entry_reader::read_named(ref const& value, std::string_view path)
{
    if(value.is_string())
        return read_text(value, path);
    if(value.is_array())
        return read_list(value, path);
    if(value.is_object())
        return lists_keys(value)          ? read_item(value, {})
               : is_error_object(value)   ? read_item(value, path)
               : is_rule_map(value, path) ? read_messages(value, about(path), true)
                                          : read_map(value, path);
    return is_null(value);
}

bool entry_reader::read_item(ref const& item, std::string_view path)
{
    if(item.is_array() && path.empty() && is_named_complaint(item))
        return read_text(item.child().next(), join({}, item.child().text()));
    if(!item.is_object())
        return read_named(item, path);
    // {"title": "is missing"}: a name and what is wrong with it
    bool const pair = item.size() == 1 && item.child().is_string() && begins_with_predicate(item.child().text()) &&
                      meaning_of(item.child()).what != meaning::sentence;
    if(names_fields(item) || pair)
        return read_map(item, path);
    item_parts const parts{item, status_};
    bool const names =
        parts.field.weight >= 85 || (parts.field.weight >= 60 && !is_complaint_map(item) && !is_field_map(item, true));
    bool const says = parts.sentence.node || parts.code.node || parts.messages || parts.constraints || parts.nested ||
                      parts.fields || parts.rules || names;
    if(!says)
        return (!is_plain_record(item) || is_complaint_map(item)) && read_map(item, path);

    auto entry = about(path);
    auto own = parts.field.node.is_array() ? path_of(parts.field.node)
               : parts.field.node          ? parts.field.node.text()
                                           : parts.sent.name();
    // The member's name as a field's name is a guess that a sentence alone does not confirm when it says so itself.
    bool const repeated = !own.empty() && (path == own || path.ends_with(own));
    if(!repeated && !own.empty())
        set_field(entry, path.empty() ? own : join(path, own), memory_);
    if(parts.in.node)
        set_location(entry, parts.in.weight == 50 ? parts.in.node.name() : parts.in.node.text());
    if(parts.code.node)
    {
        entry.code = trimmed(parts.code.node.text());
        entry.code_source = json_text(parts.code.node, memory_);
    }
    auto const said = parts.sentence.node ? parts.sentence.node : sentence_below(parts.nested);
    if(said)
        entry.detail = trimmed(said.text());
    else if(parts.symbol.node)
        let_speak(parts.symbol.node, entry);
    bool const nests = parts.nested && (parts.sentence.node || !said);
    if(lists_keys(item))
    {
        entry.field = {}; // the source is no field
        if(auto const joined = item.parent().member("message"); entry.detail.empty() && joined.text().starts_with('"'))
            entry.detail = trimmed(joined.text()); // hapi says it beside them, celebrate among them
        if(add_keys(item.member("keys"), entry))
            return parts.whole;
    }

    if(parts.messages && parts.fields)
    {
        bool whole = parts.whole;
        for(auto f = parts.fields.child(); f; f = f.next())
        {
            auto const name = name_of_field(f);
            set_field(entry, name ? join(path, name.text()) : path, memory_);
            whole = read_messages(parts.messages, entry, false) && whole;
        }
        return whole;
    }
    if(parts.rules && !entry.field.empty() && entry.code.empty())
    {
        for(auto r = parts.rules.child(); r; r = r.next())
            if(auto const rule = name_of_rule(r))
            {
                entry.code = rule.text();
                entry.code_source = json_text(rule, memory_);
                if(!said)
                    let_speak(rule, entry);
                add(entry);
            }
        return false;
    }
    if(parts.messages || parts.constraints)
        return read_messages(parts.messages ? parts.messages : parts.constraints, entry, bool{parts.constraints}) &&
               parts.whole;
    bool const carries_only =
        nests && entry.detail.empty() &&
        (entry.code.empty() || entry.field.empty() || meaning_of(parts.code.node).what == meaning::kind);
    if(parts.fields)
        for(auto f = parts.fields.child(); f; f = f.next())
        {
            auto const name = name_of_field(f);
            set_field(entry, name ? join(path, name.text()) : path, memory_);
            if(entry.detail.empty() && parts.symbol.node)
                let_speak(parts.symbol.node, entry);
            add(entry);
        }
    else if(!carries_only && !(entry.field.empty() && !parts.in_response() && add_complaints(entry.detail, entry)))
        add(entry);
    if(nests)
        return nest(parts.nested, entry.field) && parts.whole;
    return parts.whole;
}

field_error entry_reader::about(std::string_view path)
{
    field_error entry;
    set_field(entry, path, memory_);
    return entry;
}

bool entry_reader::nest(ref const& nested, std::string_view path)
{
    if(++depth_ > deepest)
        return --depth_, false;
    bool const whole = nested.is_array()                                                  ? read_list(nested, path)
                       : is_error_object(nested) || is_key_of_field(nested.member("key")) ? read_item(nested, path)
                                                                                          : read_map(nested, path);
    --depth_;
    return whole;
}

bool entry_reader::read_messages(ref const& messages, field_error const& about, bool named_by_rule)
{
    bool whole = true;
    for(auto m = messages.child(); m; m = m.next())
    {
        auto const text = plain_value(m);
        if(!text.is_string())
        {
            whole = (m.is_container() ? nest(m, join(about.field, m.name())) : is_null(m)) && whole;
            continue;
        }
        field_error entry = about;
        if(wording_of(text) == wording::symbol && !named_by_rule)
        {
            entry.code = trimmed(text.text());
            entry.code_source = json_text(text, memory_);
            let_speak(text, entry);
        }
        else
            entry.detail = trimmed(text.text());
        if(named_by_rule)
        {
            entry.code = m.name();
            entry.code_source = quoted(m.name(), memory_);
        }
        add(entry);
    }
    return whole;
}

bool entry_reader::read_text(ref const& node, std::string_view path)
{
    auto const text = trimmed(node.text());
    auto entry = about(path);
    switch(wording_of(node))
    {
    case wording::blank:
    case wording::verdict:
        return text.empty();
    case wording::word:
        if(!path.empty() || text[0] < 'a' || text[0] > 'z')
        {
            entry.detail = text;
            break;
        }
        [[fallthrough]]; // the name of a rule: ["length"]
    case wording::symbol:
    case wording::number:
        if(!is_code(node, status_) || is_uuid(text))
            return false;
        if(auto const rule = path.empty() ? rule_behind_name(text) : std::string_view{}; !rule.empty())
        {
            set_field(entry, text.substr(0, text.size() - rule.size() - 1), memory_);
            entry.detail = entry.code = rule;
            entry.code_source = quoted(rule, memory_);
            break;
        }
        entry.code = text;
        entry.code_source = json_text(node, memory_);
        let_speak(node, entry);
        break;
    default:
        entry.detail = text;
    }
    if(!path.empty() || !add_complaints(entry.detail, entry))
        add(entry);
    return true;
}

void entry_reader::add(field_error const& entry)
{
    if((entry.detail.empty() && entry.code.empty() && entry.field.empty()) || out_.size() >= most_entries)
        return;
    // One of several that only repeats the status.
    if(entry.field.empty() && entry.detail.empty() && !out_.empty() && is_status_phrase(entry.code))
        return;
    // Told twice, as a list of sentences and with the codes: one entry with all that is known.
    for(auto& known : std::span{out_}.first(std::min(told_, out_.size())))
        if(!entry.field.empty() && known.field == entry.field && known.detail == entry.detail && known.in == entry.in &&
           (known.code.empty() || entry.code.empty()))
        {
            if(known.code.empty())
                known.code = entry.code, known.code_source = entry.code_source;
            return;
        }
    out_.push_back(entry);
}

std::string_view entry_reader::join(std::string_view path, std::string_view name)
{
    if(path.empty())
        return memory_.keep(name);
    if(name.empty())
        return path;
    bool const bare = name[0] == '[' || name[0] == '/';
    auto* const text = memory_.allocate(path.size() + name.size() + 1);
    auto* end = std::copy(path.begin(), path.end(), text);
    if(!bare || name[0] == '/')
        *end++ = '.';
    if(name[0] == '/')
        name.remove_prefix(1);
    end = std::copy(name.begin(), name.end(), end);
    return {text, static_cast<std::size_t>(end - text)};
}

std::string_view entry_reader::path_of(ref const& segments)
{
    std::string_view path;
    for(auto s = segments.child(); s; s = s.next())
        if(!s.is_container())
            path = join(path, s.text());
        else if(auto const name = name_of_field(s)) // a step with its position
        {
            path = join(path, name.text());
            if(auto const index = s.member("index"); index && !index.is_container())
                path = join(path, index.text());
        }
        else if(auto const key = s.member("key"); key && !key.is_container()) // valibot
            path = join(path, key.text());
    return path;
}

} // namespace errata
