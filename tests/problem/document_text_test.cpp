#include "parsed.hpp"

#include <gtest/gtest.h>

using namespace errata;
using namespace std::string_view_literals;
using form = document::form;

TEST(text_document, is_one_string)
{
    struct
    {
        std::string_view type, body, expected;
    } const rows[]{
        {"text/plain", "Not Found\n", "Not Found"},
        {"application/json", "upstream connect error or disconnect/reset before headers",
         "upstream connect error or disconnect/reset before headers"},
        {"text/html", "Too many requests, please try again later.", "Too many requests, please try again later."},
        {"", "Not Found\0"sv, "Not Found"},
        {"text/plain", "Expected {\"a\": 1} but got {x}", "Expected {\"a\": 1} but got {x}"},
        {"", "error code: 1015", "error code: 1015"},
        {"", "failed\nInvalid month", "failed\nInvalid month"},
        {"", "a=b", "a=b"},
        {"", "see https://example.org/?a=1&b=2 for more", "see https://example.org/?a=1&b=2 for more"},
        {"", "https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"},
        {"", "one, two, three", "one, two, three"},
        {"", "TypeError: x is not a function\n    at main (app.js:1:2)",
         "TypeError: x is not a function\n    at main (app.js:1:2)"},
        {"", "Error: it broke\nSee: above\nNothing else helped", "Error: it broke\nSee: above\nNothing else helped"},
    };
    for(auto const& row : rows)
    {
        parsed const r{row.body, row.type};
        EXPECT_EQ(r.doc.shape(), form::text) << row.body;
        EXPECT_EQ(outline(r.doc.root()), row.expected);
        EXPECT_TRUE(r.doc.root().is_string()) << row.body;
    }
}

TEST(text_document, is_empty_or_binary_when_there_is_nothing_to_read)
{
    struct
    {
        std::string_view body;
        form expected;
    } const rows[]{
        {"", form::empty},
        {" \r\n\t", form::empty},
        {"\xEF\xBB\xBF", form::empty},
        {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0"sv, form::binary},
        {"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xc8\xe4\x02"sv, form::binary},
    };
    for(auto const& row : rows)
    {
        parsed const r{row.body, "text/plain"};
        EXPECT_EQ(r.doc.shape(), row.expected) << row.body;
        EXPECT_FALSE(r.doc.root()) << row.body;
    }
}

TEST(form_document, decodes_its_fields)
{
    struct
    {
        std::string_view type, body, expected;
    } const rows[]{
        {"application/x-www-form-urlencoded", "error=invalid_grant&error_description=The+code+%22x%22+expired%2E",
         "{error:invalid_grant,error_description:The code \"x\" expired.}"},
        {"text/html", "errorCode=702&message=Internal+error&status=500",
         "{errorCode:702,message:Internal error,status:500}"},
        {"application/x-www-form-urlencoded;charset=UTF-8", "error=access denied", "{error:access denied}"},
        {"", "a=1&a=2&b=&c=%e9%zz%", "{a:1,a:2,b:,c:\xEF\xBF\xBD%zz%}"},
        {"", "?error=x&error_uri=https%3A%2F%2Fe.org\n", "{error:x,error_uri:https://e.org}"},
    };
    for(auto const& row : rows)
    {
        parsed const r{row.body, row.type};
        EXPECT_EQ(r.doc.shape(), form::form_encoded) << row.body;
        EXPECT_EQ(outline(r.doc.root()), row.expected);
    }
}

TEST(record_document, names_its_values_where_the_text_does)
{
    struct
    {
        std::string_view body, expected;
    } const rows[]{
        {"Status=MALFORMED\nStatusDetail=3046 : The field is missing.\n",
         "{Status:MALFORMED,StatusDetail:3046 : The field is missing.}"},
        {"r.code=QA\r\nr.text=a=b\r\nr.x=1\r\nr.y=\r\nr.end\r\n\n  ", "{r.code:QA,r.text:a=b,r.x:1,r.y:,r.end:}"},
        {"Error: no such user\nCode: 17", "{Error:no such user,Code:17}"},
        {"code=12; message=\"no such user\"", "{code:12,message:no such user}"},
        {"RESULT=12|RESPMSG=Declined", "{RESULT:12,RESPMSG:Declined}"},
        {"$3$,$54$,$No such, card.$,$$", "[3,54,No such, card.,]"},
        {"\"3\",\"No such card\",\"\"", "[3,No such card,]"},
        {"3|2|54|No such card|", "[3,2,54,No such card]"},
    };
    for(auto const& row : rows)
    {
        parsed const r{row.body, "text/plain"};
        EXPECT_EQ(r.doc.shape(), form::text) << row.body;
        EXPECT_EQ(outline(r.doc.root()), row.expected);
    }
}
