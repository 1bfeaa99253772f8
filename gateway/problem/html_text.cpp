#include "problem/html_text.hpp"

#include "problem/text_reader.hpp"
#include "problem/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace errata
{
namespace
{
struct entity
{
    std::string_view name;
    char32_t code;
};

// What error pages use: HTML 4's Latin-1 letters and the common punctuation. Sorted by name.
// clang-format off
constexpr std::array entities{
    entity{"AElig", 0xC6}, entity{"Aacute", 0xC1}, entity{"Acirc", 0xC2}, entity{"Agrave", 0xC0}, entity{"Aring", 0xC5},
    entity{"Atilde", 0xC3}, entity{"Auml", 0xC4}, entity{"Ccedil", 0xC7}, entity{"Eacute", 0xC9}, entity{"Ecirc", 0xCA},
    entity{"Egrave", 0xC8}, entity{"Euml", 0xCB}, entity{"Iacute", 0xCD}, entity{"Icirc", 0xCE}, entity{"Igrave", 0xCC},
    entity{"Iuml", 0xCF}, entity{"Ntilde", 0xD1}, entity{"Oacute", 0xD3}, entity{"Ocirc", 0xD4}, entity{"Ograve", 0xD2},
    entity{"Oslash", 0xD8}, entity{"Otilde", 0xD5}, entity{"Ouml", 0xD6}, entity{"Uacute", 0xDA}, entity{"Ucirc", 0xDB},
    entity{"Ugrave", 0xD9}, entity{"Uuml", 0xDC}, entity{"Yacute", 0xDD}, entity{"aacute", 0xE1}, entity{"acirc", 0xE2},
    entity{"aelig", 0xE6}, entity{"agrave", 0xE0}, entity{"amp", '&'}, entity{"apos", '\''}, entity{"aring", 0xE5},
    entity{"atilde", 0xE3}, entity{"auml", 0xE4}, entity{"bdquo", 0x201E}, entity{"bull", 0x2022}, entity{"ccedil", 0xE7},
    entity{"cent", 0xA2}, entity{"copy", 0xA9}, entity{"darr", 0x2193}, entity{"deg", 0xB0}, entity{"eacute", 0xE9},
    entity{"ecirc", 0xEA}, entity{"egrave", 0xE8}, entity{"emsp", ' '}, entity{"ensp", ' '}, entity{"euml", 0xEB},
    entity{"euro", 0x20AC}, entity{"frac12", 0xBD}, entity{"ge", 0x2265}, entity{"gt", '>'}, entity{"hellip", 0x2026},
    entity{"iacute", 0xED}, entity{"icirc", 0xEE}, entity{"iexcl", 0xA1}, entity{"igrave", 0xEC}, entity{"infin", 0x221E},
    entity{"iquest", 0xBF}, entity{"iuml", 0xEF}, entity{"laquo", 0xAB}, entity{"larr", 0x2190}, entity{"ldquo", 0x201C},
    entity{"le", 0x2264}, entity{"lsaquo", 0x2039}, entity{"lsquo", 0x2018}, entity{"lt", '<'}, entity{"mdash", 0x2014},
    entity{"middot", 0xB7}, entity{"minus", 0x2212}, entity{"nbsp", ' '}, entity{"ndash", 0x2013}, entity{"ne", 0x2260},
    entity{"ntilde", 0xF1}, entity{"oacute", 0xF3}, entity{"ocirc", 0xF4}, entity{"ograve", 0xF2}, entity{"ordf", 0xAA},
    entity{"ordm", 0xBA}, entity{"oslash", 0xF8}, entity{"otilde", 0xF5}, entity{"ouml", 0xF6}, entity{"para", 0xB6},
    entity{"plusmn", 0xB1}, entity{"pound", 0xA3}, entity{"quot", '"'}, entity{"raquo", 0xBB}, entity{"rarr", 0x2192},
    entity{"rdquo", 0x201D}, entity{"reg", 0xAE}, entity{"rsaquo", 0x203A}, entity{"rsquo", 0x2019}, entity{"sbquo", 0x201A},
    entity{"sect", 0xA7}, entity{"shy", 0xAD}, entity{"szlig", 0xDF}, entity{"thinsp", ' '}, entity{"times", 0xD7},
    entity{"trade", 0x2122}, entity{"uacute", 0xFA}, entity{"uarr", 0x2191}, entity{"ucirc", 0xFB}, entity{"ugrave", 0xF9},
    entity{"uuml", 0xFC}, entity{"yacute", 0xFD}, entity{"yen", 0xA5},
};
// clang-format on
static_assert(std::is_sorted(entities.begin(), entities.end(),
                             [](auto const& a, auto const& b) { return a.name < b.name; }));

struct decoded_entity
{
    char32_t code = 0;
    std::size_t length = 0; ///< of the markup; 0 when this is no entity
};

decoded_entity numeric_entity(std::string_view s) noexcept
{
    bool const hexadecimal = s.size() > 2 && (s[2] == 'x' || s[2] == 'X');
    auto const* const first = s.data() + (hexadecimal ? 3 : 2);
    std::uint32_t code = 0;
    auto const [last, error] = std::from_chars(first, s.data() + s.size(), code, hexadecimal ? 16 : 10);
    if(last == first)
        return {};
    auto length = static_cast<std::size_t>(last - s.data());
    length += length < s.size() && s[length] == ';';
    auto const c = error != std::errc{} || code == 0 ? 0xFFFD : static_cast<char32_t>(code);
    return {c == 0xA0 ? U' ' : c, length};
}

/// What stands at the start of `s`, which begins with `&`.
decoded_entity entity_at(std::string_view s) noexcept
{
    constexpr std::size_t longest = 12;
    s = s.substr(0, longest);
    if(s.size() > 2 && s[1] == '#')
        return numeric_entity(s);
    auto const semicolon = s.find(';');
    if(semicolon == std::string_view::npos)
        return {};
    auto const name = s.substr(1, semicolon - 1);
    auto const* const found = std::lower_bound(entities.begin(), entities.end(), name,
                                               [](auto const& e, std::string_view n) { return e.name < n; });
    if(found == entities.end() || found->name != name)
        return {};
    return {found->code, semicolon + 1};
}

bool is_space(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
} // namespace

void html_text::put(char c) noexcept
{
    *end_++ = c;
}

void html_text::put_folded(char c) noexcept
{
    if(is_space(c))
    {
        space_ = true;
        return;
    }
    flush_space();
    put(c);
}

void html_text::flush_space() noexcept
{
    if(space_ && end_ != block_ && end_[-1] != '\n')
        put(' ');
    space_ = false;
}

void html_text::add(std::string_view s, bool keep_space)
{
    for(std::size_t i = 0; i < s.size();)
    {
        auto const e = s[i] == '&' ? entity_at(s.substr(i)) : decoded_entity{};
        if(e.length == 0)
        {
            keep_space ? put(s[i]) : put_folded(s[i]);
            ++i;
            continue;
        }
        i += e.length;
        if(e.code < 0x80)
        {
            keep_space ? put(static_cast<char>(e.code)) : put_folded(static_cast<char>(e.code));
            continue;
        }
        // The shortest reference to a character of n bytes is longer than n, so that the room suffices.
        flush_space();
        end_ += put_utf8(e.code, end_);
    }
}

void html_text::add_line_break()
{
    space_ = false;
    if(end_ != block_)
        put('\n');
}

std::string_view html_text::finish() noexcept
{
    auto const text = trimmed(block());
    block_ = end_;
    space_ = false;
    return text;
}

} // namespace errata
