#include "problem/catalog.hpp"

#include "problem/arena.hpp"
#include "problem/failure.hpp"
#include "problem/json_text.hpp"
#include "problem/markup.hpp"
#include "problem/status.hpp"

#include <algorithm>
#include <map>

namespace errata
{
namespace
{
struct entry
{
    unsigned status = 0;
    std::string_view title, meaning, cause;
    bool own = false; ///< made by the gateway
    bool retry = false;
};

std::string kebab(std::string_view code)
{
    std::string out(code);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c == '_'               ? '-'
                                       : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20)
                                                              : c; });
    return out;
}

std::map<std::string, entry, std::less<>> make_entries()
{
    std::map<std::string, entry, std::less<>> all;
    for(unsigned s = 400; s < 600; ++s)
        if(auto const title = title_of(s); title != title_of(4) && title != title_of(5))
            all[kebab(default_code(s))] = {
                s,
                title,
                s < 500 ? "The request cannot be served as it is." : "The service could not serve the request.",
                {},
                false,
                false};
    for(std::size_t i = 0; i < failure_count(); ++i)
    {
        auto const& row = trait(static_cast<failure>(i));
        if(!row.code.empty())
            all[kebab(row.code)] = {row.status, title_of(row.status),         row.detail, row.name,
                                    true,       row.wait != hint_source::none};
    }
    return all;
}

std::map<std::string, entry, std::less<>> const& entries()
{
    static auto const all = make_entries();
    return all;
}

std::string code_of(std::string_view name)
{
    std::string out(name);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c == '-'               ? '_'
                                       : c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20)
                                                              : c; });
    return out;
}

void add_json(std::string const& name, entry const& e, std::string_view base, std::string& out)
{
    arena memory;
    auto const add = [&](std::string_view key, std::string_view value)
    { out.append(out.back() == '{' ? "" : ",").append(quoted(key, memory)).append(":").append(quoted(value, memory)); };
    out += '{';
    add("type", std::string(base) + name);
    add("code", code_of(name));
    if(e.status)
        out.append(",\"status\":").append(std::to_string(e.status));
    if(!e.title.empty())
        add("title", e.title);
    add("meaning", e.meaning);
    add("origin", e.own ? "gateway" : "upstream");
    if(!e.cause.empty())
        add("cause", e.cause);
    out += '}';
}

std::string html(std::string_view title, std::string const& content)
{
    return "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width\">\n<title>" +
           escaped_markup(title) +
           "</title>\n<style>body{font:16px/1.5 sans-serif;max-width:48em;margin:2em auto;padding:0 1em}"
           "td,th{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}</style>\n<h1>" +
           escaped_markup(title) + "</h1>\n" + content;
}

std::string html_of(std::string const& name, entry const& e, std::string_view base)
{
    std::string content = "<p>" + escaped_markup(e.meaning) + "</p>\n<table>";
    auto const row = [&](std::string_view key, std::string_view value) {
        content.append("<tr><th>").append(key).append("</th><td>").append(escaped_markup(value)).append("</td></tr>\n");
    };
    row("code", code_of(name));
    if(e.status)
        row("status", std::to_string(e.status) + ' ' + std::string(e.title));
    row("comes from", e.own ? "the gateway" : "the service behind it");
    if(!e.cause.empty())
        row("cause in log and metrics", e.cause);
    if(e.own)
        row("retry", e.retry ? "worth while after the time given in the answer" : "of no use unchanged");
    content.append("</table>\n<p><a href=\"").append(escaped_markup(base)).append("\">All problem types</a></p>\n");
    return html(code_of(name), content);
}

std::string html_list(std::string_view base)
{
    std::string content = "<table><tr><th>code</th><th>status</th><th>meaning</th></tr>\n";
    for(auto const& [name, e] : entries())
        content.append("<tr><td><a href=\"")
            .append(escaped_markup(base))
            .append(name)
            .append("\">")
            .append(code_of(name))
            .append("</a></td><td>")
            .append(std::to_string(e.status))
            .append("</td><td>")
            .append(escaped_markup(e.meaning))
            .append("</td></tr>\n");
    return html("Problem types", content + "</table>\n");
}

bool prefers_html(std::string_view accept)
{
    auto const page = accept.find("text/html");
    auto const data = accept.find("json");
    return page < data; // npos: not asked for
}
} // namespace

catalog_page catalog(std::string_view name, std::string_view base, std::string_view accept)
{
    name = name.substr(0, 80);
    constexpr std::string_view in_types = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if(name.find_first_not_of(in_types) != std::string_view::npos)
        name = "unknown"; // no code of ours or of anybody else looks like that in a type
    bool const page = prefers_html(accept);
    catalog_page out{page ? "text/html; charset=utf-8" : "application/json", {}};
    if(name.empty())
    {
        if(page)
            out.body = html_list(base);
        else
        {
            out.body = "{\"problems\":[";
            for(auto const& [known, e] : entries())
            {
                out.body.append(out.body.back() == '[' ? "" : ",\n");
                add_json(known, e, base, out.body);
            }
            out.body += "]}\n";
        }
        return out;
    }
    auto const known = entries().find(name);
    entry const foreign{.meaning =
                            "This code comes from the service behind the gateway, whose documentation explains it."};
    auto const& e = known == entries().end() ? foreign : known->second;
    if(page)
        out.body = html_of(std::string(name), e, base);
    else
    {
        add_json(std::string(name), e, base, out.body);
        out.body += '\n';
    }
    return out;
}

} // namespace errata
