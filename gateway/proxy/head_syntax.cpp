#include "proxy/head_syntax.hpp"

#include "problem/octets.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace errata::syntax
{
namespace
{
constexpr auto token_chars = []
{
    std::array<bool, 256> table{};
    for(unsigned char c = '0'; c <= '9'; ++c)
        table[c] = true;
    for(unsigned char c = 'a'; c <= 'z'; ++c)
        table[c] = table[c - 'a' + 'A'] = true;
    for(unsigned char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
        table[c] = true;
    return table;
}();

/// A control character, tabs too.
struct control
{
    static bool is(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        auto const below_space = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
        return _mm_or_si128(below_space, _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f)));
    }
#endif
};

/// What cannot be in a field name for a plain reason: a colon, white space, a control character, or beyond ASCII.
struct name_end
{
    static bool is(char c) noexcept { return c == ':' || static_cast<signed char>(c) <= ' '; }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept // octets beyond ASCII are negative
    {
        return _mm_or_si128(_mm_cmplt_epi8(block, _mm_set1_epi8('!')), _mm_cmpeq_epi8(block, _mm_set1_epi8(':')));
    }
#endif
};

/// The first octet that is not in a token.
inline char const* find_token_end(char const* p, char const* end) noexcept
{
    while(p != end && token_chars[static_cast<unsigned char>(*p)])
        ++p;
    return p;
}

/// Where the value of a line ends: at the first control character that is no tab.
inline char const* find_value_end(char const* p, char const* end) noexcept
{
    for(;; ++p)
    {
        p = find_octet<control>(p, end);
        if(p == end || *p != '\t')
            return p;
    }
}

/// What stands at the end of a value: CRLF, the begin of one, or something else.
inline line_status crlf_at(char const* p, char const* end) noexcept
{
    if(p == end)
        return line_status::need_more;
    if(*p != '\r')
        return line_status::bad;
    if(p + 1 == end)
        return line_status::need_more;
    return p[1] == '\n' ? line_status::complete : line_status::bad;
}

constexpr bool is_white(char c) noexcept
{
    return c == ' ' || c == '\t';
}

/// The end of a section, or why the line at `p` is none of a field: its name would end at `stop`.
field_section end_of_fields(std::string_view bytes, char const* p, char const* stop) noexcept
{
    auto const* const end = bytes.data() + bytes.size();
    if(stop == p && *p == '\r')
        return {crlf_at(p, end), static_cast<std::size_t>(p + 2 - bytes.data()), false, "CR without LF"};
    if(stop == p && is_white(*p))
        return {line_status::bad, 0, false, "folded header field line"};
    return {line_status::bad, 0, false, "malformed header field line"};
}

/// 1*DIGIT that fits; signs, spaces, hexadecimal and lists are not digits.
bool read_length(std::string_view s, std::uint64_t& out) noexcept
{
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if(s.empty())
        return false;
    std::uint64_t n = 0;
    for(char const c : s)
    {
        if(!is_digit(c))
            return false;
        auto const digit = static_cast<std::uint64_t>(c - '0');
        if(n > (most - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    out = n;
    return true;
}

/// transfer-coding = token *( OWS ";" OWS token BWS "=" BWS ( token / quoted-string ) ). Quoted strings are refused: a
/// comma in one is read differently by different parsers.
bool is_coding(std::string_view member) noexcept
{
    auto const semicolon = member.find(';');
    if(!is_token(trim(member.substr(0, semicolon))))
        return false;
    if(semicolon == std::string_view::npos)
        return true;
    for(auto rest = member.substr(semicolon + 1);;)
    {
        auto const next = rest.find(';');
        auto const parameter = rest.substr(0, next);
        auto const equals = parameter.find('=');
        if(equals == std::string_view::npos || !is_token(trim(parameter.substr(0, equals))) ||
           !is_token(trim(parameter.substr(equals + 1))))
            return false;
        if(next == std::string_view::npos)
            return true;
        rest = rest.substr(next + 1);
    }
}

declared read_codings(head const& h) noexcept
{
    bool chunked = false;
    bool others = false;
    for(std::size_t i = 0; i < h.fields.size(); ++i)
    {
        if(h.ids[i] != field_id::transfer_encoding)
            continue;
        // An empty member may be skipped (RFC 9110 5.6.1.2), but not by everybody: it is not one `chunked`.
        for(auto rest = h.fields[i].value;;)
        {
            auto const comma = rest.find(',');
            auto const member = trim(rest.substr(0, comma));
            if(chunked || !is_coding(member))
                return declared::bad_coding;
            if(iequals(member, "chunked"))
                chunked = true;
            else if(iequals(trim(member.substr(0, member.find(';'))), "chunked"))
                return declared::bad_coding;
            else
                others = true;
            if(comma == std::string_view::npos)
                break;
            rest = rest.substr(comma + 1);
        }
    }
    if(!chunked)
        return declared::no_chunked;
    return others ? declared::other_coding : declared::chunked;
}

bool names_h2c(std::string_view protocols) noexcept
{
    for(auto p = next_member(protocols); !p.empty(); p = next_member(protocols))
        if(iequals(p, "h2c"))
            return true;
    return false;
}
} // namespace

bool is_token_char(char c) noexcept
{
    return token_chars[static_cast<unsigned char>(c)];
}

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

std::string_view next_member(std::string_view& list) noexcept
{
    while(!list.empty())
    {
        auto const comma = list.find(',');
        auto const member = trim(list.substr(0, comma));
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
        if(!member.empty())
            return member;
    }
    return {};
}

std::optional<http_version> read_version(std::string_view s) noexcept
{
    if(s.size() != 8 || s.substr(0, 5) != "HTTP/" || !is_digit(s[5]) || s[6] != '.' || !is_digit(s[7]))
        return {};
    return http_version{static_cast<unsigned>(s[5] - '0'), static_cast<unsigned>(s[7] - '0')};
}

line_end find_line_end(std::string_view bytes, std::size_t at) noexcept
{
    auto const* const end = bytes.data() + bytes.size();
    auto const* const stop = find_value_end(bytes.data() + at, end);
    return {crlf_at(stop, end), static_cast<std::size_t>(stop - bytes.data())};
}

std::optional<field> read_field_line(std::string_view line) noexcept
{
    auto const colon = static_cast<std::size_t>(find_token_end(line.data(), line.data() + line.size()) - line.data());
    if(colon == 0 || colon == line.size() || line[colon] != ':')
        return {};
    return field{line.substr(0, colon), trim(line.substr(colon + 1))};
}

field_section index_fields(std::string_view bytes, std::size_t at, unsigned limit, head& out)
{
    auto const* const end = bytes.data() + bytes.size();
    for(auto const* p = bytes.data() + at;;)
    {
        auto const* colon = find_octet<name_end>(p, end);
        auto const id = id_of({p, colon});
        if(id == field_id::other) // what is known needs no second look
            colon = find_token_end(p, colon);
        if(colon == end)
            return {line_status::need_more};
        if(*colon != ':' || colon == p)
            return end_of_fields(bytes, p, colon);
        if(out.fields.size() == limit)
            return {line_status::bad, 0, true, "too many header fields"};

        auto const* value = colon + 1;
        auto const* const line = find_value_end(value, end);
        if(auto const status = crlf_at(line, end); status != line_status::complete)
            return {status, 0, false, not_a_line};
        auto const* last = line;
        while(value != last && is_white(*value))
            ++value;
        while(value != last && is_white(last[-1]))
            --last;
        out.fields.push_back({{p, colon}, {value, last}});
        out.ids.push_back(id);
        out.presence.add(id);
        p = line + 2;
    }
}

void read_connection(head& out)
{
    bool close = false;
    bool keep_alive = false;
    bool upgrade = false;
    for(std::size_t i = 0; out.has(field_id::connection) && i < out.fields.size(); ++i)
    {
        if(out.ids[i] != field_id::connection)
            continue;
        auto options = out.fields[i].value;
        for(auto option = next_member(options); !option.empty(); option = next_member(options))
        {
            close = close || iequals(option, "close");
            keep_alive = keep_alive || iequals(option, "keep-alive");
            upgrade = upgrade || iequals(option, "upgrade");
            if(is_token(option) && !is_protected(id_of(option)))
                out.nominated.push_back(option);
        }
    }
    out.keep_alive = !close && (out.minor >= 1 || keep_alive);

    // RFC 9110 7.8: Upgrade counts only together with the connection option and never in HTTP/1.0. A list that offers
    // h2c is ignored as a whole, which a server may always do: an upstream that accepted it would speak past this
    // gateway.
    auto const protocols = out.value(field_id::upgrade);
    out.upgrade = upgrade && out.minor >= 1 && !protocols.empty() && !names_h2c(protocols);
    if(out.upgrade)
        out.upgrade_protocol = protocols;
}

declared read_framing(head& out)
{
    auto const coded = out.has(field_id::transfer_encoding);
    if(coded && out.has(field_id::content_length))
        return declared::both;
    if(coded)
        return out.minor == 0 ? declared::coding_in_1_0 : read_codings(out);
    if(!out.has(field_id::content_length))
        return declared::nothing;

    bool seen = false;
    for(std::size_t i = 0; i < out.fields.size(); ++i)
    {
        if(out.ids[i] != field_id::content_length)
            continue;
        if(seen || !read_length(out.fields[i].value, out.content_length))
            return declared::bad_length;
        seen = true;
    }
    return declared::length;
}

} // namespace errata::syntax
