#include "proxy/json_line.hpp"

#include "proxy/log_columns.hpp"
#include "proxy/log_line.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace errata
{
namespace
{
using kind = column::kind;
constexpr std::size_t longest_number = 24, longest_escape = 6; // \u0000

template <class Word>
Word load(char const* from) noexcept
{
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

template <class Word>
void store(char* to, Word word) noexcept
{
    std::memcpy(to, &word, sizeof word);
}

/// Sixteen bytes, and the same as two words. Signed: what lies beyond ASCII is below zero.
using octets = signed char __attribute__((vector_size(16)));
using words = std::uint64_t __attribute__((vector_size(16)));

/// Not zero where a byte is a control, a quote, a backslash, DEL or beyond ASCII.
words unclean(words w) noexcept
{
    auto const c = reinterpret_cast<octets>(w);
    return reinterpret_cast<words>((c < 0x20) | (c == '"') | (c == '\\') | (c == 0x7f));
}

[[gnu::noinline]] char* put_escaped(std::string_view text, char* to) noexcept
{
    line_sink out{{to, text.size() * longest_escape}};
    put_json_text(out, text);
    return to + out.size();
}

/// Copies pieces that overlap where the text's length asks for it, looks at all of them together, and writes anew what
/// nearly never is there.
[[gnu::noinline]] char* put_text(std::string_view text, char* const to) noexcept
{
    auto const n = text.size();
    auto const copy = [from = text.data(), to]<class Piece>(std::size_t at, Piece)
    {
        auto const piece = load<Piece>(from + at);
        store(to + at, piece);
        return piece;
    };
    words bad{};
    if(n >= sizeof(words))
    {
        for(std::size_t i = 0; i + sizeof(words) < n; i += sizeof(words))
            bad |= unclean(copy(i, words{}));
        bad |= unclean(copy(n - sizeof(words), words{}));
    }
    else if(n >= 8)
        bad = unclean(words{copy(0, std::uint64_t{}), copy(n - 8, std::uint64_t{})});
    else if(n >= 4)
        bad = unclean(words{} + (copy(0, std::uint32_t{}) | std::uint64_t{copy(n - 4, std::uint32_t{})} << 32));
    else if(n)
    {
        using byte = unsigned char;
        auto const all = copy(0, byte{}) | copy(n / 2, byte{}) << 8 | copy(n - 1, byte{}) << 16;
        bad = unclean(words{} + (0x2020202020000000 | static_cast<unsigned>(all)));
    }
    return bad[0] | bad[1] ? put_escaped(text, to) : to + n;
}

constexpr auto two_digits = []
{
    std::array<std::array<char, 2>, 100> table{};
    for(std::size_t i = 0; i < table.size(); ++i)
        table[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
    return table;
}();

/// All three digits of a number below 1000.
char* put_three_digits(unsigned n, char* to) noexcept
{
    *to = static_cast<char>('0' + n / 100);
    store(to + 1, two_digits[n % 100]);
    return to + 3;
}

char* put_number(std::uint64_t n, char* to) noexcept
{
    if(n >= 1000)
        return std::to_chars(to, to + longest_number, n).ptr;
    if(n >= 100)
        return put_three_digits(static_cast<unsigned>(n), to);
    if(n >= 10)
    {
        store(to, two_digits[n]);
        return to + 2;
    }
    *to = static_cast<char>('0' + n);
    return to + 1;
}

/// Milliseconds with three decimals.
char* put_duration(std::chrono::microseconds time, char* to) noexcept
{
    auto const us = static_cast<std::uint64_t>(time.count() > 0 ? time.count() : 0);
    to = put_number(us / 1000, to);
    *to = '.';
    return put_three_digits(static_cast<unsigned>(us % 1000), to + 1);
}

/// `,"name":`, and the quote of a text. Stored in whole blocks: what comes next is written over the rest.
template <std::size_t I>
char* put_key(char* to) noexcept
{
    constexpr auto size = columns[I].name.size() + 4 + columns[I].quoted();
    static constexpr auto key = []
    {
        constexpr auto name = columns[I].name;
        std::array<char, (size + sizeof(words) - 1) / sizeof(words) * sizeof(words)> text{I ? ',' : '{', '"'};
        std::copy(name.begin(), name.end(), text.begin() + 2);
        text[name.size() + 2] = '"';
        text[name.size() + 3] = ':';
        if(columns[I].quoted())
            text[name.size() + 4] = '"';
        return text;
    }();
    store(to, key);
    return to + size;
}

/// What is absent is left out.
template <std::size_t I>
[[gnu::always_inline]] inline char* put_member(access_record const& r, time_stamp const& time, char* to) noexcept
{
    constexpr auto c = columns[I];
    if constexpr(c.what == kind::time)
    {
        to = put_key<I>(to);
        store(to, time);
        to += time.size() - 1;
        *to++ = '"';
    }
    else if constexpr(c.what == kind::text)
    {
        auto const text = r.*c.text;
        if(text.empty())
            return to;
        to = put_text(text, put_key<I>(to));
        *to++ = '"';
    }
    else if constexpr(c.what == kind::number || c.what == kind::status)
    {
        if(c.what == kind::status || r.*c.number)
            to = put_number(r.*c.number, put_key<I>(to));
    }
    else if constexpr(c.what == kind::size)
        to = put_number(r.*c.size, put_key<I>(to));
    else if constexpr(c.what == kind::optional_size)
    {
        if(r.*c.optional_size)
            to = put_number(*(r.*c.optional_size), put_key<I>(to));
    }
    else if(r.*c.duration)
        to = put_duration(*(r.*c.duration), put_key<I>(to));
    return to;
}

template <std::size_t... I>
char* put_members(access_record const& r, time_stamp const& time, char* to, std::index_sequence<I...>) noexcept
{
    ((to = put_member<I>(r, time, to)), ...);
    return to;
}

template <std::size_t I>
constexpr std::size_t text_size(access_record const& r) noexcept
{
    if constexpr(columns[I].what == kind::text)
        return (r.*columns[I].text).size();
    else
        return 0;
}

constexpr std::size_t fixed_size = []
{
    std::size_t size = 4 + sizeof(words); // braces, newline, what the last key's block writes beyond it
    for(auto const& c : columns)
        size += c.name.size() + 6 + (c.what == kind::text ? 0 : longest_number);
    return size;
}();

constexpr std::make_index_sequence<columns.size()> all{};
} // namespace

std::size_t json_line_bound(access_record const& r) noexcept
{
    return [&]<std::size_t... I>(std::index_sequence<I...>)
    {
        return fixed_size + longest_escape * (text_size<I>(r) + ...);
    }
    (all);
}

char* write_json_line(access_record const& r, time_stamp const& time, char* to) noexcept
{
    to = put_members(r, time, to, all);
    *to++ = '}';
    *to++ = '\n';
    return to;
}

} // namespace errata
