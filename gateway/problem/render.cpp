#include "problem/render.hpp"

#include "problem/template.hpp"

#include <algorithm>
#include <array>

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

/// The reference tokens of a pointer as a URI's fragment: escaped as in RFC 6901 3 and 6. Returns the end of what it
/// wrote, at most three bytes for each.
char* write_tokens(std::string_view field, char* end)
{
    static constexpr auto literal = []
    {
        std::array<bool, 256> table{};
        for(unsigned char c = 0; c < 128; ++c)
            table[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        // Without those that end a word: a path would seem to begin behind them ("a=" and "home" are no "/home").
        for(unsigned char const c : std::string_view{"-_$*+:@"})
            table[c] = true;
        return table;
    }();
    constexpr char hex[] = "0123456789ABCDEF";
    for(auto const *p = field.data(), *const last = p + field.size(); p != last; ++p)
    {
        for(; p != last && literal[static_cast<unsigned char>(*p)]; ++p)
            *end++ = *p;
        if(p == last)
            break;
        auto const c = *p;
        auto const u = static_cast<unsigned char>(c);
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
            *end++ = hex[u >> 4];
            *end++ = hex[u & 15];
        }
    }
    return end;
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
    json.key("pointer");
    json.put('"'); // of what a pointer is made of, JSON escapes nothing
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
    constexpr std::size_t most = json_writer::longest_piece / 3;
    for(json.raw("#/"); !field.empty(); field.remove_prefix(std::min(most, field.size())))
        json.wrote(write_tokens(field.substr(0, most), json.room(most * 3)));
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
