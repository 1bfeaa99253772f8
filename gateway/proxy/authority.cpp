#include "proxy/authority.hpp"

#include "proxy/head_syntax.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstring>

namespace errata
{
namespace
{
using namespace syntax;

constexpr std::size_t longest_host = 255;

constexpr auto host_chars = []
{
    std::array<bool, 256> table{};
    for(unsigned char c = '0'; c <= '9'; ++c)
        table[c] = true;
    for(unsigned char c = 'a'; c <= 'z'; ++c)
        table[c] = table[c - 'a' + 'A'] = true;
    // unreserved and sub-delims (RFC 3986 2.2, 2.3) except the comma
    for(unsigned char c : {'-', '.', '_', '~', '!', '$', '&', '\'', '(', ')', '*', '+', ';', '='})
        table[c] = true;
    return table;
}();

bool is_hex(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_name(std::string_view s) noexcept
{
    for(std::size_t i = 0; i < s.size(); ++i)
    {
        if(host_chars[static_cast<unsigned char>(s[i])])
            continue;
        if(s[i] != '%' || i + 2 >= s.size() || !is_hex(s[i + 1]) || !is_hex(s[i + 2]))
            return false;
        i += 2;
    }
    return !s.empty();
}

bool is_ipv6(std::string_view s) noexcept
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    if(s.size() >= text.size())
        return false;
    std::memcpy(text.data(), s.data(), s.size());
    in6_addr address;
    return inet_pton(AF_INET6, text.data(), &address) == 1;
}

bool is_port(std::string_view s) noexcept
{
    if(s.size() > 5)
        return false;
    unsigned n = 0;
    for(char const c : s)
    {
        if(!is_digit(c))
            return false;
        n = n * 10 + static_cast<unsigned>(c - '0');
    }
    return n >= 1 && n <= 65535;
}

/// The length of the host at the front of `s`, 0 when there is none.
std::size_t host_length(std::string_view s) noexcept
{
    if(s.empty() || s[0] != '[')
    {
        auto const colon = std::min(s.find(':'), s.size());
        return colon <= longest_host && is_name(s.substr(0, colon)) ? colon : 0;
    }
    auto const close = s.find(']');
    if(close == std::string_view::npos || !is_ipv6(s.substr(1, close - 1)))
        return 0;
    return close + 1;
}
} // namespace

std::optional<authority> read_authority(std::string_view s) noexcept
{
    auto const length = host_length(s);
    if(length == 0)
        return {};
    authority a{s.substr(0, length), {}, s};
    if(length == s.size())
        return a;
    if(s[length] != ':')
        return {};
    a.port = s.substr(length + 1);
    if(a.port.empty())
        a.normalized = a.host;
    else if(!is_port(a.port))
        return {};
    return a;
}

} // namespace errata
