#include "problem/field_errors.hpp"

#include "problem/json_text.hpp"
#include "problem/key_meaning.hpp"
#include "problem/wording.hpp"

#include <algorithm>

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

/// Keys under which forms and serializers put what is wrong with the whole.
bool names_the_whole(ref const& m)
{
    // {"fieldErrors": {...}, "formErrors": [...]} inside errors: a list or map again, no field.
    if(auto const key = meaning_of(m.name());
       m.is_container() && key.what == meaning::errors && key.exact && key.weight >= 85)
        return true;
    // {"message": [{...}]}: the name of a list of errors, not of a field.
    if(auto const key = meaning_of(m.name());
       m.is_array() && m.child().is_object() && (key.what == meaning::sentence || key.what == meaning::error))
        return true;
    auto const name = m.name();
    for(std::string_view whole :
        {"_errors", "_error", "non_field_errors", "nonFieldErrors", "__all__", "_schema", "*", "", "#text"})
        if(name == whole)
            return true;
    return false;
}

/// `{"content": {"_errors": [...]}}`: whatever such a name means elsewhere, here it is a field's.
bool names_fields(ref const& object)
{
    for(auto m = object.child(); m; m = m.next())
        if(m.is_object() && m.member("_errors"))
            return true;
    return false;
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

int as_sentence(ref const& node, int weight)
{
    if(!node.is_string())
        return 0;
    switch(wording_of(node.text()))
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

/// A candidate and what speaks for it.
struct pick
{
    ref node;
    int weight = 0;
    int offers = 0; ///< how many texts wanted the role: all but one are not represented
    void offer(ref const& other, int other_weight)
    {
        offers += other && other_weight > 0;
        if(other && other_weight > weight)
            node = other, weight = other_weight;
    }
};

/// What one error object says in its own members.
class item_parts
{
public:
    explicit item_parts(unsigned status) : status_(status) {}

    void read(ref const& object)
    {
        // GraphQL's path leads into the response, not into the request.
        in_response_ = object.member("locations") || object.member("extensions");
        for(auto m = object.child(); m; m = m.next())
            read_member(m);
        whole = whole && sentence.offers <= 1 && code.offers <= 1 && field.offers <= 1 && in.offers <= 1;
    }

    pick sentence, code, field, in;
    ref messages;    ///< a list of sentences about the same field
    ref constraints; ///< a map of violated rule to sentence (class-validator)
    ref fields;      ///< a list of the names of several fields
    ref nested;      ///< further errors below this one
    bool whole = true;

private:
    void read_member(ref const& m)
    {
        auto const key = meaning_of(m.name());
        if(auto const value = plain_value(m))
            read_value(m, value, key);
        else if(m.is_container() && m.size() > 0)
            read_container(m, key);
    }

    void read_value(ref const& m, ref const& value, key_sense const& key)
    {
        int const weight = key.weight;
        switch(key.what)
        {
        case meaning::sentence:
            if(value.is_string() &&
               (wording_of(value.text()) == wording::symbol ||
                (iequals(m.name(), "reason") && begins_low(value.text()) && is_worded_symbol(value.text()))))
                code.offer(value, weight - 20);
            else
                sentence.offer(value, as_sentence(value, weight));
            break;
        case meaning::error:
        case meaning::errors:
            if(!(wording_of(value.text()) == wording::word && begins_low(value.text())))
                sentence.offer(value, as_sentence(value, 75));
            if(is_code(value, status_))
                code.offer(value, 80);
            break;
        case meaning::entries:
            sentence.offer(value, as_sentence(value, 70));
            break;
        case meaning::title:
            sentence.offer(value, as_sentence(value, 30));
            if(iequals(m.name(), "name"))
                field.offer(value, weight);
            break;
        case meaning::code:
            if(is_code(value, status_) && !(iequals(m.name(), "key") && is_plain_name(value.text())) &&
               !(iequals(m.name(), "id") && !is_worded_symbol(value.text())))
                code.offer(value, weight);
            if(iequals(m.name(), "key") && is_plain_name(value.text()))
                field.offer(value, weight);
            break;
        case meaning::kind:
            if(is_code(value, status_) && value.is_string() && !is_vague_kind(value.text()) &&
               value.text().find('/') == value.text().npos && !value.text().starts_with("urn:"))
                code.offer(value, weight);
            break;
        case meaning::field:
            if(value.text().empty())
                break;
            // On other failures than of the content a path is the request's own.
            if(!(value.text().starts_with('/') && iequals(m.name(), "path") && !concerns_content()))
                field.offer(value, weight);
            break;
        case meaning::location:
        case meaning::source:
            in.offer(value, weight);
            if(!is_vague_kind(value.text()))
                field.offer(value, 10);
            break;
        case meaning::request_id:
            if(iequals(m.name(), "errorId") && value.is_number())
                code.offer(value, 80);
            else
                whole = false;
            break;
        case meaning::status:
        case meaning::flag:
            break;
        default:
            whole = false;
        }
    }

    void read_container(ref const& m, key_sense const& key)
    {
        switch(key.what)
        {
        case meaning::field:
            if(iequals(m.name(), "memberNames"))
                fields = m;
            else if(!in_response_)
                field.offer(m, key.weight);
            break;
        case meaning::location:
            field.offer(m, 20);
            break;
        case meaning::sentence:
            if(m.is_array() || is_field_map(m))
                messages = m;
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
            if(is_error_list(m) || is_field_map(m))
                nested = m;
            else if(m.is_array() && m.child().is_string() && key.weight == 60)
                fields = m; // "fields": ["Name"]
            else
                read_context(m);
            break;
        case meaning::envelope:
            for(auto e = m.child(); e; e = e.next())
                if(auto const inner = meaning_of(e.name()); inner.what == meaning::code && is_code(e, status_))
                    code.offer(e, inner.weight - 5);
            whole = false;
            break;
        default:
            if(iequals(m.name(), "children") && is_repeated_list(m))
                nested = m;
            else
                read_context(m);
        }
    }

    /// Joi's context, ajv's params: the field may be named in there.
    void read_context(ref const& m)
    {
        whole = false;
        for(auto e = m.child(); e; e = e.next())
            if(auto const key = meaning_of(e.name()); key.what == meaning::field && key.weight >= 80 && e.is_string())
                field.offer(e, key.weight - 40);
    }

    static bool is_repeated_list(ref const& m) { return m.is_array() && m.child().is_object(); }

    [[nodiscard]] bool concerns_content() const
    {
        return status_ < 400 || status_ == 400 || status_ == 409 || status_ == 422;
    }

    void read_source(ref const& source)
    {
        for(auto m = source.child(); m; m = m.next())
            if(auto const key = meaning_of(m.name()); !m.is_container() && !is_null(m) && !m.text().empty())
            {
                field.offer(m, key.what == meaning::field ? 94 : 50);
                in.offer(m, 50);
            }
    }

    unsigned status_;
    bool in_response_ = false;
};

/// Predicates with which a complaint about a field goes on after its name ("name: is required").
bool begins_with_predicate(std::string_view text)
{
    auto const word = text.substr(0, text.find(' '));
    for(std::string_view p : {"is",      "are",     "must", "should",  "can't", "cannot", "can",     "has",
                              "have",    "may",     "does", "do",      "needs", "was",    "not",     "required",
                              "invalid", "missing", "too",  "already", "only",  "isn't",  "doesn't", "need"})
        if(word == p)
            return true;
    return false;
}

/// `{"source": "payload", "keys": ["name"], "message": ...}` of hapi and celebrate: one complaint about several fields.
bool lists_keys(ref const& object)
{
    auto const keys = object.member("keys");
    return keys.is_array() && keys.child().is_string() && object.member("source").is_string();
}

bool is_field_name(std::string_view text)
{
    return !text.empty() && text.size() <= 64 && text[0] != '.' &&
           std::all_of(text.begin(), text.end(),
                       [](char c)
                       {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                  std::string_view{"_.-[]/$"}.find(c) != std::string_view::npos;
                       });
}

} // namespace

bool entry_reader::read(ref const& container)
{
    if(container.is_array())
        return read_list(container, {});
    if(is_repeated_element(container))
        return read_map(container, {});
    return is_error_object(container) || lists_keys(container) ? read_item(container, {}) : read_map(container, {});
}

bool entry_reader::read_list(ref const& list, std::string_view path)
{
    if(++depth_ > deepest)
        return --depth_, false;
    bool whole = true;
    std::size_t position = 0;
    for(auto e = list.child(); e; e = e.next(), ++position)
    {
        if(e.is_object() && !path.empty() && !is_error_object(e))
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
    bool const list = is_repeated_element(map);
    for(auto m = map.child(); m; m = m.next())
    {
        if(m.name().starts_with('@'))
            continue;
        if(list)
            whole = read_item(m, path) && whole;
        else
            whole = read_named(m, names_the_whole(m) ? path : join(path, m.name())) && whole;
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
        return lists_keys(value)        ? read_item(value, {})
               : is_error_object(value) ? read_item(value, path)
                                        : read_map(value, path);
    return is_null(value);
}

bool entry_reader::read_item(ref const& item, std::string_view path)
{
    if(!item.is_object())
        return read_named(item, path);
    if(names_fields(item))
        return read_map(item, path);
    item_parts parts{status_};
    parts.read(item);
    bool const says = parts.sentence.node || parts.code.node || parts.messages || parts.constraints || parts.nested ||
                      parts.fields || parts.field.weight >= 85;
    if(!says)
        return read_map(item, path);

    field_error entry;
    auto own = parts.field.node.is_array() ? join_all(parts.field.node)
               : parts.field.node          ? parts.field.node.text()
                                           : std::string_view{};
    // The member's name as a field's name is a guess that a sentence alone does not confirm when it says so itself.
    bool const repeated = !own.empty() && (path == own || path.ends_with(own));
    set_field(entry, repeated || own.empty() ? path : join(path, own), memory_);
    if(parts.in.node)
        set_location(entry, parts.in.weight == 50 ? parts.in.node.name() : parts.in.node.text());
    if(parts.code.node)
    {
        entry.code = trimmed(parts.code.node.text());
        entry.code_source = json_text(parts.code.node, memory_);
    }
    if(parts.sentence.node)
        entry.detail = trimmed(parts.sentence.node.text());

    if(parts.messages || parts.constraints)
        return read_messages(parts.messages ? parts.messages : parts.constraints, entry, bool{parts.constraints}) &&
               parts.whole;
    bool const carries_only = parts.nested && entry.detail.empty() && entry.code.empty();
    if(parts.fields)
        for(auto f = parts.fields.child(); f; f = f.next())
        {
            set_field(entry, f.is_string() ? join(path, f.text()) : path, memory_);
            add(entry);
        }
    else if(!carries_only)
        add(entry);
    if(parts.nested)
        return nest(parts.nested, entry.field) && parts.whole;
    return parts.whole;
}

bool entry_reader::nest(ref const& nested, std::string_view path)
{
    if(++depth_ > deepest)
        return --depth_, false;
    bool const whole = nested.is_array()         ? read_list(nested, path)
                       : is_error_object(nested) ? read_item(nested, path)
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
        if(wording_of(text.text()) == wording::symbol && !named_by_rule)
        {
            entry.code = trimmed(text.text());
            entry.code_source = json_text(text, memory_);
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
    field_error entry;
    set_field(entry, path, memory_);
    switch(wording_of(text))
    {
    case wording::blank:
    case wording::verdict:
        return text.empty();
    case wording::symbol:
    case wording::number:
        if(!is_code(node, status_))
            return false;
        entry.code = text;
        entry.code_source = json_text(node, memory_);
        break;
    default:
        entry.detail = text;
    }
    if(auto const colon = text.find(": "); path.empty() && colon != text.npos && is_field_name(text.substr(0, colon)) &&
                                           begins_with_predicate(text.substr(colon + 2)))
    {
        set_field(entry, text.substr(0, colon), memory_);
        entry.detail = text.substr(colon + 2);
    }
    add(entry);
    return true;
}

void entry_reader::add(field_error const& entry)
{
    bool const empty = entry.detail.empty() && entry.code.empty() && entry.field.empty();
    if(!empty && out_.size() < most_entries)
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

std::string_view entry_reader::join_all(ref const& segments)
{
    std::string_view path;
    for(auto s = segments.child(); s; s = s.next())
        if(!s.is_container())
            path = join(path, s.text());
        else if(auto const key = s.member("key"); key && !key.is_container()) // valibot
            path = join(path, key.text());
    return path;
}

} // namespace errata
