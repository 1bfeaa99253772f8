#include "command/normalize.hpp"

#include "command/http_text.hpp"
#include "command/mistakes.hpp"
#include "command/retry_reason.hpp"
#include "command/sample.hpp"
#include "problem/json_writer.hpp"
#include "problem/normalize.hpp"
#include "problem/reading.hpp"
#include "problem/utf8.hpp"
#include "routing/load.hpp"
#include "routing/route_table.hpp"

#include <algorithm>
#include <istream>
#include <iterator>
#include <ostream>

namespace errata
{
namespace
{
/// Samples have no request of their own, and the same input shall give the same output.
constexpr std::string_view sample_request_id = "00000000-0000-7000-8000-000000000000";

struct policies
{
    std::shared_ptr<error_policy const> errors = std::make_shared<error_policy>();
    std::shared_ptr<retry_policy const> retry = std::make_shared<retry_policy>();
    identity self;
    loaded config;         ///< keeps what the others point into
    source_position place; ///< of the route; nowhere: the configuration's own policies
};

route const* find_route(snapshot const& config, std::string const& name)
{
    auto const all = config.routes->all();
    for(auto const& entry : all)
        if(name.empty() ? all.size() == 1 : entry.second.name == name)
            return &entry.second;
    return nullptr;
}

/// False after a message: the configuration is broken, or has no such route.
bool read_policies(normalize_options const& options, console& io, policies& out)
{
    if(options.config.empty())
        return true;
    out.config = load(options.config, io.env);
    auto const& config = out.config.config;
    if(!config)
    {
        write_mistakes(out.config.mistakes, io.err);
        return false;
    }
    out.errors = config->errors;
    out.retry = config->retry;
    out.self = config->self;
    auto const* const route = find_route(*config, options.route);
    if(route)
    {
        out.errors = route->errors;
        out.retry = route->retry;
        out.place = route->where;
    }
    else if(!options.route.empty())
        io.err << "errata: no route is named \"" << options.route << "\"\n";
    return route || options.route.empty();
}

bool read_fields(std::vector<std::string> const& lines, std::vector<std::pair<std::string, std::string>>& out,
                 std::ostream& err)
{
    for(auto const& line : lines)
    {
        auto one = split_field(line);
        if(one.first.empty())
        {
            err << "errata: \"" << line << "\" is not of the form \"Name: value\"\n";
            return false;
        }
        if(!is_hop_field(one.first))
            out.push_back(std::move(one));
    }
    return true;
}

class command
{
public:
    command(policies const& p, std::vector<field> request_fields)
        : policies_(p), request_fields_(std::move(request_fields))
    {
    }

    answer answer_to(sample const& s)
    {
        fields_ = s.field_views();
        return normalize(reply_of(s), request_of(s), *policies_.errors, *policies_.retry, policies_.self, now(), 0,
                         work_);
    }

    [[nodiscard]] std::string why(answer const& a) const
    {
        auto const& tree = policies_.config.tree;
        return retry_reason(a, tree ? settings_behind(*tree, policies_.place, a.retry, a.status)
                                    : std::vector<written_setting>{});
    }

    /// What was recognised in the sample that was answered last, whatever its status: after the leak guard, before any
    /// mapping.
    recognized const& recognized_in(sample const& s, hints& read)
    {
        read_error(reply_of(s), *policies_.errors, reading_);
        read = read_hints(fields_, reading_.found.hints, now());
        return reading_.found;
    }

private:
    [[nodiscard]] upstream_answer reply_of(sample const& s) const { return {s.status, fields_, s.body, true, {}}; }
    [[nodiscard]] request_facts request_of(sample const& s) const
    {
        return {.method = s.method, .request_id = sample_request_id, .fields = request_fields_};
    }
    [[nodiscard]] static wall_clock::time_point now() { return wall_clock::now(); }

