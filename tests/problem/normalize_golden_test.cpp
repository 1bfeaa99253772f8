#include "problem/known_errors.hpp"
#include "support/golden_case.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace errata
{
namespace
{
using namespace test;

std::vector<golden_case> const& cases()
{
    static auto const all = read_golden_cases(ERRATA_SOURCE_DIR "/tests/golden/normalize");
    return all;
}

std::vector<std::pair<std::string, std::string>> sorted_fields(answer const& a)
{
    std::vector<std::pair<std::string, std::string>> out;
    for(auto const& f : a.fields)
        out.emplace_back(f.name, f.value);
    std::ranges::sort(out);
    return out;
}
} // namespace

// ERRATA_UPDATE_GOLDEN=1 writes the answers into the files, to be read before they are committed.
TEST(golden_normalize, gives_the_answer_that_the_file_says)
{
    ASSERT_GE(cases().size(), 40u);
    for(auto const& c : cases())
    {
        workspace work;
        auto const text = as_text(run(c, work));
        if(std::getenv("ERRATA_UPDATE_GOLDEN"))
            std::ofstream{c.path, std::ios::binary} << c.before_answer << text;
        else
            EXPECT_EQ(text, c.expected) << c.path;
    }
}

TEST(golden_normalize, changes_nothing_the_second_time)
{
    for(auto const& c : cases())
    {
        workspace work, second;
        auto const once = run(c, work);
        // A rule's or table's new status is a new error for whoever comes next.
        auto const twice = run_again(c, once, second);
        EXPECT_EQ(twice.status, once.status) << c.path;
        EXPECT_EQ(twice.body, once.body) << c.path;
        EXPECT_EQ(sorted_fields(twice), sorted_fields(once)) << c.path;
    }
}

TEST(golden_normalize, gives_the_same_answer_to_an_error_that_is_known)
{
    known_errors known;
    workspace remembers;
    remembers.known = &known;
    auto const expect_same = [&](golden_case const& c)
    {
        workspace fresh;
        auto const expected = as_text(run(c, fresh));
        EXPECT_EQ(as_text(run(c, remembers)), expected) << c.path;
    };
    for(auto const& c : cases())
        for(int times = 0; times < 4; ++times)
            expect_same(c);
    for(int round = 0; round < 2; ++round)
        for(auto const& c : cases())
            expect_same(c);
}

TEST(golden_normalize, leaves_the_workspace_ready_for_the_next_answer)
{
    workspace reused;
    for(int round = 0; round < 2; ++round)
        for(auto const& c : cases())
        {
            workspace fresh;
            auto const expected = as_text(run(c, fresh));
            EXPECT_EQ(as_text(run(c, reused)), expected) << c.path;
        }
}

TEST(golden_normalize, writes_json_with_its_true_length)
{
    for(auto const& c : cases())
    {
        workspace work;
        auto const a = run(c, work);
        if(!a.rewritten || a.body.empty())
            continue;
        boost::system::error_code ec;
        boost::json::parse({a.body.data(), a.body.size()}, ec);
        EXPECT_FALSE(ec) << c.path;
        EXPECT_EQ(value_of(a.fields, "Content-Length"), std::to_string(a.body.size())) << c.path;
    }
}

} // namespace errata
