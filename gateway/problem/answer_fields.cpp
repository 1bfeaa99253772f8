#include "problem/answer_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace errata
{
namespace
{
constexpr bool is_alpha(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// RFC 8941 3.3.4.
bool is_sf_token(std::string_view s) noexcept
{
    static constexpr auto allowed = []
    {
        std::array<bool, 256> table{};
        for(char const c : std::string_view{"!#$%&'*+-.^_`|~:/0123456789"})
            table[static_cast<unsigned char>(c)] = true;
        for(int c = 0; c < 128; ++c)
            table[static_cast<std::size_t>(c)] |= is_alpha(static_cast<char>(c));
        return table;
    }();
    return !s.empty() && (is_alpha(s[0]) || s[0] == '*') &&
           std::ranges::all_of(s, [](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

/// RFC 8941 3.3.3: printable ASCII only; what is not becomes a question mark.
char* write_sf_string(std::string_view s, char* to) noexcept
{
    *to++ = '"';
    for(char const c : s)
    {
        if(c == '"' || c == '\\')
            *to++ = '\\';
        *to++ = c >= 0x20 && c < 0x7f ? c : '?';
    }
    *to++ = '"';
    return to;
}

char* write_sf_bare(std::string_view s, char* to) noexcept
{
    return is_sf_token(s) ? std::ranges::copy(s, to).out : write_sf_string(s, to);
}
} // namespace

std::string_view decimal(long long n, arena& memory)
{
    constexpr std::size_t longest = 20;
    auto* const p = memory.allocate(longest);
    return {p, static_cast<std::size_t>(std::to_chars(p, p + longest, n).ptr - p)};
}

void add_retry_fields(retry_advice const& advice, bool flag, std::vector<field>& out, arena& memory)
{
    if(advice.allowed && advice.after)
    {
        out.push_back({"Retry-After", decimal(advice.seconds(), memory)});
        if(advice.after->count() % 1000 != 0)
            out.push_back({"retry-after-ms", decimal(advice.after->count(), memory)});
    }
    if(flag)
        out.push_back({"X-Should-Retry", advice.allowed ? "true" : "false"});
}

void add_rate_limit(milliseconds reset, retry_advice const& advice, std::vector<field>& out, arena& memory)
{
    long long t = std::chrono::ceil<std::chrono::seconds>(reset).count();
    if(advice.allowed && advice.after)
        t = std::min(t, advice.seconds());
    out.push_back({"RateLimit", memory.keep("\"default\";r=0;t=" + std::to_string(t))});
}

std::string_view proxy_status_value(proxy_status const& status, identity const& self, arena& memory)
{
    constexpr std::string_view error = "; error=", received = "; received-status=", extra = "; ",
                               details = "; details=";
    constexpr std::size_t digits = 10, quotes = 2;
    auto const most = 2 * self.name.size() + quotes + error.size() + status.error.size() + received.size() + digits +
                      extra.size() + status.extra.size() + details.size() + 2 * status.details.size() + quotes;
    auto* const begin = memory.allocate(most);
    auto* to = write_sf_bare(self.name, begin);
    auto const add = [&to](std::string_view text) { to += text.copy(to, text.size()); };
    if(!status.error.empty())
        add(error), add(status.error);
    if(status.received_status)
    {
        add(received);
        to = std::to_chars(to, to + digits, *status.received_status).ptr;
    }
    if(!status.extra.empty())
        add(extra), add(status.extra);
    if(!status.details.empty())
    {
        add(details);
        to = write_sf_string(status.details, to);
    }
    return {begin, static_cast<std::size_t>(to - begin)};
}

void add_proxy_status(proxy_status const& status, identity const& self, std::vector<field>& out, arena& memory)
{
    auto const names_us = [&](field const& f)
    {
        return iequals(f.name, "Proxy-Status") && f.value.starts_with(self.name) &&
               (f.value.size() == self.name.size() || f.value[self.name.size()] == ';');
    };
    if(self.proxy_status && std::ranges::none_of(out, names_us))
        out.push_back({"Proxy-Status", proxy_status_value(status, self, memory)});
}

std::string_view media_type(bool plain_json) noexcept
{
    return plain_json ? "application/json" : "application/problem+json";
}

} // namespace errata
