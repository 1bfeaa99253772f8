#include "problem/field_errors.hpp"
#include "problem/leak_guard.hpp"
#include "problem/octets.hpp"
#include "problem/percent.hpp"
#include "problem/wording.hpp"

#include <cstdint>
#include <optional>

namespace errata
{

namespace
{

std::optional<field_location> location_named(std::string_view word)
{
    struct row
    {
        std::string_view name;
        field_location in;
    };
    static constexpr row rows[] = {{"body", field_location::content},    {"requestbody", field_location::content},
                                   {"json", field_location::content},    {"form", field_location::content},
                                   {"query", field_location::query},     {"querystring", field_location::query},
                                   {"parameter", field_location::query}, {"path", field_location::path},
                                   {"header", field_location::header},   {"headers", field_location::header},
                                   {"cookie", field_location::cookie},   {"cookies", field_location::cookie}};
    constexpr auto initials = []
    {
        std::uint32_t letters = 0;
        for(auto const& r : rows)
            letters |= 1u << (r.name[0] & 0x1f);
        return letters;
    }();
    if(word.size() < 4 || !(initials >> (word[0] & 0x1f) & 1u))
        return std::nullopt;
    // webargs and Flask-Pydantic: body_params, query_params
    for(std::string_view end : {"_params", "_parameters"})
        if(word.ends_with(end))
            word.remove_suffix(end.size());
    for(auto const& r : rows)
        if(iequals(word, r.name))
            return r.in;
    return std::nullopt;
}

/// Content may be a list, all else has names: `path.0.level` is a field named path.
bool may_begin_with(field_location in, std::string_view rest) noexcept
{
    return in == field_location::content || rest.empty() || rest[0] < '0' || rest[0] > '9';
}

/// What makes it another notation than the dotted one.
struct other_notation
{
    static bool is(char c) noexcept { return c == '/' || c == '[' || c == ']' || c == '\'' || c == '"'; }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        auto const is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
        return _mm_or_si128(_mm_or_si128(_mm_or_si128(is('['), is(']')), is('/')), _mm_or_si128(is('\''), is('"')));
    }
#endif
};

/// What is written otherwise, or not at all, where a path with brackets becomes dotted text.
struct bracket_or_dot
{
    static bool is(char c) noexcept { return c == '.' || other_notation::is(c); }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        return _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('.')), other_notation::in(block));
    }
#endif
};

char* separate(char const* begin, char* end) noexcept
{
    if(end != begin && end[-1] != '.')
        *end++ = '.';
    return end;
}

/// RFC 6901 3 and 4.
char* write_pointer_tokens(std::string_view path, char* text) noexcept
{
    auto* end = text;
    for(std::size_t i = 0; i < path.size(); ++i)
        if(path[i] == '/')
            end = separate(text, end);
        else if(path[i] == '~' && i + 1 < path.size() && (path[i + 1] == '0' || path[i + 1] == '1'))
            *end++ = path[++i] == '0' ? '~' : '/';
        else
            *end++ = path[i];
    return end;
}

char* write_bracketed(std::string_view path, char* text) noexcept
{
    auto const write = [text](char c, char* end)
    { return c == '.' || c == '[' || c == '/' ? separate(text, end) : end; };
    return copy_octets<bracket_or_dot>(path.data(), path.data() + path.size(), text, write);
}

/// Writes a path as dotted text; its first other sign tells which notation it is.
std::string_view dotted(std::string_view path, char sign, arena& memory)
{
    auto* const text = memory.allocate(path.size() + beyond_copy);
    auto* end = sign == '/' ? write_pointer_tokens(path, text) : write_bracketed(path, text);
    while(end != text && end[-1] == '.')
        --end;
    return {text, static_cast<std::size_t>(end - text)};
}

/// /var/lib/app/config.yml: no name in a pointer has a dot, nearly.
bool names_file(std::string_view path)
{
    return path[0] == '/' && path.find('.', path.rfind('/')) != path.npos && leaks(path, false);
}

} // namespace

void set_field(field_error& entry, std::string_view path, arena& memory)
{
    path = trimmed(path);
    if(path.starts_with('#')) // a fragment: RFC 6901 6
        path = percent_decoded(path.substr(1), memory);
    if(path.starts_with("$."))
        path.remove_prefix(2);
    if(path.empty() || path == "/" || path == "$")
        return;
    if(names_file(path))
    {
        entry.field = path; // as it is, for the leak guard to see
        return;
    }
    auto const* const end = path.data() + path.size();
    if(auto const* const sign = find_octet<other_notation>(path.data(), end); sign != end)
        path = dotted(path, *sign, memory);
    else if(path[0] == '.')
        path.remove_prefix(1);
    auto const dot = path.find('.');
    if(dot != path.npos)
        if(auto const in = location_named(path.substr(0, dot)); in && may_begin_with(*in, path.substr(dot + 1)))
        {
            entry.in = *in;
            path.remove_prefix(dot + 1);
        }
    entry.field = path;
}

bool names_location(std::string_view word)
{
    return location_named(word).has_value();
}

void set_location(field_error& entry, std::string_view word)
{
    if(auto const in = location_named(trimmed(word)))
        entry.in = *in;
}

} // namespace errata
