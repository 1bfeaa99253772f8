#include "problem/json_writer.hpp"

#include "problem/octets.hpp"
#include "problem/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace errata
{
namespace
{
/// What a string may not hold as it is, or not without a look: control characters, quotes, backslashes, and all beyond
/// ASCII.
struct special
{
    static bool is(char c) noexcept { return static_cast<signed char>(c) < 0x20 || c == '"' || c == '\\'; }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept // octets beyond ASCII are negative
    {
        auto const signs =
            _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
        return _mm_or_si128(_mm_cmplt_epi8(block, _mm_set1_epi8(0x20)), signs);
    }
#endif
};

/// `unicode` holds what is returned, if it is no short one.
std::string_view escaped(char c, std::array<char, 6>& unicode) noexcept
{
    switch(c)
    {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        break;
    }
    constexpr char hex[] = "0123456789abcdef";
    unicode = {'\\', 'u', '0', '0', hex[static_cast<unsigned char>(c) >> 4], hex[static_cast<unsigned char>(c) & 15]};
    return {unicode.data(), unicode.size()};
}
} // namespace

void json_writer::flush()
{
    out_.append(block_.data(), written());
    end_ = block_.data();
}

void json_writer::long_key(std::string_view name, bool comma)
{
    raw(comma ? ",\"" : "\"");
    raw(name);
    raw("\":");
}

void json_writer::long_raw(std::string_view text)
{
    flush();
    out_.append(text);
}

void json_writer::digits(long long value)
{
    constexpr std::size_t most_digits = 24;
    auto* const at = room(most_digits);
    end_ = std::to_chars(at, at + most_digits, value).ptr;
}

void json_writer::quote(std::string_view text)
{
    if(text.size() + 2 > left()) [[unlikely]]
        flush();
    *end_++ = '"';
    if(text.size() < left()) [[likely]]
    {
        auto const* const end = text.data() + text.size();
        auto const* const stop = copy_until<special>(text.data(), end, end_);
        if(stop == end)
            return put('"');
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    }
    quote_rest(text);
}

void json_writer::quote_rest(std::string_view text)
{
    while(!text.empty())
    {
        auto* to = room(std::min(text.size(), longest_piece));
        auto const piece = text.substr(0, left());
        auto const* const end = piece.data() + piece.size();
        auto const* const stop = copy_until<special>(piece.data(), end, to);
        wrote(to);
        text.remove_prefix(static_cast<std::size_t>(stop - piece.data()));
        if(stop == end)
            continue;
        std::size_t length = 1;
        if(static_cast<unsigned char>(text[0]) < 0x80)
        {
            std::array<char, 6> unicode;
            raw(escaped(text[0], unicode));
        }
        else if(length = utf8_sequence(text); length != 0)
            raw(text.substr(0, length));
        else
        {
            raw("\xef\xbf\xbd");
            length = 1;
        }
        text.remove_prefix(length);
    }
    put('"');
}

} // namespace errata
