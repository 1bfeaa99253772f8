#include "problem/dialect.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace errata
{
namespace
{

using test = dialect_condition::test;

dialect_condition exists(std::string pointer)
{
    return {.what = test::exists, .subject = std::move(pointer)};
}

/// A reply as a dialect sees it.
struct reply
{
    explicit reply(std::string body, unsigned status = 400, std::vector<field> fields = {})
        : body_(std::move(body)), fields_(std::move(fields)), head{status, fields_}
    {
        doc.read(body_, "application/json", {}, memory);
    }

    recognized recognized_by(dialect_table const& table)
    {
        recognized found;
        recognize(doc, head, table, memory, found);
        return found;
    }

private:
    std::string body_;
    std::vector<field> fields_;

public:
    arena memory;
    document doc;
    answer_facts head;
};

/// The key of the mistake, empty when there is none.
std::string mistake_in(dialect_source source)
{
    dialect_table table;
    auto const added = table.add(std::move(source));
    return added ? std::string{} : added.error().key;
}

TEST(dialect, is_refused_with_the_key_that_is_wrong)
{
    EXPECT_EQ(mistake_in({.name = "", .when = {exists("/a")}}), "name");
    EXPECT_EQ(mistake_in({.name = "x", .when = {}}), "when");
    EXPECT_EQ(mistake_in({.name = "x", .when = {exists("a")}}), "when[0].pointer");
    EXPECT_EQ(mistake_in({.name = "x", .when = {exists("/a"), exists("/a~2")}}), "when[1].pointer");
    EXPECT_EQ(mistake_in({.name = "x", .when = {{.what = test::matches, .subject = "/a", .text = "("}}}),
              "when[0].matches");
    EXPECT_EQ(mistake_in({.name = "x", .when = {{.what = test::status, .low = 500, .high = 400}}}), "when[0].status");
    EXPECT_EQ(mistake_in({.name = "x", .when = {{.what = test::field_present}}}), "when[0].header");
    EXPECT_EQ(mistake_in({.name = "x", .when = {exists("/a")}, .detail = {"/ok", "broken"}}), "detail[1]");
    EXPECT_EQ(mistake_in({.name = "x", .when = {exists("/a")}, .confidence = 101}), "confidence");
    EXPECT_EQ(mistake_in({.name = "x", .when = {exists("/a")}, .detail = {"/a/b/0/*"}}), "");
}

TEST(dialect, applies_only_when_all_its_conditions_hold)
{
    struct row
    {
        char const* what;
        dialect_condition condition;
        bool holds;
    };
    row const rows[] = {
        {"status in range", {.what = test::status, .low = 400, .high = 499}, true},
        {"status outside", {.what = test::status, .low = 500, .high = 599}, false},
        {"field present", {.what = test::field_present, .subject = "server"}, true},
        {"field absent", {.what = test::field_present, .subject = "Via"}, false},
        {"field equals", {.what = test::field_equals, .subject = "Server", .text = "ACME/2"}, true},
        {"field contains", {.what = test::field_contains, .subject = "Server", .text = "acme"}, true},
        {"field does not contain", {.what = test::field_contains, .subject = "Server", .text = "nginx"}, false},
        {"member exists", exists("/fault/no"), true},
        {"member does not", exists("/fault/yes"), false},
        {"equals", {.what = test::equals, .subject = "/fault/no", .text = "17"}, true},
        {"equals another", {.what = test::equals, .subject = "/fault/no", .text = "18"}, false},
        {"kind", {.what = test::is_kind, .subject = "/fault", .kind = document::kind::object}, true},
        {"other kind", {.what = test::is_kind, .subject = "/fault", .kind = document::kind::array}, false},
        {"matches", {.what = test::matches, .subject = "/fault/say", .text = "^Out of .*$"}, true},
        {"does not match", {.what = test::matches, .subject = "/fault/say", .text = "^of"}, false},
        {"form", {.what = test::form, .form = document::form::json}, true},
        {"other form", {.what = test::form, .form = document::form::xml}, false},
    };
    for(auto const& r : rows)
    {
        dialect_table table;
        ASSERT_TRUE(table.add({.name = "acme", .when = {exists("/fault"), r.condition}})) << r.what;
        reply answer{R"({"fault":{"no":17,"say":"Out of paper"}})", 400, {{"Server", "acme/2"}}};
        EXPECT_EQ(table.match(answer.doc, answer.head) != nullptr, r.holds) << r.what;
    }
}

TEST(dialect, says_where_things_are)
{
    dialect_table table;
    ASSERT_TRUE(
        table.add({.name = "acme",
                   .when = {exists("/oops")},
                   .confidence = 88,
                   .detail = {"/oops/missing", "/oops/say"},
                   .code = {"/oops/no"},
                   .help = {"/oops/see"},
                   .request_id = {"/oops/ref"},
                   .hints = {{"/oops/back", hint_unit::milliseconds}},
                   .errors = {{.at = "/oops/bad", .field = {"/f"}, .detail = {"/m"}, .code = {"/c"}, .in = {"/w"}}}}));
    reply answer{
        R"({"oops":{"say":"Out of paper","no":17,"see":"https://x/17","ref":"r1","back":250,"bad":[{"f":"/tray/0","m":"is empty","c":9,"w":"query"}]}})"};
    auto const found = answer.recognized_by(table);
    EXPECT_EQ(found.dialect, "acme");
    EXPECT_EQ(found.confidence, 88u);
    EXPECT_EQ(found.detail, "Out of paper");
    EXPECT_EQ(found.code_source, "17");
    EXPECT_EQ(found.help, "https://x/17");
    EXPECT_EQ(found.request_id, "r1");
    ASSERT_EQ(found.hints.size(), 1u);
    EXPECT_EQ(found.hints[0].text, "250");
    EXPECT_EQ(found.hints[0].unit, hint_unit::milliseconds);
    EXPECT_TRUE(found.hints[0].declared);
    ASSERT_EQ(found.errors.size(), 1u);
    EXPECT_EQ(found.errors[0], (field_error{"tray.0", field_location::query, "is empty", "9", "9"}));
}

TEST(dialect, reads_a_map_of_lists_with_the_keys_as_fields)
{
    dialect_table table;
    ASSERT_TRUE(table.add({.name = "acme", .when = {exists("/bad")}, .errors = {{.at = "/bad", .map = true}}}));
    reply answer{R"({"bad":{"a":["one thing","two things"],"b":"three things"}})"};
    auto const found = answer.recognized_by(table);
    ASSERT_EQ(found.errors.size(), 3u);
    EXPECT_EQ(found.errors[1].field, "a");
    EXPECT_EQ(found.errors[1].detail, "two things");
    EXPECT_EQ(found.errors[2].field, "b");
}

TEST(dialect, leaves_field_errors_to_meaning_where_its_own_place_is_empty)
{
    dialect_table table;
    ASSERT_TRUE(table.add(
        {.name = "acme", .when = {exists("/errors")}, .errors = {{.at = "/details/causes", .field = {"/field"}}}}));
    reply answer{R"({"errors":{"name":["is too long"]}})"};
    auto const found = answer.recognized_by(table);
    ASSERT_EQ(found.errors.size(), 1u);
    EXPECT_EQ(found.errors[0].field, "name");
}

TEST(dialect, leaves_to_meaning_what_it_does_not_say)
{
    dialect_table table;
    ASSERT_TRUE(table.add({.name = "acme", .when = {exists("/message")}}));
    reply answer{R"({"message":"Out of paper","code":"E_PAPER"})"};
    auto const found = answer.recognized_by(table);
    EXPECT_EQ(found.dialect, "acme");
    EXPECT_EQ(found.detail, "Out of paper");
    EXPECT_EQ(found.code, "E_PAPER");
}

TEST(dialect, comes_first_when_it_was_added_first)
{
    dialect_table table;
    ASSERT_TRUE(table.add({.name = "mine", .when = {exists("/jsonrpc")}}));
    table.add_builtin();
    reply answer{R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params"}})"};
    EXPECT_EQ(answer.recognized_by(table).dialect, "mine");
    EXPECT_EQ(answer.recognized_by(builtin_dialects()).dialect, "json-rpc");
}

TEST(builtin_dialects, all_compile)
{
    // One that does not is left out silently; the number is the sum over the families.
    EXPECT_EQ(builtin_dialects().size(), builtin_dialect_count());
}

} // namespace
} // namespace errata
