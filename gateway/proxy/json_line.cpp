#include "proxy/json_line.hpp"

#include "proxy/log_columns.hpp"
#include "proxy/log_line.hpp"

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

/// Whether none of eight bytes is a control, a quote, a backslash, DEL or beyond ASCII. A borrow from one byte to the
/// next can only come from one that is not clean itself.
bool is_clean(std::uint64_t word) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101;
    auto const other_than = [word](char c) { return (word ^ static_cast<std::uint64_t>(c) * ones) - ones; };
    auto const bad = word | (word - 0x20 * ones) | other_than('"') | other_than('\\') | other_than(0x7f);
    return (bad & 0x80 * ones) == 0;
}

[[gnu::noinline]] char* put_escaped(std::string_view text, char* to) noexcept
{
    line_sink out{{to, text.size() * longest_escape}};
    put_json_text(out, text);
    return to + out.size();
}

[[gnu::noinline]] char* put_text(std::string_view text, char* const to) noexcept
{
    auto const* const from = text.data();
    auto const n = text.size();
    if(n >= 8)
    {
        // Word by word; the last one overlaps the one before it.
        for(std::size_t i = 0;; i = i + 16 <= n ? i + 8 : n - 8)
        {
            auto const word = load<std::uint64_t>(from + i);
            if(!is_clean(word))
                return put_escaped(text, to);
            store(to + i, word);
            if(i + 8 == n)
                return to + n;
        }
    }
    if(n >= 4)
    {
        auto const first = load<std::uint32_t>(from), last = load<std::uint32_t>(from + n - 4);
        if(!is_clean(first | std::uint64_t{last} << 32))
            return put_escaped(text, to);
        store(to, first);
        store(to + n - 4, last);
        return to + n;
    }
    for(std::size_t i = 0; i < n; ++i)
    {
        if(!is_clean(0x2020202020202000 | static_cast<unsigned char>(from[i])))
            return put_escaped(text, to);
        to[i] = from[i];
    }
    return to + n;
}

char* put_number(std::uint64_t n, char* to) noexcept
{
    if(n >= 10)
        return std::to_chars(to, to + longest_number, n).ptr;
    *to = static_cast<char>('0' + n);
    return to + 1;
}

/// Milliseconds with three decimals.
char* put_duration(std::chrono::microseconds time, char* to) noexcept
{
    auto const us = static_cast<std::uint64_t>(time.count() > 0 ? time.count() : 0);
    to = put_number(us / 1000, to);
    auto const rest = static_cast<unsigned>(us % 1000);
    *to++ = '.';
    *to++ = static_cast<char>('0' + rest / 100);
    *to++ = static_cast<char>('0' + rest / 10 % 10);
    *to++ = static_cast<char>('0' + rest % 10);
    return to;
}

/// `,"name":`, and the quote of a text.
template <std::size_t I>
char* put_key(char* to) noexcept
{
    static constexpr auto key = []
    {
        constexpr auto name = columns[I].name;
        std::array<char, name.size() + 4 + columns[I].quoted()> text{I ? ',' : '{', '"'};
        std::copy(name.begin(), name.end(), text.begin() + 2);
        text[name.size() + 2] = '"';
        text[name.size() + 3] = ':';
        if(columns[I].quoted())
            text[name.size() + 4] = '"';
        return text;
    }();
    std::memcpy(to, key.data(), key.size());
    return to + key.size();
}

/// What is absent is left out.
template <std::size_t I>
[[gnu::always_inline]] inline char* put_member(access_record const& r, std::string_view time, char* to) noexcept
{
    constexpr auto c = columns[I];
    if constexpr(c.what == kind::time)
    {
        to = put_key<I>(to);
        to = std::copy(time.begin(), time.end(), to);
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
    std::size_t size = 4; // braces, newline
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

char* write_json_line(access_record const& r, std::string_view time, char* to) noexcept
{
    [&]<std::size_t... I>(std::index_sequence<I...>)
    {
        ((to = put_member<I>(r, time, to)), ...);
    }
    (all);
    *to++ = '}';
    *to++ = '\n';
    return to;
}

} // namespace errata
