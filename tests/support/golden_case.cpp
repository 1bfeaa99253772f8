#include "support/golden_case.hpp"

#include "problem/status.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace errata::test
{
namespace
{
using namespace std::chrono;

constexpr std::string_view request_id = "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c";
constexpr wall_clock::time_point noon = sys_days{2026y / November / 21} + 12h;

std::pair<std::string, std::string> split(std::string const& line, std::string const& separator)
{
    auto const at = line.find(separator);
    if(at == std::string::npos)
        throw std::runtime_error("not \"name" + separator + "value\": " + line);
    auto const value = line.find_first_not_of(' ', at + separator.size());
    return {line.substr(0, at), value == std::string::npos ? "" : line.substr(value)};
}

template <class T>
T one_of(std::string const& value, std::initializer_list<std::pair<char const*, T>> choices)
{
    for(auto const& [name, choice] : choices)
        if(value == name)
            return choice;
    throw std::runtime_error("unknown value " + value);
}

void set(golden_case& c, std::string const& line)
{
    auto const [key, value] = split(line, ":");
    if(key == "method")
        c.method = value;
    else if(key == "accept")
        c.request_fields.emplace_back("Accept", value);
    else if(key == "request")
        c.request_fields.push_back(split(value, ":"));
    else if(key == "body")
        c.errors.body = one_of<body_policy>(value, {{"canonical", body_policy::canonical},
                                                    {"compatible", body_policy::compatible},
                                                    {"passthrough", body_policy::passthrough}});
    else if(key == "mode")
        c.errors.mode = one_of<error_mode>(value, {{"observe", error_mode::observe}, {"off", error_mode::off}});
    else if(key == "expose")
        c.errors.exposed = one_of<expose>(value, {{"all", expose::all}, {"none", expose::none}});
    else if(key == "render")
        c.errors.render = one_of<rendering>(value, {{"envelope", rendering::envelope}});
    else if(key == "type_base")
        c.errors.type_base = value;
    else if(key == "rate_limit_fields")
        c.retry.rate_limit_fields = value == "true";
    else if(key == "plain_json")
        c.errors.plain_json = value == "true";
    else if(key == "code")
        c.errors.codes.insert(split(value, "="));
    else if(key == "success")
        c.errors.success = std::make_shared<success_conditions>(std::vector{success_conditions::preset(value).value()});
    else if(key == "challenge")
        c.errors.challenge = value;
    else if(key == "allow")
        c.errors.allow = value;
    else if(key == "tries")
        c.tries = static_cast<unsigned>(std::stoul(value));
    else
        throw std::runtime_error("unknown setting " + key);
}

void read_reply(golden_case& c, std::istream& in, std::string line)
{
    c.status = static_cast<unsigned>(std::stoul(line.substr(9, 3)));
    while(std::getline(in, line) && !line.empty())
        c.fields.push_back(split(line, ":"));
    std::ostringstream rest;
    rest << in.rdbuf();
    c.body = rest.str();
    if(c.body.ends_with('\n'))
        c.body.pop_back();
}

golden_case read_case(std::filesystem::path const& path)
{
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    auto const whole = text.str();
    std::string const dashes = "\n----------\n";
    auto const at = whole.find(dashes);
    golden_case c;
    c.path = path.string();
    c.before_answer = whole.substr(0, at) + dashes;
    c.expected = at == std::string::npos ? "" : whole.substr(at + dashes.size());

    std::istringstream in{whole.substr(0, at) + "\n"};
    std::string line;
    while(std::getline(in, line) && !line.starts_with("HTTP/1.1 "))
        if(!line.empty() && line[0] != '#')
            set(c, line);
    read_reply(c, in, line);
    return c;
}

std::vector<field> views(std::vector<std::pair<std::string, std::string>> const& fields)
{
    std::vector<field> out;
    for(auto const& [name, value] : fields)
        out.push_back({name, value});
    return out;
}

answer run_on(golden_case const& c, upstream_answer const& reply, workspace& work)
{
    auto const request = views(c.request_fields);
    request_facts const facts{.method = c.method, .request_id = request_id, .fields = request, .tries = c.tries};
    auto const wanted = wants_body(reply.status, reply.fields, c.method, c.errors) ||
                        wants_peek(reply.status, reply.fields, c.method, c.errors) > 0;
    return (wanted ? normalize : normalize_head)(reply, facts, c.errors, c.retry, {}, noon, 0, work);
}
} // namespace

std::vector<golden_case> read_golden_cases(std::string const& directory)
{
    std::vector<std::filesystem::path> paths;
    for(auto const& entry : std::filesystem::directory_iterator{directory})
        if(entry.path().extension() == ".txt")
            paths.push_back(entry.path());
    std::ranges::sort(paths);
    std::vector<golden_case> cases;
    for(auto const& path : paths)
        cases.push_back(read_case(path));
    return cases;
}

answer run(golden_case const& c, workspace& work)
{
    // The answer's views may lie in the reply's fields: static so that they outlive the call, as a read buffer would.
    static thread_local std::vector<field> fields;
    fields = views(c.fields);
    return run_on(c, {c.status, fields, c.body, true, {}}, work);
}

answer run_again(golden_case const& c, answer const& first, workspace& work)
{
    return run_on(c, {first.status, first.fields, first.body, true, {}}, work);
}

std::string as_text(answer const& a)
{
    std::ostringstream out;
    out << "HTTP/1.1 " << a.status << ' ' << reason_of(a.status) << '\n';
    for(auto const& f : a.fields)
        out << f.name << ": " << f.value << '\n';
    out << '\n' << a.body << '\n';
    return out.str();
}

} // namespace errata::test
