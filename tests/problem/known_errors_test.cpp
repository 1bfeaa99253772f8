#include "problem/known_errors.hpp"

#include "problem/dialect.hpp"
#include "problem/normalize.hpp"
#include "problem/rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <list>
#include <ostream>

namespace errata
{
namespace
{
std::string const long_id(201, 'x'), large_value(5000, 'x');

struct sample
{
    unsigned status = 429;
    std::vector<field> fields{
        {"Content-Type", "application/json"}, {"Date", "Mon, 01 Jun 2026 00:00:00 GMT"}, {"X-Request-Id", "first-id"}};
    std::string body = R"({"error":{"code":"slow_down","message":"Not so fast","fields":{"sku":"is unknown"}}})";
    bool complete = true;
    error_policy errors;
};

/// All that a client or an operator may get of it.
std::string text_of(reading const& r)
{
    auto const& f = r.found;
    std::string out;
    for(auto const text : {f.dialect, f.detail, f.title, f.code, f.code_source, f.help, f.request_id, f.oauth_error,
                           f.oauth_description, r.trouble})
        out += std::string{text} + '|';
    for(auto const& e : f.errors)
        out += std::string{e.field} + '=' + std::string{e.detail} + '|';
    for(auto const& h : f.hints)
        out += "hint " + std::string{h.text} + '|';
    for(auto const i : f.consumed)
        out += std::to_string(i) + ' ';
    return out + std::to_string(r.leaks) + ' ' + std::to_string(r.doc.size());
}

/// What is read of a sample whose octets are gone afterwards, as those of a connection are.
std::string read_with(known_errors& known, sample const& s)
{
    reading otherwise;
    auto const body = s.body;
    std::list<std::string> octets;
    auto const passing = [&octets](std::string_view text) -> std::string_view { return octets.emplace_back(text); };
    std::vector<field> fields;
    for(auto const& f : s.fields)
        fields.push_back({passing(f.name), passing(f.value)});
    return text_of(known.read({s.status, fields, body, s.complete, {}}, s.errors, otherwise));
}

std::string read_anew(sample const& s)
{
    reading fresh;
    read_error({s.status, s.fields, s.body, s.complete, {}}, s.errors, fresh);
    return text_of(fresh);
}

std::shared_ptr<dialect_table const> table_of(dialect_condition condition)
{
    auto table = std::make_shared<dialect_table>();
    dialect_source source;
    source.name = "own";
    source.when = {std::move(condition)};
    EXPECT_TRUE(table->add(std::move(source)));
    table->add_builtin();
    return table;
}

std::shared_ptr<error_rules const> rule_that(std::function<void(error_rule::outcome&)> const& sets)
{
    error_rule rule;
    sets(rule.set);
    auto built = error_rules::build({std::move(rule)});
    return built ? std::make_shared<error_rules const>(std::move(*built)) : nullptr;
}

struct row
{
    char const* what;
    std::function<void(sample&)> change;
};
void PrintTo(row const& r, std::ostream* out)
{
    *out << r.what;
}

class known_error : public testing::TestWithParam<row>
{
};
} // namespace

TEST_P(known_error, is_read_as_if_nothing_were_known)
{
    sample before;
    auto after = before;
    GetParam().change(after);
    known_errors known;
    for(auto const* s : {&before, &before, &before, &after, &after, &after, &before, &before, &after, &before})
        EXPECT_EQ(read_with(known, *s), read_anew(*s));
}

INSTANTIATE_TEST_SUITE_P(
    answers, known_error,
    testing::Values(
        row{"the same", [](sample&) {}}, //
        row{"another status", [](sample& s) { s.status = 503; }},
        row{"another body of the same length", [](sample& s) { s.body.replace(s.body.find("Not"), 3, "Yet"); }},
        row{"another media type", [](sample& s) { s.fields[0].value = "text/plain"; }},
        row{"another coding",
            [](sample& s) {
                s.fields.push_back({"Content-Encoding", "gzip"});
            }},
        row{"a later date", [](sample& s) { s.fields[1].value = "Mon, 01 Jun 2026 00:00:01 GMT"; }},
        row{"another id", [](sample& s) { s.fields[2].value = "second-id"; }},
        row{"no id", [](sample& s) { s.fields[2].value = ""; }},
        row{"an id that is too long", [](sample& s) { s.fields[2].value = long_id; }},
        row{"an id that may not be shown", [](sample& s) { s.fields[2].value = "/srv/app/secrets/request.py"; }},
        row{"an id from elsewhere", [](sample& s) { s.fields[2].name = "X-Correlation-Id"; }},
        row{"a second id",
            [](sample& s) {
                s.fields.push_back({"Request-Id", "second-id"});
            }},
        row{"a code in the head",
            [](sample& s) {
                s.fields.push_back({"x-amzn-errortype", "ThrottlingException"});
            }},
        row{"a challenge",
            [](sample& s) {
                s.fields.push_back({"WWW-Authenticate", "Bearer error=\"invalid_token\""});
            }},
        row{"another exposure", [](sample& s) { s.errors.exposed = expose::none; }},
        row{"less depth", [](sample& s) { s.errors.max_depth = 2; }},
        row{"a shorter limit", [](sample& s) { s.errors.max_body = 10; }},
        row{"cut off", [](sample& s) { s.complete = false; }},
        row{"large", [](sample& s) { s.body.insert(s.body.size() - 1, ",\"more\":\"" + large_value + '"'); }},
        row{"a large head",
            [](sample& s) {
                s.fields.push_back({"X-Large", large_value});
            }}),
    [](auto const& one)
    {
        std::string name = one.param.what;
        std::ranges::replace(name, ' ', '_');
        return name;
    });

TEST(known_error, is_judged_by_a_dialect_that_looks_at_the_id)
{
    sample first;
    first.errors.dialects =
        table_of({.what = dialect_condition::test::field_equals, .subject = "x-request-id", .text = "first-id"});
    auto second = first;
    second.fields[2].value = "second-id";
    ASSERT_NE(read_anew(first), read_anew(second));
    known_errors known;
    for(auto const* s : {&first, &first, &second, &second, &first})
        EXPECT_EQ(read_with(known, *s), read_anew(*s));
}

TEST(known_error, whose_id_was_hidden_shows_the_next_one)
{
    sample first;
    first.fields[2].value = "/srv/app/secrets/request.py";
    sample second;
    known_errors known;
    for(auto const* s : {&first, &first, &first, &second, &first, &second})
        EXPECT_EQ(read_with(known, *s), read_anew(*s));
}

/// What goes out, on routes that make of the same answer what they are told to.
TEST(known_error, goes_out_on_each_route_as_if_nothing_were_known)
{
    sample const plain;
    std::vector<sample> routes(6);
    routes[1].errors.body = body_policy::compatible;
    routes[2].errors.render = rendering::envelope;
    routes[3].errors.mode = error_mode::observe;
    routes[4].errors.rules = rule_that([](error_rule::outcome& set) { set.drop = {"/error/fields"}; });
    routes[5].errors.rules = rule_that([](error_rule::outcome& set) { set.status = 503; });
    routes.push_back(plain);
    known_errors known;
    workspace remembers, forgets;
    remembers.known = &known;
    auto const sent = [](sample const& s, workspace& work)
    {
        auto const a =
            normalize({s.status, s.fields, s.body, true, {}}, {.request_id = "r-1"}, s.errors, {}, {}, {}, 0, work);
        std::string out = std::to_string(a.status) + ' ' + std::to_string(a.leaks) + ' ' + std::string{a.body};
        for(auto const& f : a.fields)
            (out += '\n').append(f.name).append(": ").append(f.value);
        return out;
    };
    EXPECT_NE(sent(routes[4], forgets), sent(plain, forgets));
    for(int round = 0; round < 3; ++round)
        for(auto const& s : routes)
            EXPECT_EQ(sent(s, remembers), sent(s, forgets));
}

} // namespace errata
