#include "problem/text_reader.hpp"

#include "problem/percent.hpp"
#include "problem/utf8.hpp"

#include <algorithm>
#include <optional>

namespace errata
{
namespace
{
constexpr auto npos = std::string_view::npos;
using index = document::index;
using kind = document::kind;

bool is_space(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_alnum(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Cuts the next part off `rest`.
std::string_view next_part(std::string_view& rest, char delimiter) noexcept
{
    auto const part = rest.substr(0, rest.find(delimiter));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
}

bool is_form_name(std::string_view s) noexcept
{
    return !s.empty() &&
           std::all_of(s.begin(), s.end(),
                       [](char c) { return is_alnum(c) || std::string_view{"_.-[]%+~$@"}.find(c) != npos; });
}

/// Unlabelled: every part `name=` or `name=value`, two of them, nothing that should have been escaped.
bool looks_like_form(std::string_view text) noexcept
{
    if(text.find_first_of(" \t\r\n<>\"{}") != npos)
        return false;
    std::size_t pairs = 0;
    while(!text.empty())
    {
        auto const part = next_part(text, '&');
        auto const equals = part.find('=');
        if(equals == npos || !is_form_name(part.substr(0, equals)))
            return false;
        ++pairs;
    }
    return pairs >= 2;
}

struct pair
{
    std::string_view name, value;
};

std::string_view unquoted(std::string_view s) noexcept
{
    if(s.size() >= 2 && (s.front() == '"' || s.front() == '\'') && s.back() == s.front())
        return s.substr(1, s.size() - 2);
    return s;
}

std::optional<pair> as_pair(std::string_view part, char separator) noexcept
{
    constexpr std::size_t longest_name = 64;
    auto const at = part.substr(0, longest_name + 1).find(separator);
    if(at == npos)
        return std::nullopt;
    auto const name = trimmed(part.substr(0, at));
    bool const word =
        !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
        std::all_of(name.begin(), name.end(), [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
    // `http://...` and `C:\...` are no pairs.
    if(!word || (separator == ':' && at + 1 < part.size() && !is_space(part[at + 1])))
        return std::nullopt;
    return pair{name, unquoted(trimmed(part.substr(at + 1)))};
}

struct pair_form
{
    char delimiter, separator;
    bool strict; ///< every part must be a pair
};
constexpr pair_form pair_forms[]{
    {'\n', '=', false}, {'\n', ':', true}, {';', '=', true}, {'|', '=', true}, {'\t', '=', true}, {',', '=', true},
};

bool has_pairs(std::string_view text, pair_form const& f) noexcept
{
    std::size_t pairs = 0, others = 0;
    while(!text.empty())
    {
        auto const part = trimmed(next_part(text, f.delimiter));
        if(part.empty())
            continue;
        if(as_pair(part, f.separator))
            ++pairs;
        else if(f.strict)
            return false;
        else
            ++others;
    }
    return pairs >= 2 && others * 4 <= pairs;
}

struct record_form
{
    char delimiter, quote; ///< quote 0: none
};
constexpr record_form record_forms[]{{',', '"'}, {',', '$'}, {',', '\''}, {'|', '"'},
                                     {'|', 0},   {'\t', 0},  {';', 0},    {',', 0}};

/// Cuts the next field off `rest`, without its quotes; nothing when it is not quoted as the form wants it.
std::optional<std::string_view> next_field(std::string_view& rest, record_form const& f) noexcept
{
    if(!f.quote)
        return next_part(rest, f.delimiter);
    if(!rest.starts_with(f.quote))
        return std::nullopt;
    char const border[]{f.quote, f.delimiter};
    auto const end = rest.find({border, 2}, 1);
    auto const field = rest.substr(0, end == npos ? npos : end + 1);
    if(field.size() < 2 || !field.ends_with(f.quote))
        return std::nullopt;
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    return field.substr(1, field.size() - 2);
}

bool is_record(std::string_view text, record_form const& f) noexcept
{
    std::size_t fields = 0, spaced = 0;
    while(!text.empty())
    {
        auto const field = next_field(text, f);
        // `first, second and third` is a sentence.
        if(!field || (!f.quote && f.delimiter != '|' && !field->empty() && is_space(field->front())))
            return false;
        spaced += trimmed(*field).find(' ') != npos;
        ++fields;
    }
    return fields >= 3 && (f.quote || spaced * 2 <= fields);
}

/// The names of the columns: words, as many as the line below has fields.
bool is_header(std::string_view names, std::string_view line, record_form const& f) noexcept
{
    if(!is_record(names, f))
        return false;
    while(!names.empty() && !line.empty())
        if(auto const name = trimmed(next_field(names, f).value_or(std::string_view{}));
           name.empty() || name.find(' ') != npos || !next_field(line, f))
            return false;
    return names.empty() && line.empty();
}
} // namespace

std::string_view without_blanks(std::string_view s) noexcept
{
    auto const blank = [](char c)
    {
        return static_cast<unsigned char>(c) <= ' ' && (is_space(c) || c == '\0');
    }; // some programs send the end of their strings, too
    while(!s.empty() && blank(s.front()))
        s.remove_prefix(1);
    while(!s.empty() && blank(s.back()))
        s.remove_suffix(1);
    return s;
}

bool read_form(std::string_view text, bool labelled, document_builder& out, arena& memory)
{
    auto rest = trimmed(text);
    if(rest.starts_with('?') || rest.starts_with('#'))
        rest.remove_prefix(1);
    if(labelled ? rest.find('=') == npos : !looks_like_form(rest))
        return false;
    auto const root = out.add(document::none, kind::object, {}, {});
    while(!rest.empty())
    {
        auto const part = next_part(rest, '&');
        if(part.empty())
            continue;
        auto const equals = part.find('=');
        auto const value = equals == npos ? std::string_view{} : part.substr(equals + 1);
        out.add_string(root, percent_decoded(part.substr(0, equals), memory, ' '), percent_decoded(value, memory, ' '));
    }
    out.is(document::form::form_encoded, text);
    return true;
}

bool read_pairs(std::string_view text, document_builder& out)
{
    auto const* const form =
        std::find_if(std::begin(pair_forms), std::end(pair_forms), [&](auto const& f) { return has_pairs(text, f); });
    if(form == std::end(pair_forms))
        return false;
    auto const root = out.add(document::none, kind::object, {}, {});
    for(auto rest = text; !rest.empty();)
    {
        auto const part = trimmed(next_part(rest, form->delimiter));
        if(auto const p = as_pair(part, form->separator))
            out.add_string(root, p->name, p->value);
        else if(!part.empty())
            out.add_string(root, part, {});
    }
    out.is(document::form::text, text);
    return true;
}

bool read_record(std::string_view text, document_builder& out)
{
    auto line = trimmed(text);
    std::string_view names;
    if(auto const end = line.find('\n'); end != npos)
    {
        names = trimmed(line.substr(0, end));
        line = trimmed(line.substr(end));
    }
    if(line.find('\n') != npos)
        return false;
    auto const* const form =
        std::find_if(std::begin(record_forms), std::end(record_forms),
                     [&](auto const& f) { return is_record(line, f) && (names.empty() || is_header(names, line, f)); });
    if(form == std::end(record_forms))
        return false;
    auto const root = out.add(document::none, names.empty() ? kind::array : kind::object, {}, {});
    for(auto rest = line; !rest.empty();)
    {
        auto const name = names.empty() ? std::string_view{} : next_field(names, *form).value_or(std::string_view{});
        out.add_string(root, trimmed(name), unquoted(trimmed(next_field(rest, *form).value_or(std::string_view{}))));
    }
    out.is(document::form::text, text);
    return true;
}

bool is_binary(std::string_view text) noexcept
{
    auto const sample = text.substr(0, 1024);
    std::size_t odd = 0;
    for(std::size_t i = 0; i < sample.size(); ++i)
    {
        auto const c = static_cast<unsigned char>(sample[i]);
        odd += (c < 0x20 && !is_space(sample[i]) && c != 0x1B) || c == 0x7F;
        if(c == 0xEF && sample.substr(i).starts_with("\xEF\xBF\xBD"))
            ++odd, i += 2;
    }
    return odd * 10 > sample.size();
}

} // namespace errata
