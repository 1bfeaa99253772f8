#include "command/running.hpp"

using namespace errata;
using namespace errata::test;
using testing::HasSubstr;

namespace
{
constexpr char const* good = "listeners: [{address: 127.0.0.1:8080}]\nroutes: [{upstream: http://127.0.0.1:9000}]\n";
} // namespace

TEST(program, without_arguments_tells_how_it_is_used)
{
    auto const r = errata_with({});
    EXPECT_EQ(r.status, exit_usage);
    EXPECT_THAT(r.err, HasSubstr("errata run --config"));
}

TEST(program, knows_its_version)
{
    auto const r = errata_with({"--version"});
    EXPECT_EQ(r.status, exit_good);
    EXPECT_THAT(r.out, testing::StartsWith("errata "));
}

TEST(every_command, has_help_with_an_example)
{
    for(std::string const name : {"run", "check", "schema", "test", "explain", "health"})
    {
        auto const r = errata_with({name, "--help"});
        EXPECT_EQ(r.status, exit_good) << name;
        EXPECT_THAT(r.out, HasSubstr("Example")) << name;
        EXPECT_THAT(r.out, HasSubstr("errata " + name)) << name;
    }
}

TEST(unknown_option, is_a_usage_mistake)
{
    EXPECT_EQ(errata_with({"check", "--nonsense"}).status, exit_usage);
    EXPECT_EQ(errata_with({"check"}).status, exit_usage);
    EXPECT_EQ(errata_with({"chek", "x"}).status, exit_usage);
}

TEST(check, passes_a_good_file)
{
    scratch files;
    auto const r = errata_with({"check", files.put("a.yaml", good)});
    EXPECT_EQ(r.status, exit_good) << r.err;
    EXPECT_EQ(r.out, "all right: 1 file, 1 upstream, 1 route\n");
}

TEST(check, tells_all_mistakes_and_counts_them)
{
    scratch files;
    auto const r = errata_with({"check", files.put("a.yaml", std::string{good} + "nme: x\nthreads: many\n")});
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.err, HasSubstr("a.yaml:3:1: error: there is no key `nme` here"));
    EXPECT_THAT(r.err, HasSubstr("a.yaml:4:10: error: `many` is no number of threads"));
    EXPECT_THAT(r.err, testing::EndsWith("2 errors\n"));
}

TEST(check, tells_what_is_wrong_with_tests_in_file_order)
{
    scratch files;
    auto const path = files.put("a.yaml", std::string{good} + R"(tests:
  - name: one
    request: {url: nowhere, verb: GET}
    upstream: {status: 42}
    expect: {status: many}
  - name: two
    failure: connect_refuse
  - {name: three, expect: {status: 502}}
errors: {max_body: huge}
)");
    auto const r = errata_with({"check", path});
    EXPECT_EQ(r.status, exit_mistakes);
    std::size_t at = 0;
    auto const first = 1 + static_cast<std::size_t>(std::ranges::count(std::string_view{good}, '\n'));
    std::pair<std::size_t, char const*> const mistakes[] = {{2, ":20: "}, {2, ":29: "}, {3, ":24: "}, {4, ":22: "},
                                                            {5, ":5: "},  {6, ":14: "}, {7, ":5: "},  {8, ":20: "}};
    for(auto const& [line, column] : mistakes)
    {
        auto const place = "a.yaml:" + std::to_string(first + line) + column;
        auto const found = r.err.find(place, at);
        EXPECT_NE(found, std::string::npos) << place << " in\n" << r.err;
        at = found == std::string::npos ? at : found;
    }
    EXPECT_THAT(r.err, HasSubstr("8 errors"));
}

TEST(check, of_a_file_that_is_not_there_says_so)
{
    auto const r = errata_with({"check", "/nowhere/errata.yaml"});
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.err, HasSubstr("the file /nowhere/errata.yaml cannot be read"));
}

TEST(check, writes_json_for_editors)
{
    scratch files;
    auto const r = errata_with({"check", "--json", files.put("a.yaml", std::string{good} + "nme: x\n")});
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.out, HasSubstr(R"("line":3,"column":1,"severity":"error")"));
}

TEST(directory, of_routing_files_is_one_configuration)
{
    scratch files;
    files.put("routing/10-base.yaml",
              "listeners: [{address: 127.0.0.1:8080}]\nupstreams: {a: {endpoints: [http://127.0.0.1:9000]}}\n");
    files.put("routing/20-more.yml",
              "upstreams: {b: {endpoints: [http://127.0.0.1:9001]}}\nroutes: [{match: {path: /b}, upstream: b}]\n");
    files.put("routing/30-rest.yaml", "routes: [{upstream: a}]\n");
    files.put("routing/notes.txt", "not: [routing");
    files.put("routing/.hidden.yaml", "not: [routing");
    auto const r = errata_with({"check", files.path() + "/routing"});
    EXPECT_EQ(r.status, exit_good) << r.err;
    EXPECT_EQ(r.out, "all right: 3 files, 2 upstreams, 2 routes\n");
}

TEST(what_is_set_in_two_files, is_named_with_both_places)
{
    scratch files;
    files.put("x/a.yaml", "threads: 1\nupstreams: {a: {endpoints: [http://127.0.0.1:9000]}}\n");
    files.put("x/b.yaml", std::string{good} + "threads: 2\nupstreams:\n  a: {endpoints: [http://127.0.0.1:9001]}\n");
    auto const r = errata_with({"check", files.path() + "/x"});
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.err, HasSubstr("b.yaml:3:1: error: `threads` is set in two files"));
    EXPECT_THAT(r.err, HasSubstr("a.yaml:1"));
    EXPECT_THAT(r.err, HasSubstr("b.yaml:5:3: error: `upstreams/a` is set in two files"));
}

TEST(include, brings_in_files_beside_the_one_that_names_them)
{
    scratch files;
    files.put("main.yaml", "include: [parts, one.yaml]\nlisteners: [{address: 127.0.0.1:8080}]\n");
    files.put("parts/p.yaml", "routes: [{upstream: a}]\n");
    files.put("one.yaml", "upstreams: {a: {endpoints: [http://127.0.0.1:9000]}}\n");
    auto const r = errata_with({"check", files.path() + "/main.yaml"});
    EXPECT_EQ(r.status, exit_good) << r.err;
}

TEST(include, in_a_circle_is_named)
{
    scratch files;
    files.put("a.yaml", std::string{good} + "include: b.yaml\n");
    files.put("b.yaml", "include: a.yaml\n");
    auto const r = errata_with({"check", files.path() + "/a.yaml"});
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.err, HasSubstr("the files include each other: a.yaml includes b.yaml includes a.yaml"));
}
