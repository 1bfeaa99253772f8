#include "command/test.hpp"

#include "command/json_subset.hpp"
#include "command/mistakes.hpp"
#include "command/rehearsal.hpp"
#include "problem/markup.hpp"
#include "routing/test_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <ostream>

namespace errata
{
namespace
{
struct verdict
{
    test_case const* test = nullptr;
    std::vector<std::string> differences; ///< none: it passed
};

/// What kind of failure only the router can tell: the request of the test decides, not its author.
std::optional<failure> refusal(route_table::result const& found)
{
    if(found.found)
        return std::nullopt;
    return found.allow.empty() ? failure::no_route : failure::method_not_allowed;
}

void compare_fields(test_case::expectation const& expect, field_list got, std::vector<std::string>& out)
{
    for(auto const& [name, wanted] : expect.fields)
    {
        auto const* found = find(got, name);
        if(wanted && !found)
            out.push_back(fmt::format("header {}: expected {}, got nothing", name, *wanted));
        else if(wanted && found->value != *wanted)
            out.push_back(fmt::format("header {}: expected {}, got {}", name, *wanted, found->value));
        else if(!wanted && found)
            out.push_back(fmt::format("header {}: expected none, got {}", name, found->value));
    }
}

std::vector<std::string> play(test_case const& test, snapshot const& config)
{
    std::vector<std::string> out;
    auto request = imagine(test.request.method, test.request.url, test.request.fields, config.encoded_slashes);
    if(!request)
        return {fmt::format("request: {} is no request target", test.request.url)};
    rehearsal played{config, *std::move(request)};
    auto const& expect = test.expect;
    auto const& found = played.found();
    if(!expect.route.empty() && (!found.found || found.found->name != expect.route))
        out.push_back(
            fmt::format("route: expected {}, got {}", expect.route, found.found ? found.found->name : "none"));
    if(!expect.target.empty() && played.target() != expect.target)
        out.push_back(fmt::format("target: expected {}, got {}", expect.target, played.target()));
    auto const refused = refusal(found);
    if(refused && test.cause != refused)
        out.push_back(fmt::format("the request reaches no upstream: {}", trait(*refused).name));
    auto const got = refused      ? played.answer_to(*refused)
                     : test.cause ? played.answer_to(*test.cause)
                                  : played.answer_to(*test.upstream);
    if(expect.status && got.status != *expect.status)
        out.push_back(fmt::format("status: expected {}, got {}", *expect.status, got.status));
    compare_fields(expect, got.fields, out);
    if(!expect.body.empty())
        std::ranges::move(json_differences(expect.body, got.body), std::back_inserter(out));
    return out;
}

bool write_junit(std::vector<verdict> const& verdicts, std::string const& path)
{
    auto const failed = std::ranges::count_if(verdicts, [](auto const& v) { return !v.differences.empty(); });
    std::ofstream file{path};
    file << fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"errata\" tests=\"{}\" failures=\"{}\">\n",
        verdicts.size(), failed);
    for(auto const& v : verdicts)
    {
        file << fmt::format("  <testcase name=\"{}\" classname=\"{}\"", escaped_markup(v.test->name),
                            escaped_markup(v.test->where.file));
        if(v.differences.empty())
            file << "/>\n";
        else
            file << fmt::format(">\n    <failure message=\"{}\">{}</failure>\n  </testcase>\n",
                                escaped_markup(v.differences.front()),
                                escaped_markup(fmt::format("{}", fmt::join(v.differences, "\n"))));
    }
    file << "</testsuite>\n";
    return static_cast<bool>(file.flush());
}

void write_verdict(verdict const& v, bool quiet, std::ostream& out)
{
    if(v.differences.empty())
    {
        if(!quiet)
            out << "ok    " << v.test->name << '\n';
        return;
    }
    out << fmt::format("FAIL  {}  ({}:{})\n", v.test->name, v.test->where.file, v.test->where.line);
    for(auto const& difference : v.differences)
        out << "      " << difference << '\n';
}
} // namespace

int run_tests(test_options const& options, console& io)
{
    auto result = load(options.paths, io.env);
    auto const tests = read_tests(*result.tree, result.mistakes);
    auto const broken = std::ranges::any_of(result.mistakes, [](auto const& m) { return !m.warning; });
    if(!result.config || broken)
    {
        write_mistakes(result.mistakes, io.err);
        return exit_mistakes;
    }
    std::vector<verdict> verdicts;
    for(auto const& test : tests)
        if(test.name.find(options.filter) != std::string::npos)
        {
            verdicts.push_back({&test, play(test, *result.config)});
            write_verdict(verdicts.back(), options.quiet, io.out);
        }
    auto const failed = std::ranges::count_if(verdicts, [](auto const& v) { return !v.differences.empty(); });
    if(verdicts.empty())
        io.err << "errata: there are no tests\n";
    else
        io.out << fmt::format("{} {}, {} failed\n", verdicts.size(), verdicts.size() == 1 ? "test" : "tests", failed);
    if(!options.junit.empty() && !write_junit(verdicts, options.junit))
    {
        io.err << "errata: the file " << options.junit << " cannot be written\n";
        return exit_mistakes;
    }
    return verdicts.empty() || failed ? exit_mistakes : exit_good;
}

} // namespace errata
