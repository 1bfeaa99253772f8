#include "routing/target.hpp"

#include <algorithm>
#include <array>

namespace errata
{
namespace
{
enum letter : unsigned char
{
    plain = 0,
    refused = 1,
    escape = 2,
    dot = 4
};

/// What can stand in a path. Bytes above 0x7f are no URI characters, but browsers' and services' raw UTF-8 is passed on
/// as it is.
constexpr auto letters = []
{
    std::array<letter, 256> t{};
    for(unsigned c = 0; c < 0x21; ++c)
        t[c] = refused;
    t[0x7f] = t['#'] = t['?'] = refused;
    t['%'] = escape;
    t['.'] = dot;
    return t;
}();

int hex(char c) noexcept
{
    if(c >= '0' && c <= '9')
        return c - '0';
    if(c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool is_unreserved(int c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

/// RFC 3986 5.2.4, in place: the output never overtakes the input.
void remove_dot_segments(std::string& path)
{
    std::size_t out = 0;
    for(std::size_t in = 0; in < path.size();)
    {
        auto const end = std::min(path.find('/', in + 1), path.size());
        auto const segment = std::string_view{path}.substr(in + 1, end - in - 1);
        auto const last = end == path.size();
        if(segment == "." || segment == "..")
        {
            if(segment == "..")
                while(out > 0 && path[--out] != '/')
                {
                }
            if(last)
                path[out++] = '/';
        }
        else
            for(; in < end; ++in)
                path[out++] = path[in];
        in = end;
    }
    path.resize(out);
}

/// True when the path needs rewriting; `bad` tells that it cannot stand at all.
bool needs_work(std::string_view path, bool& bad) noexcept
{
    unsigned found = plain;
    for(char const c : path)
        found |= letters[static_cast<unsigned char>(c)];
    bad = (found & refused) != 0;
    return (found & escape) != 0 || ((found & dot) != 0 && path.find("/.") != std::string_view::npos);
}
} // namespace

boost::system::result<target_parts, target_error> split_target(std::string_view target) noexcept
{
    target_parts out;
    if(target == "*")
        return target_parts{{}, target, {}};
    if(!target.starts_with('/'))
    {
        auto const scheme = target.find("://");
        if(scheme == std::string_view::npos || scheme == 0 ||
           target.substr(0, scheme).find_first_of("/?%") != std::string_view::npos)
            return target_error::malformed;
        target.remove_prefix(scheme + 3);
        auto const end = std::min(target.find_first_of("/?"), target.size());
        out.authority = target.substr(0, end);
        target.remove_prefix(end);
        if(out.authority.empty() ||
           out.authority.find('@') != std::string_view::npos) // RFC 9110 4.2.4: no user information
            return target_error::malformed;
    }
    auto const question = std::min(target.find('?'), target.size());
    out.path = question == 0 ? std::string_view{"/"} : target.substr(0, question);
    out.query = target.substr(question);
    if(out.query.find('#') != std::string_view::npos)
        return target_error::malformed;
    return out;
}

boost::system::result<std::string_view, target_error> normalize_path(std::string_view path, std::string& buffer,
                                                                     encoded_slash slashes)
{
    auto bad = false;
    auto const work = needs_work(path, bad);
    if(bad)
        return target_error::malformed;
    if(!work)
        return path;
    buffer.clear();
    buffer.reserve(path.size());
    for(std::size_t i = 0; i < path.size(); ++i)
    {
        if(path[i] != '%')
        {
            buffer.push_back(path[i]);
            continue;
        }
        auto const high = i + 2 < path.size() ? hex(path[i + 1]) : -1;
        auto const low = i + 2 < path.size() ? hex(path[i + 2]) : -1;
        if(high < 0 || low < 0)
            return target_error::bad_escape;
        i += 2;
        auto const c = high * 16 + low;
        if(c == 0)
            return target_error::nul;
        if(c == '/' && slashes == encoded_slash::refuse)
            return target_error::encoded_slash;
        if(is_unreserved(c))
            buffer.push_back(static_cast<char>(c));
        else
            buffer.append({'%', "0123456789ABCDEF"[high], "0123456789ABCDEF"[low]});
    }
    remove_dot_segments(buffer);
    if(buffer.empty())
        buffer.push_back('/');
    return std::string_view{buffer};
}

} // namespace errata
