#include "parsed.hpp"

#include <gtest/gtest.h>

using namespace errata;
using form = document::form;

TEST(xml_document, names_elements_and_attributes_without_their_prefix)
{
    struct
    {
        std::string_view type, body, expected;
    } const rows[]{
        {"text/xml",
         "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message> It is &lt;gone&gt; &#233; </Message></Error>",
         "{Error:{Code:NoSuchKey,Message:It is <gone> \xC3\xA9}}"},
        {"text/html",
         "<s:Envelope "
         "xmlns:s='urn:x'><s:Body><s:Fault><faultcode>s:Client</faultcode><detail/></s:Fault></s:Body></s:Envelope>",
         "{Envelope:{Body:{Fault:{faultcode:s:Client,detail:}}}}"},
        {"", "<r ver='4' xsi:nil='true'><e d=\"x &amp; y\"/>t1<!-- no --><e>2</e> t2 </r>",
         "{r:{@ver:4,@nil:true,e:{@d:x & y},#text:t1,e:2,#text:t2}}"},
        {"application/json", "<m><![CDATA[a <b> c]]></m>", "{m:a <b> c}"},
        {"", "<m>x <![CDATA[<y>]]> z</m>", "{m:x <y> z}"},
        {"text/xml", "<m a='&#xDFFF;'>x&#xD800;</m>",
         "{m:{@a:\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD,#text:x\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD}}"},
        {"text/xml", "<a>1</a><b>2</b>", "{a:1,b:2}"},
        {"text/xml", "<message><title>Not here</title><p>1</p></message>", "{message:{title:Not here,p:1}}"},
        {"application/xml", "<p>1</p>", "{p:1}"},
    };
    for(auto const& row : rows)
    {
        parsed const r{row.body, row.type};
        EXPECT_EQ(r.doc.shape(), form::xml) << row.body;
        EXPECT_EQ(outline(r.doc.root()), row.expected);
        EXPECT_FALSE(r.doc.cut()) << row.body;
    }
}

TEST(xml_document, keeps_what_was_read_before_it_broke)
{
    struct
    {
        std::string_view body, expected;
    } const rows[]{
        {"<?xml version='1.0'?><e><code>1</code><message>half", "{e:{code:1,message:half}}"},
        {"<e><code>1</code><message>x</wrong></e>", "{e:{code:1,message:x}}"},
        {"<e><code>1</code><attr a=", "{e:{code:1,attr:{@a:}}}"},
    };
    for(auto const& row : rows)
    {
        parsed const r{row.body, "application/xml"};
        EXPECT_EQ(outline(r.doc.root()), row.expected);
        EXPECT_TRUE(r.doc.cut()) << row.body;
    }
}

TEST(xml_document, expands_no_entity_of_its_own)
{
    parsed const r{"<!DOCTYPE x [<!ENTITY a \"boom\"><!ENTITY b \"&a;&a;\"><!ENTITY f SYSTEM "
                   "\"file:///etc/passwd\">]><x>&b;&f;</x>",
                   "text/xml"};
    EXPECT_EQ(outline(r.doc.root()), "{x:&b;&f;}");
}

TEST(xml_document, is_bounded_in_depth_and_nodes)
{
    std::string deep, wide = "<r>";
    for(int i = 0; i < 50'000; ++i)
        deep += "<a>", wide += "<b/>";
    parsed const d{deep, "text/xml", {.max_depth = 10}};
    EXPECT_LE(d.doc.size(), 12u);
    EXPECT_TRUE(d.doc.cut());
    parsed const w{wide + "</r>", "text/xml", {.max_nodes = 100}};
    EXPECT_EQ(w.doc.size(), 100u);
    EXPECT_TRUE(w.doc.cut());
}

TEST(xml_document, is_not_made_of_text_in_angle_brackets)
{
    for(auto const body : {"<nil> pointer", "<no such user>", "< 5 items"})
        EXPECT_EQ(parsed(body, "text/plain").doc.shape(), form::text) << body;
}
