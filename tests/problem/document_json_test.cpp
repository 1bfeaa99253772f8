#include "parsed.hpp"

#include "problem/node_sense.hpp"

#include <gtest/gtest.h>

using namespace errata;
using namespace std::string_view_literals;

TEST(json_document, keeps_order_and_duplicate_names)
{
    parsed r{R"({"b":1,"a":[true,null,{"x":"y"}],"b":2})"};
    EXPECT_EQ(outline(r.doc.root()), "{b:1,a:[true,null,{x:y}],b:2}");
    EXPECT_EQ(r.doc.shape(), document::form::json);
    EXPECT_FALSE(r.doc.cut());
    EXPECT_EQ(r.at("/b").text(), "1") << "the first of that name";
}

TEST(json_document, source_is_the_slice_that_was_sent)
{
    std::string_view const body = " { \"amount\" : 100.00 , \"id\":12345678901234567890,\n\"o\" : { \"k\" : \"a\\\"b\" "
                                  ", \"e\":\"\" } ,\"l\":[ 1 , -2e+5 ] } ";
    parsed r{body};
    struct
    {
        std::string_view pointer, source;
    } const rows[]{
        {"/amount", "100.00"},
        {"/id", "12345678901234567890"},
        {"/o", "{ \"k\" : \"a\\\"b\" , \"e\":\"\" }"},
        {"/o/k", "\"a\\\"b\""},
        {"/o/e", "\"\""},
        {"/l", "[ 1 , -2e+5 ]"},
        {"/l/1", "-2e+5"},
        {"", body.substr(1, body.size() - 2)},
    };
    for(auto const& row : rows)
    {
        auto const found = r.at(row.pointer).source();
        EXPECT_EQ(found, row.source) << row.pointer;
        EXPECT_TRUE(found.data() >= body.data() && found.data() + found.size() <= body.data() + body.size())
            << row.pointer;
    }
}

TEST(json_document, decodes_escapes_of_names_and_strings)
{
    parsed r{R"({"a\/b":"line\none \u00e9 \ud83d\ude00","\u0000":"\\"})"};
    EXPECT_EQ(r.doc.root().member("a/b").text(), "line\none \xC3\xA9 \xF0\x9F\x98\x80");
    EXPECT_EQ(r.doc.root().child().next().name(), "\0"sv);
    EXPECT_EQ(r.doc.root().child().next().text(), "\\");
}

TEST(json_document, is_found_by_its_bytes_and_not_by_its_label)
{
    struct
    {
        std::string_view type, body, expected;
    } const rows[]{
        {"text/html", R"({"a":1})", "{a:1}"},
        {"", "\xEF\xBB\xBF{\"a\":1}", "{a:1}"},
        {"text/plain", "  \r\n[\"x\"]", "[x]"},
        {"application/json", ")]}'\n{\"a\":1}", "{a:1}"},
        {"application/json", "for(;;);{\"a\":1}", "{a:1}"},
        {"text/javascript", "jQuery.cb_12({\"a\":1});", "{a:1}"},
        {"text/javascript", "/**/cb([1])", "[1]"},
        {"text/event-stream", "data: {\"a\":1}\n\n", "{a:1}"},
        {"application/json", R"("no such user")", "no such user"},
        {"text/plain", R"("no such user")", "no such user"},
        {"application/json", "404", "404"},
        {"application/json", "null", "null"},
        {"application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n", "{a:1}"},
        {"application/json", "<br />\n<b>Warning</b>: x in /a.php\n{\"a\":1}", "{a:1}"},
        {"text/plain", "401 Unauthorized: {\"a\":1}\n", "{a:1}"},
        {"application/json", "{\"a\":1}<html>Bad Gateway</html>", "{a:1}"},
    };
    for(auto const& row : rows)
    {
        parsed r{row.body, row.type};
        EXPECT_EQ(r.doc.shape(), document::form::json) << row.body;
        EXPECT_EQ(outline(r.doc.root()), row.expected) << row.body;
        EXPECT_FALSE(r.doc.cut()) << row.body;
    }
}

TEST(json_document, is_not_made_of_text_that_looks_a_little_like_it)
{
    for(auto const body :
        {"[error] no such file"sv, "404 page not found"sv, "not found"sv, "{braces} are used here"sv,
         "[2026-01-01 12:00:00] production.ERROR: x"sv, "\"quoted\" words"sv, "null and void"sv, "{} was empty"sv})
    {
        parsed r{body, "text/plain"};
        EXPECT_NE(r.doc.shape(), document::form::json) << body;
    }
}

TEST(json_document, is_repaired_where_serializers_were_careless)
{
    struct
    {
        std::string_view body, expected;
    } const rows[]{
        {R"({"m":"bad \ud800 half"})", "{m:bad \xEF\xBF\xBD half}"},
        {R"({"m":"bad \udc00\ud83d\ude00"})", "{m:bad \xEF\xBF\xBD\xF0\x9F\x98\x80}"},
        {"{\"m\":\"bad \xFF byte\"}", "{m:bad \xEF\xBF\xBD byte}"},
        {"{\"m\":\"two\nlines\"}", "{m:two\nlines}"},
        {"{\"m\":\"nul \0 inside\"}\0"sv, "{m:nul \0 inside}"sv},
        {R"({"m":"C:\Data\x"})", "{m:C:\\Data\\x}"},
        {R"({"m":"it\'s"})", "{m:it's}"},
        {R"({"a":[1,2,],"b":1,})", "{a:[1,2],b:1}"},
        {R"({"a":NaN,"b":-Infinity,"c":1e5})", "{a:null,b:null,c:1e5}"},
        {R"({'error': 'no "such" user', 'ok': False, 'data': None})", "{error:no \"such\" user,ok:false,data:null}"},
        {R"({"status":044,"n":-0.5e+3})", "{status:044,n:-0.5e+3}"},
        {R"({error: "x", code: 7})", "{error:x,code:7}"},
    };
    for(auto const& row : rows)
    {
        parsed r{row.body};
        EXPECT_EQ(r.doc.shape(), document::form::json) << row.body;
        EXPECT_EQ(outline(r.doc.root()), row.expected) << row.body;
    }
}

