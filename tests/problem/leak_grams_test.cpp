#include "problem/leak_grams.hpp"
#include "problem/leak_patterns.hpp"

#include <gtest/gtest.h>
#include <re2/filtered_re2.h>

#include <algorithm>
#include <string>
#include <vector>

namespace errata
{
namespace
{
leak_grams grams_of(std::string_view words)
{
    leak_grams grams;
    grams.add(words);
    return grams;
}

TEST(leak_grams, find_words_in_either_case_wherever_they_stand)
{
    auto const grams = grams_of("traceback|sql|port 9|.A");
    for(std::string_view const text :
        {"traceback", "TRACEBACK (most", "a Traceback", "MySQL", "to port 8", "java.Lang"})
        EXPECT_TRUE(grams.may_hold(text)) << text;
    for(std::string_view const text : {"", "t", "must not be blank", "a port", "java.lang", "End. Of it"})
        EXPECT_FALSE(grams.may_hold(text)) << text;
}

TEST(leak_grams, do_not_take_one_word_for_another_that_hashes_alike)
{
    auto const grams = grams_of("panicked at ");
    std::string text(4, ' ');
    unsigned alike = 0;
    for(int a = 'a'; a <= 'z'; ++a)
        for(int b = 'a'; b <= 'z'; ++b)
            for(int c = 'a'; c <= 'z'; ++c)
                for(int d = 'a'; d <= 'z'; ++d)
                {
                    text = {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), static_cast<char>(d)};
                    alike += grams.may_hold(text);
                }
    EXPECT_EQ(alike, 1u);
}

/// The literals that RE2 says a match must contain, less those that the words are part of: nothing may match by the
/// others alone.
bool words_are_necessary(leak_pattern const& pattern)
{
    RE2::Options options;
    options.set_encoding(RE2::Options::EncodingLatin1);
    re2::FilteredRE2 filter{2};
    int id = 0;
    filter.Add(pattern.expression, options, &id);
    std::vector<std::string> literals;
    filter.Compile(&literals);
    auto const grams = grams_of(pattern.words);
    std::vector<int> others, possible;
    for(std::size_t i = 0; i < literals.size(); ++i)
        if(!grams.may_hold(literals[i]))
            others.push_back(static_cast<int>(i));
    filter.AllPotentials(others, &possible);
    return possible.empty();
}

// Matches of the patterns whose literals RE2 does not tell well enough: one per alternative.
constexpr std::string_view matches[]{
    "#0 {main}",
    "\n#12 foo(3): ",
    "\nat a.b",
    "\n\tat x",
    "x  at async y",
    "x\t at y",
    "goroutine 7 [",
    "PLS-00201",
    "ORA-00942",
    "PG::E",
    "Mysql2::",
    "SQLite::",
    "SQLite3::",
    "SQLITE_BUSY",
    "ER_DUP_ENTRY",
    "ER_NO_SUCH",
    "ER_NON_UNIQ",
    "ER_PARSE_ERROR",
    "ER_ACCESS_DENIED_E",
    "ER_LOCK_WAIT",
    "ER_DATA_TOO",
    "ER_TRUNCATED_W",
    "ER_ROW_IS_REF",
    "ER_BAD_FIELD_E",
    "ER_CON_COUNT",
    "ER_QUERY_I",
    "ER_WRONG_V",
    "ER_SUBQUERY_N",
    "psycopg.",
    "psycopg2.",
    "mysql_q",
    "mysqli_q",
    "PDOException",
    "cannot connect to the database",
    "can't reach local mysql",
    "server closed the connection unexpectedly",
    "could not translate host name",
    "/srv/app/a",
    "x.py:12",
    "x.rb(3",
    "a.go:line 3",
    "b.c, on line 4",
    "Server at a.b Port 80",
    "java.lang.IllegalStateException",
    "System.IO.FileError",
    "Foo.bar.BazThrowable",
    "App\\Foo\\BarException",
    "Net::ReadError",
    "ActiveRecord::X",
    "Foo_Exception",
    "com.acme.Thing",
    "App\\Thing",
    "std::bad",
    "AKIA0",
    "ASIA0",
    "sk-1",
    "sk_1",
    "rk_live_1",
    "ghp_a",
    "gho_a",
    "github_pat_a",
    "glpat-1",
    "AIza1",
    "xoxb-1",
    "SG.a.b",
    "ya29.a",
    "hf_a",
    "npm_a",
    "dop_v1_a",
    "shpat_a",
    "whsec_a",
    "Bearer a",
    "basic a",
    "password=x",
    "passwd: x",
    "pwd = x",
    "client_secret=x",
    "apikey=x",
    "api_key=x",
    "api-key=x",
    "access-key=x",
    "accessKey=x",
    "private_key=x",
    "authToken=x",
    "refresh_token=x",
    "access_token=x",
    "10.0.0.1",
    "fd00::1",
    "fc12:3",
    "fe80::1",
    "[::1]:80",
    "[ab:]",
    " ::1",
    "a.internal",
    "a.local",
    "a.localdomain",
    "a.lan",
    "a.corp",
    "a.intra",
    "a.intranet",
    "a.svc",
    "a.consul",
    "a.private",
    "a.home.arpa",
    "localhost:80",
    "ip-10-0-0-1",
    "db:5432",
    "host a1",
    "hostname: a1",
    "cURL error 7",
    "stack traceback:",
    "Require stack:",
    "near \"x\": syntax error",
    "[Microsoft][",
    "ODBC SQL",
    "odbc driver",
    "[unixODBC]",
    "Cannot destructure property ",
    "Unexpectedly found nil",
    "attempt to index ",
    "cannot import name ",
    "stack level too deep",
    "Maximum call stack size",
    "Allowed memory size of 1",
    "Maximum execution time of 3",
    "Java heap space",
    "MySQL server has gone away",
    "Lost connection to MySQL",
    "ConnectionString property",
    "Can't locate object method ",
    "Can't call method ",
    "lookup a: ",
    "HTTPSConnectionPool(",
};

TEST(leak_patterns, match_nothing_without_one_of_their_words)
{
    for(auto const& pattern : leak_patterns())
    {
        if(words_are_necessary(pattern))
            continue;
        RE2::Options options;
        options.set_encoding(RE2::Options::EncodingLatin1);
        RE2 const expression{pattern.expression, options};
        auto const grams = grams_of(pattern.words);
        unsigned seen = 0;
        for(auto const text : matches)
            if(RE2::PartialMatch({text.data(), text.size()}, expression))
            {
                ++seen;
                EXPECT_TRUE(grams.may_hold(text)) << text << " of " << pattern.expression;
            }
        EXPECT_GT(seen, 0u) << "no sample of " << pattern.expression;
    }
}
} // namespace
} // namespace errata
