// Runs every file of tests/golden/recognize: a raw answer, a line of dashes, what must be recognised.
//
// The expectation is a JSON object. "detail", "code" and "errors" are always compared (absent: nothing may be found);
// "dialect", "title", "help", "request_id", "is_error", "hints" ([{"text","unit"}]), "oauth_error" and "details" (the
// names of the top-level members that nobody consumed) only where the file names them. Of an error, "in" is compared
// where named. "shown" is what the leak guard leaves of the sentence; where it is named and "detail" is not, only that
// counts. Files may hold several cases, each begun by a line
// "==== name".
#include "problem/dialect.hpp"
#include "problem/leak_guard.hpp"
#include "problem/recognize.hpp"
#include "problem/wording.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace errata
{
namespace
{

namespace json = boost::json;

struct golden
{
    std::string name;
    std::string reply;
    std::string expected;
};

void PrintTo(golden const& g, std::ostream* out)
{
    *out << g.name;
}

std::vector<golden> cases_of(std::filesystem::path const& file)
{
    std::ifstream in{file};
    std::vector<golden> cases;
    bool expecting = false;
    for(std::string line; std::getline(in, line);)
    {
        if(line.starts_with("==== ") || cases.empty())
        {
            cases.push_back({file.stem().string(), {}, {}});
            expecting = false;
            if(line.starts_with("==== "))
            {
                cases.back().name += "_" + line.substr(5);
                continue;
            }
        }
        if(!expecting && line.size() >= 4 && line.find_first_not_of('-') == line.npos)
            expecting = true;
        else
            (expecting ? cases.back().expected : cases.back().reply) += line + "\n";
    }
    return cases;
}

std::vector<golden> all_cases()
{
    std::vector<std::filesystem::path> files;
    for(auto const& entry :
        std::filesystem::directory_iterator{std::string{ERRATA_SOURCE_DIR} + "/tests/golden/recognize"})
        if(entry.path().extension() == ".txt")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<golden> all;
    for(auto const& file : files)
        for(auto& one : cases_of(file))
            all.push_back(std::move(one));
    return all;
}

struct raw_reply
{
    unsigned status = 0;
    std::vector<field> fields;
    std::string_view body;
};

raw_reply split(std::string_view text)
{
    raw_reply reply;
    auto const head_end = text.find("\n\n");
    auto head = text.substr(0, head_end);
    reply.body = head_end == text.npos ? std::string_view{} : text.substr(head_end + 2);
    while(reply.body.ends_with('\n'))
        reply.body.remove_suffix(1);
    bool first = true;
    while(!head.empty())
    {
        auto const line = head.substr(0, head.find('\n'));
        head.remove_prefix(std::min(head.size(), line.size() + 1));
        if(std::exchange(first, false))
            reply.status = static_cast<unsigned>(std::stoul(std::string{line.substr(line.find(' ') + 1, 3)}));
        else
            reply.fields.push_back({line.substr(0, line.find(':')), trimmed(line.substr(line.find(':') + 1))});
    }
    return reply;
}

json::value text_or_null(std::string_view text)
{
    return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

json::value code_of(std::string_view source)
{
    return source.empty() ? json::value(nullptr) : json::parse(json::string_view{source.data(), source.size()});
}

std::string_view name_of(field_location in)
{
    constexpr std::string_view names[] = {"content", "query", "path", "header", "cookie", "unknown"};
    return names[static_cast<std::size_t>(in)];
}

std::string_view name_of(hint_unit unit)
{
    constexpr std::string_view names[] = {"seconds", "milliseconds", "duration_text", "epoch", "date_text", "unknown"};
    return names[static_cast<std::size_t>(unit)];
}

json::array errors_of(recognized const& found, json::array const& expected)
{
    json::array errors;
    for(std::size_t i = 0; i < found.errors.size(); ++i)
    {
        auto const& e = found.errors[i];
        json::object one{
            {"field", text_or_null(e.field)}, {"detail", text_or_null(e.detail)}, {"code", code_of(e.code_source)}};
        if(i < expected.size() && expected[i].as_object().contains("in"))
            one["in"] = name_of(e.in);
        errors.push_back(std::move(one));
    }
    return errors;
}

json::array errors_expected(json::object const& expected)
{
    json::array errors = expected.contains("errors") ? expected.at("errors").as_array() : json::array{};
    for(auto& e : errors)
        for(auto const* name : {"field", "detail", "code"})
            e.as_object().emplace(name, nullptr);
    return errors;
}

json::array left_over(document const& doc, recognized const& found)
{
    json::array names;
    if(!doc.root())
        return names;
    for(auto m = doc.root().child(); m; m = m.next())
        if(!std::binary_search(found.consumed.begin(), found.consumed.end(), m.id()))
            names.push_back(json::string(m.name()));
    return names;
}

/// What was recognised, in the form of the expectation: with those of its optional members that it names.
json::object actual_of(document const& doc, recognized const& found, json::object const& expected,
                       std::string_view shown)
{
    json::object all{{"detail", text_or_null(found.detail)},
                     {"code", code_of(found.code_source)},
                     {"errors", errors_of(found, errors_expected(expected))},
                     {"dialect", json::string(found.dialect)},
                     {"title", text_or_null(found.title)},
                     {"help", text_or_null(found.help)},
                     {"request_id", text_or_null(found.request_id)},
                     {"is_error", found.is_error},
                     {"oauth_error", text_or_null(found.oauth_error)},
                     {"shown", text_or_null(shown)},
                     {"details", left_over(doc, found)}};
    json::array hints;
    for(auto const& h : found.hints)
        hints.push_back(json::object{{"text", json::string(h.text)}, {"unit", json::string(name_of(h.unit))}});
    all["hints"] = std::move(hints);
    json::object named;
    for(auto const& [name, value] : all)
        if(name == "detail" || name == "code" || name == "errors" || expected.contains(name))
            named[name] = value;
    return named;
}

class recognize_golden : public testing::TestWithParam<golden>
{
};

TEST_P(recognize_golden, says_what_the_answer_means)
{
    auto const& sample = GetParam();
    auto const reply = split(sample.reply);
    auto expected = json::parse(sample.expected).as_object();
    expected.emplace("code", nullptr);
    bool const only_shown = expected.contains("shown") && !expected.contains("detail");
    expected.emplace("detail", nullptr);
    expected["errors"] = errors_expected(expected);

    arena memory;
    document doc;
    doc.read(reply.body, value_of(reply.fields, "Content-Type"), {}, memory);
    recognized found;
    recognize(doc, {reply.status, reply.fields}, builtin_dialects(), memory, found);

    auto const shown = guard(found.detail, reply.status >= 500, memory).text;
    if(only_shown)
        found.detail = {};
    auto const actual = actual_of(doc, found, expected, shown);
    EXPECT_EQ(actual, expected) << "expected " << json::serialize(expected) << "\nactual   " << json::serialize(actual);
}

std::string test_name(testing::TestParamInfo<golden> const& info)
{
    auto name = info.param.name;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(files, recognize_golden, testing::ValuesIn(all_cases()), test_name);

} // namespace
} // namespace errata
