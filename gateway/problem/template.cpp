#include "problem/template.hpp"

#include "problem/render.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace errata
{
namespace
{
namespace json = boost::json;
using slot = error_template::slot;
using step = error_template::step;

constexpr std::array<std::string_view, 18> slot_names{
    "type",     "title",      "status", "detail",      "message", "instance",   "code",          "errors",
    "details",  "help",       "retry",  "retry_after", "origin",  "request_id", "upstream_code", "upstream_request_id",
    "trace_id", "oauth_error"};
static_assert(slot_names.size() == static_cast<std::size_t>(slot::oauth_error) + 1);

std::optional<slot> slot_named(std::string_view name) noexcept
{
    auto const at = std::ranges::find(slot_names, name);
    if(at == slot_names.end())
        return {};
    return static_cast<slot>(at - slot_names.begin());
}

std::string_view view(json::string_view s) noexcept
{
    return {s.data(), s.size()};
}

/// Turns a skeleton into steps; the first mistake stays.
class compiler
{
public:
    std::vector<step> steps;
    std::string mistake;

    void value(json::value const& v)
    {
        if(auto const* const o = v.if_object())
            object(*o);
        else if(auto const* const a = v.if_array())
            array(*a);
        else if(auto const* const s = v.if_string())
            string(view(*s));
        else
            add(step::kind::open, json::serialize(v));
    }

private:
    void add(step::kind what, std::string text, slot which = slot::code)
    {
        steps.push_back({what, std::move(text), which});
    }

    void object(json::object const& o)
    {
        add(step::kind::open, "{");
        for(auto const& member : o)
        {
            std::string name;
            json_writer{name}.quote(view(member.key()));
            name += ':';
            auto const* const text = member.value().if_string();
            auto const whole = text ? only_placeholder(view(*text)) : std::nullopt;
            if(whole)
            {
                add(step::kind::member, std::move(name), *whole);
                continue;
            }
            add(step::kind::open, std::move(name));
            value(member.value());
        }
        add(step::kind::raw, "}");
    }

    void array(json::array const& a)
    {
        add(step::kind::open, "[");
        for(auto const& element : a)
            value(element);
        add(step::kind::raw, "]");
    }

    /// "{name}" and nothing else.
    static std::optional<slot> only_placeholder(std::string_view text) noexcept
    {
        if(text.size() < 3 || text.front() != '{' || text.back() != '}')
            return {};
        return slot_named(text.substr(1, text.size() - 2));
    }

    void string(std::string_view text)
    {
        if(auto const whole = only_placeholder(text))
            return add(step::kind::value, {}, *whole);
        add(step::kind::quote, {});
        while(!text.empty())
            part(text);
        add(step::kind::quote, "\"");
    }

    void part(std::string_view& text)
    {
        if(text.starts_with("{{") || text.starts_with("}}"))
        {
            add(step::kind::letters, std::string{text[0]});
            text.remove_prefix(2);
        }
        else if(text[0] == '{')
        {
            auto const end = text.find('}');
            auto const name = text.substr(1, end == std::string_view::npos ? end : end - 1);
            auto const which = end == std::string_view::npos ? std::nullopt : slot_named(name);
            if(!which && mistake.empty())
                mistake = "unknown placeholder {" + std::string{name} + "}; write {{ for a brace";
            add(step::kind::insert, {}, which.value_or(slot::code));
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
        else
        {
            auto const n = std::min(text.find_first_of("{}", 1), text.size());
            std::string quoted;
            json_writer{quoted}.quote(text.substr(0, n));
            add(step::kind::letters, quoted.substr(1, quoted.size() - 2));
            text.remove_prefix(n);
        }
    }
};

std::string lower(std::string_view s)
{
    std::string out{s};
    for(char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return out;
}

/// The slots that are plain text; empty where the error has none. `space` holds what has to be made.
std::string_view text_of(problem const& p, slot which, std::string& space)
{
    switch(which)
    {
    case slot::type:
        return p.type;
    case slot::title:
        return p.title;
    case slot::detail:
        return p.detail;
    case slot::message:
        return p.detail.empty() ? p.title : p.detail;
    case slot::instance:
        return p.instance;
    case slot::code:
        return p.code;
    case slot::help:
        return p.help;
    case slot::origin:
        return name_of(p.origin);
    case slot::request_id:
        return p.request_id;
    case slot::upstream_request_id:
        return p.upstream_request_id;
    case slot::trace_id:
        return p.trace_id;
    case slot::oauth_error:
        return p.oauth_error.empty() ? std::string_view{space = lower(p.code)} : p.oauth_error;
    case slot::status:
    case slot::errors:
    case slot::details:
    case slot::retry:
    case slot::retry_after:
    case slot::upstream_code:
        break;
    }
    return {};
}

/// The slot as JSON; empty where the error has none.
void write_value(problem const& p, slot which, std::string& out)
{
    json_writer json{out};
    switch(which)
    {
    case slot::status:
        out += std::to_string(p.status);
        return;
    case slot::retry_after:
        if(p.retry.allowed && p.retry.after)
            out += std::to_string(p.retry.seconds());
        return;
    case slot::errors:
        if(!p.errors.empty())
            write_errors(p.errors, json);
        return;
    case slot::details:
        out += p.details;
        return;
    case slot::upstream_code:
        out += p.upstream_code;
        return;
    case slot::retry:
        write_retry(p, json);
        return;
    default:
        break;
    }
    std::string space;
    auto const text = text_of(p, which, space);
    if(!text.empty())
        json.quote(text);
}

/// Inside a string: text loses its quotes, anything else is shown as JSON.
void write_insertion(problem const& p, slot which, std::string& out)
{
    std::string value;
    write_value(p, which, value);
    if(value.starts_with('"'))
    {
        out.append(value, 1, value.size() - 2);
        return;
    }
    std::string quoted;
    json_writer{quoted}.quote(value);
    out.append(quoted, 1, quoted.size() - 2);
}

void separate(std::string& out)
{
    if(!out.empty() && out.back() != '{' && out.back() != '[' && out.back() != ':')
        out += ',';
}
} // namespace

boost::system::result<error_template, template_mistake> error_template::build(std::string_view text)
{
    boost::system::error_code ec;
    auto const parsed = json::parse(json::string_view{text.data(), text.size()}, ec);
    if(ec)
        return template_mistake{"not valid JSON: " + ec.message()};
    if(!parsed.is_object())
        return template_mistake{"an error is a JSON object"};
    compiler compiled;
    compiled.value(parsed);
    if(!compiled.mistake.empty())
        return template_mistake{compiled.mistake};
    error_template built;
    built.steps_ = std::move(compiled.steps);
    return built;
}

std::string_view error_template::preset(std::string_view name) noexcept
{
    if(name == "envelope")
        return R"({"error":{"code":"{code}","message":"{message}","details":"{details}","errors":"{errors}",)"
               R"("retry":"{retry}","request_id":"{request_id}"}})";
    if(name == "openai")
        return R"({"error":{"message":"{message}","type":"{oauth_error}","param":null,"code":"{oauth_error}"}})";
    if(name == "oauth")
        return R"({"error":"{oauth_error}","error_description":"{message}","error_uri":"{help}"})";
    return {};
}

void error_template::write(problem const& p, std::string& out) const
{
    for(auto const& s : steps_)
        switch(s.what)
        {
        case step::kind::raw:
        case step::kind::letters:
            out += s.text;
            break;
        case step::kind::open:
            separate(out);
            out += s.text;
            break;
        case step::kind::member:
        {
            auto const before = out.size();
            separate(out);
            out += s.text;
            auto const named = out.size();
            write_value(p, s.which, out);
            if(out.size() == named)
                out.resize(before);
            break;
        }
        case step::kind::value:
        {
            separate(out);
            auto const before = out.size();
            write_value(p, s.which, out);
            if(out.size() == before)
                out += "null";
            break;
        }
        case step::kind::quote:
            if(s.text.empty())
                separate(out);
            out += '"';
            break;
        case step::kind::insert:
            write_insertion(p, s.which, out);
            break;
        }
}

} // namespace errata
