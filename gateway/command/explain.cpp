#include "command/explain.hpp"

#include "command/http_text.hpp"
#include "command/mistakes.hpp"
#include "command/rehearsal.hpp"
#include "command/retry_reason.hpp"
#include "command/sample.hpp"
#include "problem/json_writer.hpp"
#include "problem/rules.hpp"
#include "problem/status.hpp"

#include <fmt/format.h>

#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>
#include <sstream>

namespace errata
{
namespace
{
/// Everything that explain found out, ready to be written either way.
struct explanation
{
    route const* chosen = nullptr;
    route_match const* match = nullptr;
    upstream_config const* upstream = nullptr;
    std::string upstream_at;
    std::vector<written_setting> settings, behind_retry;
    std::optional<answer> reply;
};

std::string conditions(route_match const& match)
{
    using kind = route_match::path_kind;
    std::vector<std::string> parts;
    if(!match.hosts.empty())
        parts.push_back(fmt::format("host {}", fmt::join(match.hosts, " or ")));
    if(match.kind != kind::any)
        parts.push_back(fmt::format("{} {}",
                                    match.kind == kind::exact    ? "path"
                                    : match.kind == kind::prefix ? "path prefix"
                                                                 : "path regex",
                                    match.path));
    if(!match.methods.empty())
        parts.push_back(fmt::format("method {}", fmt::join(match.methods, " or ")));
    for(auto const& f : match.fields)
        parts.push_back(
            fmt::format("field {}{}", f.name, f.present ? " present" : (f.regex ? " like " : " = ") + f.value));
    return parts.empty() ? "every request" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string endpoints(upstream_config const& upstream)
{
    std::vector<std::string> urls;
    for(auto const& e : upstream.endpoints)
        urls.push_back(e.weight == 1 ? e.url : fmt::format("{} (weight {})", e.url, e.weight));
    return fmt::format("{}", fmt::join(urls, ", "));
}

std::string dialect_found(answer const& reply)
{
    if(reply.dialect.empty() || reply.dialect == "none")
        return "none";
    return fmt::format("{} ({} %)  ({})", reply.dialect, reply.confidence,
                       !reply.dialect_at.empty()    ? reply.dialect_at
                       : reply.dialect == "generic" ? "read by meaning"
                                                    : "built in");
}

std::string rule_applied(explanation const& e)
{
    if(auto const* const rule = e.reply->rule)
        return fmt::format("{}  ({})", rule->name.empty() ? "the one without a name" : rule->name, rule->where);
    auto const count = e.chosen->errors->rules ? e.chosen->errors->rules->all().size() : 0;
    return count ? fmt::format("none of {} fits", count) : "none configured";
}

std::string rewriting(answer const& reply)
{
    return reply.rewritten ? "yes" : reply.would_rewrite ? "no: mode observe" : "no";
}

void write_text(explanation const& e, rehearsal const& played, console& io)
{
    auto const& asked = played.request();
    io.out << fmt::format("{} {}{}{}\n\n", asked.method, asked.host, asked.path, asked.query);
    if(!e.chosen)
    {
        io.out << (played.found().allow.empty()
                       ? std::string{"route     none: 404 ROUTE_NOT_FOUND\n"}
                       : fmt::format("route     none for this method: 405 METHOD_NOT_ALLOWED, Allow: {}\n",
                                     played.found().allow));
        return;
    }
    io.out << fmt::format("route     {}  ({})\n", e.chosen->name, to_text(e.chosen->where));
    io.out << fmt::format("matches   {}\n", conditions(*e.match));
    io.out << fmt::format("upstream  {}: {}  ({})\n", e.upstream->name, endpoints(*e.upstream), e.upstream_at);
    io.out << fmt::format("target    {}\n", played.target());
    if(e.chosen->maintenance.on)
        io.out << "answers   503 MAINTENANCE: the switch is on\n";
    io.out << "\nsettings  (what is not here has its default)\n";
    for(auto const& s : e.settings)
        io.out << fmt::format("  {:<40} {:<28} {}\n", s.name, s.value, to_text(s.where));
    if(!e.reply)
        return;
    io.out << fmt::format("\nanswer    {} {}\n", e.reply->status, reason_of(e.reply->status));
    io.out << fmt::format("dialect   {}\n", dialect_found(*e.reply));
    io.out << fmt::format("rule      {}\n", rule_applied(e));
    io.out << fmt::format("rewritten {}\n", rewriting(*e.reply));
    io.out << fmt::format("retry     {}\n", retry_reason(*e.reply, e.behind_retry));
    if(e.reply->leaks)
        io.out << fmt::format("leaks     {} kept back\n", e.reply->leaks);
    io.out << '\n';
    write_http(*e.reply, io.out);
    io.out << '\n';
}

void write_settings(std::string_view name, std::vector<written_setting> const& settings, json_writer& json)
{
    json.open_array(name);
    for(auto const& s : settings)
    {
        json.open_object();
        json.string("name", s.name);
        json.string("value", s.value);
        json.string("at", to_text(s.where));
        json.close_object();
    }
    json.close_array();
}

void write_json(explanation const& e, rehearsal const& played, console& io)
{
    std::string text;
    json_writer json{text};
    json.open_object();
    json.string("method", played.request().method);
    json.string("host", played.request().host);
    json.string("path", played.request().path);
    if(e.chosen)
    {
        json.string("route", e.chosen->name);
        json.string("route_at", to_text(e.chosen->where));
        json.string("matches", conditions(*e.match));
        json.string("upstream", e.upstream->name);
        json.string("upstream_at", e.upstream_at);
        json.string("target", played.target());
        write_settings("settings", e.settings, json);
    }
    else
        json.string("allow", played.found().allow);
    if(e.reply)
    {
        json.number("status", e.reply->status);
        json.string("dialect", e.reply->dialect);
        if(!e.reply->dialect_at.empty())
            json.string("dialect_at", e.reply->dialect_at);
        if(e.reply->rule)
        {
            json.string("rule", e.reply->rule->name);
            json.string("rule_at", e.reply->rule->where);
        }
        json.boolean("rewritten", e.reply->rewritten);
        json.string("retry", retry_verdict(*e.reply));
        write_settings("retry_settings", e.behind_retry, json);
        json.string("body", e.reply->body);
    }
    json.close_object();
    io.out << json.text() << '\n';
}

bool read_sample(explain_options const& options, console& io, sample& out)
{
    out.status = *options.status;
    for(auto const& line : options.reply_fields)
        out.fields.push_back(split_field(line));
    if(options.body == "-")
        out.body.assign(std::istreambuf_iterator<char>{io.in}, {});
    else if(!options.body.empty())
    {
        std::ifstream file{options.body, std::ios::binary};
        if(!file)
        {
            io.err << "errata: the file " << options.body << " cannot be read\n";
            return false;
        }
        out.body.assign(std::istreambuf_iterator<char>{file}, {});
    }
    return true;
}
} // namespace

int explain(explain_options const& options, console& io)
{
    auto const result = load(options.paths, io.env);
    if(!result.config)
    {
        write_mistakes(result.mistakes, io.err);
        return exit_mistakes;
    }
    std::vector<std::pair<std::string, std::string>> fields;
    for(auto const& line : options.fields)
        fields.push_back(split_field(line));
    auto request = imagine(options.method, options.url, std::move(fields), result.config->encoded_slashes);
    if(!request)
    {
        io.err << "errata: " << options.url << " is no request target: expected a URL, or a path that begins with /\n";
        return exit_usage;
    }
    rehearsal played{*result.config, *std::move(request)};
    explanation e;
    e.chosen = played.found().found;
    for(auto const& [match, candidate] : result.config->routes->all())
        if(&candidate == e.chosen)
            e.match = &match;
    if(e.chosen)
    {
        e.upstream = &result.config->upstreams[e.chosen->upstream];
        e.upstream_at = to_text(place_of_upstream(*result.tree, e.upstream->name));
        e.settings = settings_of(*result.tree, e.chosen->where, e.upstream->name);
    }
    sample reply;
    if(options.status && e.chosen)
    {
        if(!read_sample(options, io, reply))
            return exit_usage;
        e.reply = played.answer_to(reply);
        e.behind_retry = settings_behind(*result.tree, e.chosen->where, e.reply->retry, e.reply->status);
    }
    options.json ? write_json(e, played, io) : write_text(e, played, io);
    return e.chosen ? exit_good : exit_mistakes;
}

} // namespace errata