    policies const& policies_;
    std::vector<field> request_fields_;
    std::vector<field> fields_;
    workspace work_;
    reading reading_;
};

/// A repeated name becomes one member, its values joined as RFC 9110 5.3 allows.
void write_fields(field_list fields, json_writer& json)
{
    json.open_object("headers");
    for(auto f = fields.begin(); f != fields.end(); ++f)
    {
        if(find(fields, f->name) != &*f)
            continue;
        std::string value{f->value};
        for(auto g = f + 1; g != fields.end(); ++g)
            if(iequals(g->name, f->name))
                (value += ", ") += g->value;
        json.foreign_key(f->name);
        json.quote(value);
    }
    json.close_object();
}

/// The body as JSON where it is, else as a string.
void write_body(answer const& a, json_writer& json)
{
    auto const type = value_of(a.fields, "Content-Type");
    if(a.rewritten && !a.body.empty() && type.find("json") != std::string_view::npos)
        return json.raw("body", a.body);
    json.string("body", a.body);
}

void write_optional(std::string_view name, std::string_view value, json_writer& json)
{
    value.empty() ? json.raw(name, "null") : json.string(name, value);
}

void write_code(std::string_view source, std::string_view text, json_writer& json)
{
    source.empty() ? write_optional("code", text, json) : json.raw("code", source);
}

void write_recognized(recognized const& found, hints const& read, json_writer& json)
{
    json.open_object("recognized");
    json.string("dialect", found.dialect);
    write_optional("detail", found.detail, json);
    write_code(found.code_source, found.code, json);
    json.open_array("errors");
    for(auto const& e : found.errors)
    {
        json.open_object();
        write_optional("field", e.field, json);
        write_optional("message", e.detail, json);
        write_code(e.code_source, e.code, json);
        json.close_object();
    }
    json.close_array();
    if(!read.wait)
        json.raw("retry_after_s", "null");
    else if(read.wait->count() % 1000 == 0)
        json.number("retry_after_s", read.wait->count() / 1000);
    else
        json.raw("retry_after_s", std::to_string(read.wait->count() / 1000) + "." +
                                      std::to_string(1000 + read.wait->count() % 1000).substr(1));
    write_optional("request_id", found.request_id, json);
    json.close_object();
}

int normalize_lines(command& one, bool why, console& io)
{
    std::string line, out;
    std::size_t number = 0;
    int status = exit_good;
    while(std::getline(io.in, line))
    {
        ++number;
        if(line.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        auto const s = read_sample(line);
        if(!s)
        {
            io.err << "errata: line " << number << ": " << s.error().reason << '\n';
            status = exit_mistakes;
            continue;
        }
        auto const a = one.answer_to(*s);
        hints read;
        auto const& found = one.recognized_in(*s, read);
        out.clear();
        json_writer json{out};
        json.open_object();
        json.raw("id", s->id);
        json.number("status", a.status);
        write_fields(a.fields, json);
        write_body(a, json);
        json.boolean("rewritten", a.rewritten || a.would_rewrite);
        write_recognized(found, read, json);
        if(why)
            json.string("why", one.why(a));
        json.close_object();
        // Slices of the upstream's text may hold line breaks, always between tokens: a string has none.
        std::ranges::replace_if(
            json.text(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
        io.out << out << '\n';
    }
    return status;
}
} // namespace

int run_normalize(normalize_options const& options, console& io)
{
    policies p;
    if(!read_policies(options, io, p))
        return exit_mistakes;
    sample s;
    sample request;
    if(!read_fields(options.fields, s.fields, io.err) || !read_fields(options.request_fields, request.fields, io.err))
        return exit_usage;
    command one{p, request.field_views()};
    if(options.jsonl)
        return normalize_lines(one, options.why, io);
    s.status = options.status;
    s.method = options.method;
    s.body.assign(std::istreambuf_iterator<char>{io.in}, {});
    auto const a = one.answer_to(s);
    write_http(a, io.out);
    if(options.why)
        io.err << "retry: " << one.why(a) << '\n';
    return exit_good;
}

} // namespace errata
