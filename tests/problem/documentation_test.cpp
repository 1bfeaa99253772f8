// Tables in the documentation that mirror tables in the code. `ERRATA_WRITE_DOCS=1 errata_problem_tests` writes them
// anew; otherwise a difference is a failure.

#include "problem/failure.hpp"
#include "problem/retry.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace errata;

namespace
{
std::string contents(std::string const& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// Compares what stands between `<!-- NAME: made ... -->` and `<!-- /NAME -->` with `expected`.
void expect_table(std::string const& page, std::string const& name, std::string const& expected)
{
    auto const file = std::string(ERRATA_SOURCE_DIR "/docs/") + page;
    auto text = contents(file);
    auto const opening = text.find("<!-- " + name + ": ");
    auto const closing = text.find("<!-- /" + name + " -->");
    ASSERT_NE(opening, std::string::npos) << file;
    ASSERT_NE(closing, std::string::npos) << file;
    auto const begin = text.find("-->\n", opening) + 4;
    if(std::getenv("ERRATA_WRITE_DOCS"))
        std::ofstream{file} << text.replace(begin, closing - begin, expected);
    else
        EXPECT_EQ(text.substr(begin, closing - begin), expected) << file << " is out of step: run ./dev docs";
}

std::string_view words_for(execution acted)
{
    switch(acted)
    {
    case execution::no:
        return "no";
    case execution::maybe:
        return "maybe";
    case execution::yes:
        return "yes";
    }
    return {};
}

std::string_view words_for(hint_source wait)
{
    switch(wait)
    {
    case hint_source::none:
        return "never";
    case hint_source::policy:
        return "by the status's rule";
    case hint_source::policy_if_safe:
        return "by the status's rule, if safe";
    case hint_source::known_time:
        return "the time that is known";
    case hint_source::one_second:
        return "1";
    }
    return {};
}

std::string_view words_for(retry_rule rule)
{
    switch(rule)
    {
    case retry_rule::never:
        return "never";
    case retry_rule::when_hinted:
        return "if the upstream names a wait";
    case retry_rule::when_declared:
        return "if the upstream names a wait";
    case retry_rule::backoff:
        return "the upstream's wait, else the schedule";
    case retry_rule::one_second:
        return "after 1 second";
    }
    return {};
}

std::string ticked(std::string_view text)
{
    return text.empty() ? std::string{} : '`' + std::string(text) + '`';
}

std::string status_of(failure_trait const& row)
{
    return row.status ? std::to_string(row.status) : row.what == failure::cut_after_head ? "-" : "as before";
}
} // namespace

TEST(documentation, has_the_failure_table)
{
    std::ostringstream table;
    table << "| code | status | cause in log and metrics | `Proxy-Status` error | executed? | Retry-After | detail |\n"
             "|---|---|---|---|---|---|---|\n";
    for(std::size_t i = 0; i < failure_count(); ++i)
    {
        auto const& row = trait(static_cast<failure>(i));
        table << "| " << ticked(row.code) << " | " << status_of(row) << " | " << ticked(row.name) << " | "
              << ticked(row.token) << " | " << words_for(row.acted) << " | " << words_for(row.wait) << " | "
              << row.detail << " |\n";
    }
    expect_table("errors.md", "failures", table.str());
}

TEST(documentation, has_the_retry_rules_of_the_statuses)
{
    retry_policy const policy;
    std::ostringstream table;
    table << "| status | a retry is advised |\n|---|---|\n";
    for(unsigned first = 400; first < 600;)
    {
        auto last = first;
        while(last + 1 < 600 && policy.rule_for(last + 1) == policy.rule_for(first))
            ++last;
        table << "| " << first;
        if(last != first)
            table << '-' << last;
        table << " | " << words_for(policy.rule_for(first)) << " |\n";
        first = last + 1;
    }
    expect_table("retry.md", "statuses", table.str());
}

TEST(documentation, has_the_waits_of_the_schedule)
{
    retry_policy const policy;
    std::ostringstream table;
    table << "| failures reported | wait |\n|---|---|\n";
    for(unsigned failures = 0; failures <= policy.attempts; ++failures)
    {
        retry_facts facts;
        facts.status = 503;
        facts.failures = failures;
        auto const advice = advise(facts, policy);
        table << "| " << failures << " | "
              << (advice.allowed ? std::to_string(advice.seconds()) + " s" : "none: exhausted") << " |\n";
    }
    expect_table("retry.md", "schedule", table.str());
}