TEST(json_document, keeps_what_was_read_before_it_broke_off)
{
    struct
    {
        std::string_view body, expected;
    } const rows[]{
        {R"({"error":{"code":"x","message":"half of)", "{error:{code:x}}"},
        {R"({"a":1,"b":[1,2)", "{a:1,b:[1,2]}"},
        {R"({"a":1,"b")", "{a:1}"},
        {R"({"a":1 "b":2})", "{a:1}"},
        {R"([{"a":"x"},{"a")", "[{a:x},{}]"},
    };
    for(auto const& row : rows)
    {
        parsed r{row.body};
        EXPECT_EQ(outline(r.doc.root()), row.expected) << row.body;
        EXPECT_TRUE(r.doc.cut()) << row.body;
        EXPECT_TRUE(r.doc.root().source().empty()) << row.body;
    }
}

TEST(json_document, keeps_what_is_too_deep_as_one_slice)
{
    parsed r{R"({"a":{"b":{"c":[1,{"d":2}]}},"e":3})", "application/json", {.max_depth = 2}};
    EXPECT_EQ(outline(r.doc.root()), "{a:{b:{}},e:3}");
    EXPECT_EQ(r.at("/a/b").source(), R"({"c":[1,{"d":2}]})");
    EXPECT_TRUE(r.doc.cut());
}

TEST(json_document, bounds_its_nodes_and_still_knows_where_containers_end)
{
    parsed r{R"({"a":[1,2,[3],4],"b":{"c":5}})", "application/json", {.max_nodes = 4}};
    EXPECT_EQ(outline(r.doc.root()), "{a:[1,2]}");
    EXPECT_EQ(r.at("/a").source(), "[1,2,[3],4]");
    EXPECT_TRUE(r.doc.cut());
}

TEST(json_document, survives_any_depth)
{
    parsed r{std::string(300'000, '['), "application/json"};
    EXPECT_LE(r.doc.size(), 66u);
    parsed s{"{\"a\":1,\"b\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"};
    EXPECT_EQ(s.at("/a").text(), "1");
    EXPECT_TRUE(s.doc.cut());
}

TEST(json_document, starts_over_on_every_read)
{
    arena memory;
    document doc;
    doc.read(R"({"a":1)", "", {}, memory);
    doc.read(R"([2])", "", {}, memory);
    EXPECT_EQ(outline(doc.root()), "[2]");
    EXPECT_FALSE(doc.cut());
}

TEST(document_ref, follows_pointers)
{
    parsed r{R"({"a":{"x/y":[10,{"m~n":"deep"}]},"":5})"};
    EXPECT_EQ(r.at("/a/x~1y/1/m~0n").text(), "deep");
    EXPECT_EQ(r.at("/*/*/0").text(), "10");
    EXPECT_EQ(r.at("/").text(), "5");
    for(auto const missing : {"/b", "/a/x~1y/2", "/a/x~1y/-1", "/a/x~1y/1x", "a", "/a/x~1y/0/z"})
        EXPECT_FALSE(r.at(missing)) << missing;
}

TEST(document_ref, that_leads_nowhere_is_null_and_empty)
{
    parsed r{R"({"a":[]})"};
    for(auto const& nowhere : {document::ref{}, r.at("/b"), r.at("/a").child(), r.at("/a").child().child().next()})
    {
        EXPECT_FALSE(nowhere);
        EXPECT_EQ(nowhere.type(), document::kind::null);
        EXPECT_EQ(nowhere.name(), "");
        EXPECT_EQ(nowhere.text(), "");
        EXPECT_EQ(nowhere.source(), "");
        EXPECT_EQ(nowhere.size(), 0u);
        EXPECT_EQ(meaning_of(nowhere).what, meaning::unknown);
        EXPECT_EQ(wording_of(nowhere), wording::blank);
        EXPECT_FALSE(nowhere.member("a"));
        EXPECT_FALSE(nowhere.integer());
    }
}

TEST(document_ref, finds_members_however_they_are_spelled)
{
    parsed r{R"({"Error-Code":1,"error_message":2,"REQUESTID":3})"};
    EXPECT_EQ(r.doc.root().member_like("errorcode").text(), "1");
    EXPECT_EQ(r.doc.root().member_like("errormessage").text(), "2");
    EXPECT_EQ(r.doc.root().member_like("requestid").text(), "3");
    EXPECT_FALSE(r.doc.root().member_like("error"));
    EXPECT_FALSE(r.doc.root().member("error_code"));
}

TEST(document_ref, reads_integers_from_numbers_and_strings)
{
    parsed r{R"([404, "404", -1, 404.0, 4.5, "x", "", true, 99999999999999999999, "12a"])"};
    std::optional<std::int64_t> const expected[]{404, 404, -1, 404, {}, {}, {}, {}, {}, {}};
    for(std::size_t i = 0; i < std::size(expected); ++i)
        EXPECT_EQ(r.doc.root().element(i).integer(), expected[i]) << i;
}
