#include "problem/field_sentence.hpp"

#include "problem/field.hpp"
#include "problem/text_reader.hpp"

#include <algorithm>
#include <initializer_list>

namespace errata
{

namespace
{

constexpr auto npos = std::string_view::npos;

bool is_low(char c)
{
    return c >= 'a' && c <= 'z';
}

bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool is_name_char(char c)
{
    return is_low(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view{"_.-[]/$"}.find(c) != npos;
}

bool is_name(std::string_view text)
{
    return !text.empty() && text.size() <= 64 && text[0] != '.' && std::all_of(text.begin(), text.end(), is_name_char);
}

bool starts_with_word(std::string_view text, std::string_view word)
{
    return iequals(text.substr(0, word.size()), word) && (text.size() == word.size() || text[word.size()] == ' ');
}

/// "email must be ...": behind a bare word only what is never said of a thing outside the request.
bool begins_with_demand(std::string_view text)
{
    for(std::string_view demand :
        {"must",           "should",           "cannot be",    "can't be",       "can not be", "may not be",
         "needs to",       "is required",      "are required", "is a required",  "is missing", "is invalid",
         "is not a",       "is not an",        "is not valid", "is not allowed", "is too",     "is not one of",
         "does not match", "has already been", "not allowed"})
        if(starts_with_word(text, demand) || (demand.starts_with("is not a") && text.starts_with(demand)))
            return true;
    return false;
}

/// Words that begin a sentence as a name would, and names of things that are no fields.
bool is_no_field(std::string_view word)
{
    for(std::string_view other :
        {"request", "body",  "payload", "input", "value", "values",  "data",    "json", "it",  "this",
         "that",    "there", "you",     "we",    "error", "warning", "message", "http", "xml", "yaml"})
        if(iequals(word, other))
            return true;
    return false;
}

struct lead_in
{
    std::string_view words;
    field_location in = field_location::content;
};

constexpr lead_in lead_ins[] = {{"each value in nested property "},
                                {"each value in "},
                                {"nested property "},
                                {"property "},
                                {"the field "},
                                {"field "},
                                {"query parameter ", field_location::query},
                                {"query param ", field_location::query},
                                {"path parameter ", field_location::path},
                                {"path param ", field_location::path},
                                {"header ", field_location::header},
                                {"cookie ", field_location::cookie},
                                {"form field "},
                                {"form param "},
                                {"parameter "},
                                {"param "},
                                {"attribute "},
                                {"column "},
                                {"the "}};

/// Takes a name off the front, in quotes or bare; true in `quoted` for the former, and in `colon` where one follows.
std::string_view take_name(std::string_view& rest, bool& quoted, bool& colon)
{
    quoted = !rest.empty() && std::string_view{"\"'`["}.find(rest[0]) != npos;
    auto const end = quoted ? rest.find(rest[0] == '[' ? ']' : rest[0], 1) : rest.find(' ');
    if(end == npos)
        return {};
    auto const name = rest.substr(quoted, end - quoted);
    rest = rest.substr(end + quoted);
    colon = quoted && rest.starts_with(':');
    rest.remove_prefix(colon);
    if(!is_name(name) || !rest.starts_with(' '))
        return {};
    rest.remove_prefix(1);
    return name;
}

void skip_noun(std::string_view& rest)
{
    for(std::string_view noun : {"field", "parameter", "param", "property", "attribute", "header"})
        if(starts_with_word(rest, noun) && rest.size() > noun.size())
            return rest.remove_prefix(noun.size() + 1);
}

/// "items[0].qty: must be positive": what stands before the colon is the name.
std::string_view name_before_colon(std::string_view text)
{
    // A bare word there may as well be a topic or the name of a program.
    auto const name = word_before_colon(text);
    bool const path = name.find_first_of("[.") != npos;
    return path || (!name.empty() && begins_with_predicate(text.substr(name.size() + 2))) ? name : std::string_view{};
}

/// order.items, line_items[0]: no word of a language.
bool is_path(std::string_view name)
{
    auto const sign = name.find_first_of("._[");
    return sign != npos && sign > 0 && sign + 1 < name.size() && is_low(name[0]);
}

std::string_view take_word(std::string_view& rest)
{
    auto const word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::ranges::any_of(words, [&](std::string_view w) { return iequals(w, word); });
}

/// "Missing required parameter 'limit'", "Invalid value for field order.items": the name follows what is wrong with
/// it, in quotes or behind the word for a part of a request.
std::string_view name_behind_fault(std::string_view rest)
{
    if(!is_one_of(take_word(rest), {"invalid", "missing", "unknown", "unexpected", "duplicate", "unsupported",
                                    "unrecognized", "illegal", "malformed", "required", "empty"}))
        return {};
    bool noun = false, value = false;
    for(int words = 0; words < 5 && !rest.empty(); ++words)
    {
        if(auto const quote = rest[0]; !value && (quote == '"' || quote == '\'' || quote == '`'))
        {
            auto const name = rest.substr(1, rest.find(quote, 1) - 1);
            return is_name(name) && name.size() + 1 < rest.size() ? name : std::string_view{};
        }
        auto const word = take_word(rest);
        if(noun)
        {
            auto const name = word.substr(0, word.find_last_not_of(":,;.") + 1);
            bool const ends = name.size() < word.size() || rest.empty();
            return is_name(name) && !is_no_field(name) && (ends || is_path(name)) ? name : std::string_view{};
        }
        noun = is_one_of(word, {"field", "parameter", "param", "property", "attribute", "argument"});
        value = is_one_of(word, {"value", "values"}); // in quotes behind it: what was sent
        if(!noun && !is_one_of(word, {"required", "mandatory", "value", "values", "type", "format", "for", "of", "in",
                                      "the", "query", "path", "body", "request", "or", "empty", "missing", "invalid"}))
            return {};
    }
    return {};
}

constexpr lead_in ajv_roots[] = {{"body"},
                                 {"querystring", field_location::query},
                                 {"query", field_location::query},
                                 {"params", field_location::path},
                                 {"headers", field_location::header},
                                 {"cookies", field_location::cookie}};

/// "body/items/0/qty must be >= 1", "request/body must have required property 'name'"
std::optional<field_sentence> ajv_complaint(std::string_view text)
{
    auto rest = text;
    if(rest.starts_with("request/"))
        rest.remove_prefix(8);
    for(auto const& root : ajv_roots)
    {
        if(!rest.starts_with(root.words))
            continue;
        auto path = rest.substr(root.words.size());
        path = path.substr(0, path.find(' '));
        auto const said = rest.substr(std::min(rest.size(), root.words.size() + path.size() + 1));
        // Zod's sentences behind Fastify's paths begin with a capital: "body/name Too small: expected ..."
        bool const says = starts_with_word(said, "must") || (path.size() > 1 && !said.empty() && is_capital(said[0]));
        if((!path.empty() && path[0] != '/') || !says)
            continue;
        constexpr std::string_view missing = "must have required property '";
        if(said.starts_with(missing) && path.empty())
            path = said.substr(missing.size(), said.find('\'', missing.size()) - missing.size());
        return field_sentence{path, said, {}, root.in};
    }
    return std::nullopt;
}

/// "2 validation errors detected: Value at 'name' failed to satisfy constraint: Member must not be null; Value ..."
std::optional<field_sentence> smithy_complaint(std::string_view& text)
{
    constexpr std::string_view detected = " detected", failed = "' failed to satisfy constraint: ", next = "; Value ";
    if(text.empty() || (text[0] != 'V' && !(text[0] >= '1' && text[0] <= '9')))
        return std::nullopt;
    auto rest = text;
    if(text[0] != 'V')
    {
        auto const lead = rest.find(detected);
        if(lead == npos || lead + detected.size() + 2 > rest.size())
            return std::nullopt;
        rest.remove_prefix(lead + detected.size() + 2); // a colon or a full stop
    }
    auto const at = rest.find(" at '"), end = rest.find(failed);
    if(!rest.starts_with("Value ") || at == npos || end == npos || end < at + 5)
        return std::nullopt;
    auto const stop = rest.find(next, end);
    field_sentence found{rest.substr(at + 5, end - at - 5), rest.substr(0, stop), {}, field_location::content};
    if(!std::all_of(found.field.begin(), found.field.end(), is_name_char))
        return std::nullopt;
    text = stop == npos ? std::string_view{} : rest.substr(stop + 2);
    return found;
}

/// "Key: 'User.Email' Error:Field validation for 'Email' failed on the 'required' tag"
std::optional<field_sentence> go_complaint(std::string_view text)
{
    constexpr std::string_view lead = "Key: '", middle = "' Error:", rule = " on the '";
    auto const at = text.find(middle);
    if(!text.starts_with(lead) || at == npos)
        return std::nullopt;
    field_sentence found;
    found.field = text.substr(lead.size(), at - lead.size());
    found.field.remove_prefix(found.field.find('.') + 1); // the type's name; npos + 1 leaves all
    if(!std::all_of(found.field.begin(), found.field.end(), is_name_char))
        return std::nullopt;
    found.detail = text.substr(at + middle.size());
    if(auto const begin = found.detail.find(rule); begin != npos)
    {
        auto const name = found.detail.substr(begin + rule.size());
        found.code = name.substr(0, name.find('\''));
    }
    return found;
}

} // namespace

bool begins_with_predicate(std::string_view text)
{
    auto const word = text.substr(0, text.find(' '));
    for(std::string_view p : {"is",  "are",     "must", "should", "can't",   "cannot", "can",      "has",     "have",
                              "may", "does",    "do",   "needs",  "was",     "not",    "required", "invalid", "missing",
                              "too", "already", "only", "isn't",  "doesn't", "need",   "expected"})
        if(word == p)
            return true;
    return false;
}

bool reads_as_complaint(std::string_view text)
{
    text = text.substr(0, 300);
    for(std::string_view word : {"must", "should", "required", "valid", "not ", "n't ", "cannot", "too ", "already",
                                 "missing", "Missing", "at least", "at most", "expected", "Expected"})
        if(text.find(word) != npos)
            return true;
    return false;
}

std::string_view word_before_colon(std::string_view text)
{
    auto const colon = text.find(": ");
    auto const name = text.substr(0, colon == npos ? 0 : colon);
    // ORA-00942 is a code, ValueError an exception.
    bool const low = std::any_of(name.begin(), name.end(), is_low);
    bool const thrown = name.ends_with("Error") || name.ends_with("Exception");
    return is_name(name) && !is_no_field(name) && low && !thrown ? name : std::string_view{};
}

field_sentence field_in(std::string_view complaint, bool labelled)
{
    auto const text = trimmed(complaint);
    if(auto const name = labelled ? word_before_colon(text) : name_before_colon(text); !name.empty())
        return {name, text.substr(name.size() + 2), {}, field_location::content};
    auto rest = text;
    lead_in lead;
    for(auto const& l : lead_ins)
        if(lead.words.empty() && iequals(rest.substr(0, l.words.size()), l.words))
            lead = l;
    rest.remove_prefix(lead.words.size());
    bool quoted = false, colon = false;
    auto const name = take_name(rest, quoted, colon);
    if(name.empty() || is_no_field(name))
        return {name_behind_fault(text), text, {}, field_location::content};
    auto const before_noun = rest.size();
    skip_noun(rest);
    bool const noun = rest.size() < before_noun;
    bool const marked =
        (quoted && (lead.words != "the " || noun)) || (!lead.words.empty() && lead.words != "the ") || is_path(name);
    bool const says = name.find('[') != npos ? reads_as_complaint(rest)
                      : marked               ? colon || begins_with_predicate(rest)
                                             : (is_low(name[0]) || name[0] == '_') && begins_with_demand(rest);
    return {says ? name : name_behind_fault(text), text, {}, says ? lead.in : field_location::content};
}

std::optional<field_sentence> next_validator_complaint(std::string_view& text)
{
    auto const end_of = [&](std::string_view separator, auto const& is_next)
    {
        auto end = text.find(separator);
        while(end != npos && !is_next(text.substr(end + separator.size())))
            end = text.find(separator, end + separator.size());
        return end;
    };
    if(auto found = go_complaint(text.substr(0, text.find('\n'))))
    {
        auto const end = text.find('\n');
        text = end == npos ? std::string_view{} : text.substr(end + 1);
        return found;
    }
    if(auto found = smithy_complaint(text))
        return found;
    if(!ajv_complaint(text)) // most texts are none, and this one is quickly asked
        return std::nullopt;
    auto const end = end_of(", ", [](std::string_view rest) { return ajv_complaint(rest).has_value(); });
    if(auto found = ajv_complaint(text.substr(0, end)))
    {
        text = end == npos ? std::string_view{} : text.substr(end + 2);
        return found;
    }
    return std::nullopt;
}

} // namespace errata
