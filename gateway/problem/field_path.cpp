#include "problem/field_errors.hpp"
#include "problem/leak_guard.hpp"
#include "problem/percent.hpp"
#include "problem/wording.hpp"

#include <algorithm>
#include <array>
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
    constexpr std::string_view initials = "bcfhjpqrBCFHJPQR";
    if(word.size() < 4 || initials.find(word[0]) == initials.npos)
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

enum class sign : std::uint8_t
{
    none,
    dot,
    tilde,
    slash, ///< this and what follows makes it another notation than the dotted one
    opening,
    quoting ///< or closing
};

constexpr auto signs = []
{
    std::array<sign, 256> table{};
    table['.'] = sign::dot;
    table['/'] = sign::slash;
    table['~'] = sign::tilde;
    table['['] = sign::opening;
    table[']'] = table['\''] = table['"'] = sign::quoting;
    return table;
}();

sign sign_of(char c) noexcept
{
    return signs[static_cast<unsigned char>(c)];
}

/// How much of a path is in the dotted notation, up to the first sign of another one.
std::size_t dotted_length(std::string_view path) noexcept
{
    std::size_t n = 0;
    while(n < path.size() && sign_of(path[n]) < sign::slash)
        ++n;
    return n;
}

/// Writes a path of any notation as dotted text. `text` is at least as long as the result.
std::string_view dotted(std::string_view path, char* text)
{
    bool const pointer = path.find('/') != path.npos;
    auto* end = text;
    for(auto const *p = path.data(), *const last = p + path.size(); p != last; ++p)
    {
        auto const* const plain = p;
        while(p != last && sign_of(*p) == sign::none)
            ++p;
        end = std::copy(plain, p, end);
        if(p == last)
            break;
        auto const what = sign_of(*p);
        if(pointer ? what == sign::slash : what == sign::opening || what == sign::dot)
        {
            if(end != text && end[-1] != '.')
                *end++ = '.';
        }
        else if(pointer && what == sign::tilde && p + 1 != last && (p[1] == '0' || p[1] == '1'))
            *end++ = *++p == '0' ? '~' : '/';
        else if(pointer || what != sign::quoting)
            *end++ = *p;
    }
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
    if(dotted_length(path) < path.size())
        path = dotted(path, memory.allocate(path.size() + 1));
    else if(path[0] == '.')
        path.remove_prefix(1);
    auto const dot = path.find('.');
    if(dot != path.npos)
        if(auto const in = location_named(path.substr(0, dot)))
        {
            entry.in = *in;
            path.remove_prefix(dot + 1);
        }
    entry.field = path;
}

void set_location(field_error& entry, std::string_view word)
{
    if(auto const in = location_named(trimmed(word)))
        entry.in = *in;
}

} // namespace errata
