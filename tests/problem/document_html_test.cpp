#include "parsed.hpp"

#include <gtest/gtest.h>

using namespace errata;
using form = document::form;

TEST(html_document, lists_blocks_by_tag_in_order)
{
    struct
    {
        std::string_view name, body, expected;
    } const rows[]{
        {"nginx",
         "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
         "Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
         "{title:502 Bad Gateway,h1:502 Bad Gateway,center:nginx}"},
        {"text outside any block",
         "<html><body><h1>503 Service Unavailable</h1>\nNo server is available\nto handle this "
         "request.\n</body></html>\n",
         "{h1:503 Service Unavailable,body:No server is available to handle this request.}"},
        {"entities, inline tags, unclosed p",
         "<HTML><BODY><P>You don't have <b>permission</b> to "
         "&quot;http&#58;&#x2F;&#47;e&#46;org&#47;&quot;.<P>Reference&#32;&#35;18 &copy;&nbsp;&eacute; &unknown; "
         "&</BODY>",
         "{p:You don't have permission to \"http://e.org/\".,p:Reference #18 \xC2\xA9 \xC3\xA9 &unknown; &}"},
        {"a paragraph in a heading", "<body><h1><p>Bad Request</p></h1> Invalid <code>Host</code>",
         "{h1:Bad Request,body:Invalid Host}"},
        {"pre keeps its lines", "<p>Reason:\n<pre>    Bad  value:\n  'x'<br>&nbsp;at f</pre></p>",
         "{p:Reason:,pre:Bad  value:\n  'x'\n at f}"},
        {"dropped parts",
         "<!DOCTYPE html><!-- <p>no</p> --><style>p{}</style><script>var a = "
         "'<p>no</p>';</script><p>yes</p><noscript>js!</noscript>",
         "{p:yes}"},
        {"lists", "<ul><li>one<li>two <p>2</p></ul>", "{li:one,li:two,li:2}"},
        {"cells that nobody closes", "<TABLE><TR><TD>a<P>b<TD>c<TR><TH>d<TD>e</TABLE>f",
         "{td:a,td:b,td:c,th:d,td:e,body:f,fields:{d:e}}"},
        {"attributes with brackets", "<div title=\"a > b\" class='x'><span data-a=\"it's\">ok</span></div>",
         "{div:ok}"},
        {"broken quotes", "<div title=\"a><p>still read</p>", "{p:still read}"},
        {"less-than signs", "<p>1 < 2 <= 3</p>", "{p:1 < 2 <= 3}"},
        {"XHTML",
         "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"x\">\n<html "
         "xmlns=\"http://www.w3.org/1999/xhtml\"><title>404</title></html>",
         "{title:404}"},
    };
    for(auto const& row : rows)
    {
        parsed const r{row.body, "text/html"};
        EXPECT_EQ(r.doc.shape(), form::html) << row.name;
        EXPECT_EQ(outline(r.doc.root()), row.expected) << row.name;
    }
}

TEST(html_document, gathers_what_the_page_labels)
{
    struct
    {
        std::string_view body, expected;
    } const rows[]{
        {"<p><b>message</b> <u>no such page</u></p><p><b>description:</b> gone</p>",
         "{message:no such page,description:gone}"},
        {"<table><tr><th>URI:</th><td>/x</td></tr><tr><td>STATUS:</td><td>404</td></tr></table>",
         "{URI:/x,STATUS:404}"},
        {"<dl><dt>Code</dt><dd>17</dd></dl>", "{Code:17}"},
        {"<b> Description: </b>An error occurred.<br><b>Version</b>: 4", "{Description:An error occurred.,Version:4}"},
        {"<br />\n<b>Fatal error</b>:  It broke in <b>/a.php</b> on line <b>3</b><br />",
         "{Fatal error:It broke in /a.php on line 3}"},
    };
    for(auto const& row : rows)
        EXPECT_EQ(outline(parsed(row.body, "text/html").at("/fields")), "fields:" + std::string{row.expected})
            << row.body;
    EXPECT_FALSE(parsed("<p>All is <b>lost</b> here</p>", "text/html").at("/fields"));
}

TEST(html_document, is_found_whatever_it_is_labelled)
{
    struct
    {
        std::string_view type, body;
        form expected;
    } const rows[]{
        {"application/json", "<html><title>x</title></html>", form::html},
        {"", "<h1>Not Found</h1>", form::html},
        {"application/xml", "<h1>Over Limit</h1>", form::html},
        {"text/plain", "\n\n<!doctype html>\n<p>x", form::html},
        {"text/html", "Sorry, <b>no</b> such page", form::html},
        {"text/plain", "Sorry, <b>no</b> such page", form::text},
        {"text/html", "Sorry, no such page", form::text},
        {"text/html", "<app-root>loading<br></app-root>", form::html},
        {"text/html", "a < b and <c>", form::text},
    };
    for(auto const& row : rows)
        EXPECT_EQ(parsed(row.body, row.type).doc.shape(), row.expected) << row.body;
}

/// Steps in proportion to the square of such a length would take longer than any test may.
TEST(html_document, is_read_in_linear_time_however_it_is_broken)
{
    for(std::string_view const part :
        {"<a \"", "<a='", "<!--x", "<script>x", "</scrip", "<", "<div>", "<p><b>x</b>y", "&#", "&amp", "<![CDATA["})
    {
        std::string page = "<html>";
        while(page.size() < 1'000'000)
            page += part;
        parsed const r{page, "text/html"};
        EXPECT_EQ(r.doc.shape(), form::html) << part;
    }
}
