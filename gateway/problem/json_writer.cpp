#include "problem/json_writer.hpp"

#include "problem/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace errata
{
namespace
{
constexpr bool plain(unsigned char c) noexcept
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

constexpr std::uint64_t every(unsigned char c) noexcept
{
    return 0x0101010101010101u * c;
}

/// True when none of eight bytes is a control character, a quote, a backslash or beyond ASCII: one test instead of
/// eight.
bool eight_plain(char const* p) noexcept
{
    std::uint64_t w;
    std::memcpy(&w, p, sizeof w);
    auto const zero_in = [](std::uint64_t v) { return (v - every(1)) & ~v & every(0x80); };
    auto const below_space = (w - every(0x20)) & ~w & every(0x80);
    return ((w & every(0x80)) | below_space | zero_in(w ^ every('"')) | zero_in(w ^ every('\\'))) == 0;
}

std::size_t plain_run(std::string_view text) noexcept
{
    std::size_t n = 0;
    while(n + 8 <= text.size() && eight_plain(text.data() + n))
        n += 8;
    while(n < text.size() && plain(static_cast<unsigned char>(text[n])))
        ++n;
    return n;
}

void append_escaped(std::string& out, char c)
{
    switch(c)
    {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\b':
        out += "\\b";
        return;
    case '\f':
        out += "\\f";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    constexpr char hex[] = "0123456789abcdef";
    out += "\\u00";
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[static_cast<unsigned char>(c) & 15];
}
} // namespace

void json_writer::long_key(std::string_view name, bool comma)
{
    out_.append(comma ? ",\"" : "\"").append(name).append("\":");
}

void json_writer::number(std::string_view name, long long value)
{
    key(name);
    std::array<char, 24> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out_.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void json_writer::quote(std::string_view text)
{
    auto n = plain_run(text);
    std::array<char, 64> quoted;
    if(n == text.size() && n + 2 <= quoted.size())
    {
        quoted[0] = '"';
        text.copy(quoted.data() + 1, n); // of nothing, too, which memcpy may not be asked for
        quoted[n + 1] = '"';
        out_.append(quoted.data(), n + 2);
        return;
    }
    out_ += '"';
    for(; !text.empty(); n = plain_run(text))
    {
        out_.append(text.data(), n);
        text.remove_prefix(n);
        if(text.empty())
            break;
        if(static_cast<unsigned char>(text[0]) < 0x80)
        {
            append_escaped(out_, text[0]);
            text.remove_prefix(1);
        }
        else if(auto const length = utf8_sequence(text))
        {
            out_.append(text.data(), length);
            text.remove_prefix(length);
        }
        else
        {
            out_ += "\xef\xbf\xbd";
            text.remove_prefix(1);
        }
    }
    out_ += '"';
}

} // namespace errata
