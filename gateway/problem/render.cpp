#include "problem/render.hpp"

#include "problem/octets.hpp"
#include "problem/template.hpp"

#include <algorithm>

namespace errata
{
namespace
{
std::string_view name_of(field_location in) noexcept
{
    switch(in)
    {
    case field_location::query:
        return "query";
    case field_location::path:
        return "path";
    case field_location::header:
        return "header";
    case field_location::cookie:
        return "cookie";
    case field_location::content:
    case field_location::unknown:
        break;
    }
    return {};
}

/// What of a dotted path does not go into a pointer as it is. Those signs too that end a word: a path would seem to
/// begin behind them ("a=" and "home" are no "/home").
struct not_literal
{
    static bool is(char c) noexcept
    {
        auto const lower = static_cast<char>(c | 0x20);
        return !(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= ':') && c != '@' && c != '-' && c != '_' &&
               c != '$' && c != '*' && c != '+';
    }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        auto const is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
        auto const letter = octets_within(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'z');
        auto const word = _mm_or_si128(letter, octets_within(block, '0', ':'));
        auto const signs = _mm_or_si128(_mm_or_si128(is('@'), is('-')), _mm_or_si128(is('_'), is('$')));
        auto const literal = _mm_or_si128(_mm_or_si128(word, signs), _mm_or_si128(is('*'), is('+')));
        return _mm_xor_si128(literal, _mm_set1_epi8(-1));
    }
#endif
};

#ifdef __SSE2__
/// Sixteen octets of a path as a pointer has them, where only the dots between its parts differ: a slash is the next
/// octet of ASCII. False where there is something else to escape; what was written is to be overwritten then.
bool write_literals(char const* from, char* to) noexcept
{
    auto const block = _mm_loadu_si128(reinterpret_cast<__m128i const*>(from));
    auto const dots = _mm_cmpeq_epi8(block, _mm_set1_epi8('.'));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_sub_epi8(block, dots));
    return _mm_movemask_epi8(_mm_andnot_si128(dots, not_literal::in(block))) == 0;
}
#endif

/// Escaped as in RFC 6901 3 and 6.
char* write_escaped(char c, char* end) noexcept
{
    constexpr char hex[] = "0123456789ABCDEF";
    if(c == '.')
        *end++ = '/';
    else if(c == '~' || c == '/')
    {
        *end++ = '~';
        *end++ = c == '~' ? '0' : '1';
    }
    else
    {
        *end++ = '%';
        *end++ = hex[static_cast<unsigned char>(c) >> 4];
        *end++ = hex[static_cast<unsigned char>(c) & 15];
    }
    return end;
}

/// Writes a path of at least one part as a pointer; `beyond_copy` octets may be written behind its end.
char* write_tokens(char const* p, char const* end, char* to) noexcept
{
#ifdef __SSE2__
    constexpr std::ptrdiff_t block = 16;
    if(end - p >= block)
    {
        for(; end - p >= block && write_literals(p, to); p += block)
            to += block;
        auto const left = end - p;
        if(left == 0 || (left < block && write_literals(end - block, to + left - block)))
            return to + left;
    }
#endif
    return copy_octets<not_literal>(p, end, to, write_escaped);
}

void write_place(field_error const& e, json_writer& json)
{
    if(e.field.empty())
        return;
    if(auto const in = name_of(e.in); !in.empty())
    {
        json.string("parameter", e.field);
        json.string("in", in);
        return;
    }
    json.raw(R"("pointer":")"); // the first member; of what a pointer is made of, JSON escapes nothing
    write_pointer(e.field, json);
    json.put('"');
}

void write_error(field_error const& e, json_writer& json)
{
    json.open_object();
    write_place(e, json);
    json.string_unless_empty("code", e.code);
    json.string_unless_empty("detail", e.detail);
    json.close_object();
}

void write_oauth(problem const& p, json_writer& json)
{
    json.string_unless_empty("error", p.oauth_error);
    json.string_unless_empty("error_description", p.oauth_description);
    json.string_unless_empty("error_uri", p.oauth_uri);
}

/// From `errors` on, problem and envelope look the same.
void write_context(problem const& p, json_writer& json)
{
    if(!p.errors.empty())
    {
        json.key("errors");
        write_errors(p.errors, json);
    }
    if(!p.details.empty())
        json.raw("details", p.details);
    json.string_unless_empty("help", p.help);
    json.key("retry");
    write_retry(p, json);
    json.string("origin", errata::name_of(p.origin));
    json.string_unless_empty("request_id", p.request_id);
    if(!p.upstream_code.empty())
        json.raw("upstream_code", p.upstream_code);
    json.string_unless_empty("upstream_request_id", p.upstream_request_id);
    json.string_unless_empty("trace_id", p.trace_id);
}
} // namespace

void render(problem const& p, error_policy const& policy, std::string& out)
{
    if(policy.render == rendering::custom && policy.skeleton)
        policy.skeleton->write(p, out);
    else if(policy.render == rendering::envelope)
        write_envelope(p, out);
    else
        write_problem(p, out);
}

void write_pointer(std::string_view field, json_writer& json)
{
    constexpr std::size_t longest_escape = 3, most = (json_writer::longest_piece - beyond_copy) / longest_escape;
    for(json.raw("#/"); !field.empty(); field.remove_prefix(std::min(most, field.size())))
    {
        auto const piece = field.substr(0, most);
        auto* const to = json.room(json_writer::longest_piece);
        json.wrote(write_tokens(piece.data(), piece.data() + piece.size(), to));
    }
}

void write_errors(std::span<field_error const> errors, json_writer& json)
{
    json.open_array();
    for(auto const& e : errors)
        write_error(e, json);
    json.close_array();
}

void write_retry(problem const& p, json_writer& json)
{
    auto const& r = p.retry;
    json.open_object();
    json.boolean("allowed", r.allowed);
    if(r.allowed && r.after)
        json.number("after", r.seconds());
    if(r.exhausted)
        json.boolean("exhausted", true);
    if(r.scheduled)
    {
        json.number("attempt", r.attempt);
        json.number("max_attempts", r.max_attempts);
    }
    if(r.allowed || r.refused_as_unsafe)
        json.boolean("safe", r.safe);
    if(p.tries > 1)
        json.number("tries", p.tries);
    json.close_object();
}

void write_problem(problem const& p, std::string& out)
{
    json_writer json{out};
    json.open_object();
    json.string("type", p.type);
    json.string("title", p.title);
    json.number("status", p.status);
    json.string_unless_empty("detail", p.detail);
    json.string_unless_empty("instance", p.instance);
    json.string("code", p.code);
    write_oauth(p, json);
    write_context(p, json);
    json.close_object();
}

void write_envelope(problem const& p, std::string& out)
{
    json_writer json{out};
    json.open_object();
    json.open_object("error");
    json.string("code", p.code);
    json.string("message", p.detail.empty() ? p.title : p.detail);
    json.number("status", p.status);
    write_context(p, json);
    json.close_object();
    json.close_object();
}

} // namespace errata
