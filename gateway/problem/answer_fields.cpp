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
template <class String>
void append_sf_string(String& out, std::string_view s)
{
    out += '"';
    for(char const c : s)
    {
        if(c == '"' || c == '\\')
            out += '\\';
        out += c >= 0x20 && c < 0x7f ? c : '?';
    }
    out += '"';
}

template <class String>
void append_sf_bare(String& out, std::string_view s)
{
    if(is_sf_token(s))
        out += s;
    else
        append_sf_string(out, s);
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
    std::pmr::string value{memory.resource()};
    value.reserve(96);
    append_sf_bare(value, self.name);
    if(!status.error.empty())
        (value += "; error=") += status.error;
    if(status.received_status)
        (value += "; received-status=") += decimal(*status.received_status, memory);
    if(!status.extra.empty())
        (value += "; ") += status.extra;
    if(!status.details.empty())
        append_sf_string(value += "; details=", status.details);
    return memory.keep(value);
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
