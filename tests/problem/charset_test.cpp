#include "problem/charset.hpp"
#include "problem/media_type.hpp"
#include "problem/utf8.hpp"

#include "parsed.hpp"

#include <gtest/gtest.h>

using namespace errata;
using namespace std::string_view_literals;

TEST(media_type, is_split_from_its_charset)
{
    struct
    {
        std::string_view value, type, charset;
    } const rows[]{
        {"text/html; charset=UTF-8", "text/html", "UTF-8"},
        {"text/html;charset=\"iso-8859-1\" ; x=y", "text/html", "iso-8859-1"},
        {"application/json ;a=b; Charset = 'gbk'", "application/json", "gbk"},
        {"text/plain, text/plain", "text/plain", ""},
        {"text/plain;", "text/plain", ""},
        {"", "", ""},
        {"text/plain; charset=\"", "text/plain", ""},
    };
    for(auto const& row : rows)
    {
        EXPECT_EQ(essence(row.value), row.type) << row.value;
        EXPECT_EQ(charset_parameter(row.value), row.charset) << row.value;
    }
}

TEST(charset, is_converted_when_the_content_type_names_it)
{
    struct
    {
        std::string_view label, body, expected;
    } const rows[]{
        {"iso-8859-1", "\x55\x6e\x67\xfc\x6c\x74\x69\x67\x65\x20\x41\x6e\x66\x72\x61\x67\x65\x20\x96\x20\x66\xfc\x72",
         "\x55\x6e\x67\xc3\xbc\x6c\x74\x69\x67\x65\x20\x41\x6e\x66\x72\x61\x67\x65\x20\xe2\x80\x93\x20\x66\xc3\xbc"
         "\x72"},
        {"windows-1251", "\xce\xf8\xe8\xe1\xea\xe0\x20\xf1\xe5\xf0\xe2\xe5\xf0\xe0",
         "\xd0\x9e\xd1\x88\xd0\xb8\xd0\xb1\xd0\xba\xd0\xb0\x20\xd1\x81\xd0\xb5\xd1\x80\xd0\xb2\xd0\xb5\xd1\x80\xd0"
         "\xb0"},
        {"koi8-r", "\xef\xdb\xc9\xc2\xcb\xc1", "\xd0\x9e\xd1\x88\xd0\xb8\xd0\xb1\xd0\xba\xd0\xb0"},
        {"shift_jis", "\x83\x47\x83\x89\x81\x5b\x82\xaa\x94\xad\x90\xb6\x82\xb5\x82\xdc\x82\xb5\x82\xbd",
         "\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc\xe3\x81\x8c\xe7\x99\xba\xe7\x94\x9f\xe3\x81\x97\xe3\x81\xbe\xe3\x81\x97"
         "\xe3\x81\x9f"},
        {"gbk", "\xb7\xfe\xce\xf1\xc6\xf7\xb4\xed\xce\xf3",
         "\xe6\x9c\x8d\xe5\x8a\xa1\xe5\x99\xa8\xe9\x94\x99\xe8\xaf\xaf"},
        {"gb18030", "\xb7\xfe\xce\xf1\xc6\xf7\xb4\xed\xce\xf3",
         "\xe6\x9c\x8d\xe5\x8a\xa1\xe5\x99\xa8\xe9\x94\x99\xe8\xaf\xaf"},
        {"euc-jp", "\xa5\xa8\xa5\xe9\xa1\xbc", "\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc"},
        {"euc-kr", "\xbc\xad\xb9\xf6\x20\xbf\xc0\xb7\xf9", "\xec\x84\x9c\xeb\xb2\x84\x20\xec\x98\xa4\xeb\xa5\x98"},
        {"big5", "\xa6\xf8\xaa\x41\xbe\xb9\xbf\xf9\xbb\x7e",
         "\xe4\xbc\xba\xe6\x9c\x8d\xe5\x99\xa8\xe9\x8c\xaf\xe8\xaa\xa4"},
        {"iso-2022-jp", "\x1b\x24\x42\x25\x28\x25\x69\x21\x3c\x1b\x28\x42", "\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc"},
        {"iso-8859-2", "\x42\xb3\xb1\x64", "\x42\xc5\x82\xc4\x85\x64"},
        {"windows-1253", "\xd3\xf6\xdc\xeb\xec\xe1", "\xce\xa3\xcf\x86\xce\xac\xce\xbb\xce\xbc\xce\xb1"},
    };
    arena memory;
    for(auto const& row : rows)
        EXPECT_EQ(to_utf8(row.body, "text/html; charset=" + std::string{row.label}, memory), row.expected) << row.label;
}

TEST(charset, is_found_in_the_text_itself)
{
    struct
    {
        std::string_view name, type, body, expected;
    } const rows[]{
        {"BOM", "application/json; charset=iso-8859-1", "\xEF\xBB\xBF\xC3\xA9", "\xC3\xA9"},
        {"UTF-16LE BOM", "", "\xFF\xFE{\0}\0"sv, "{}"},
        {"UTF-16BE BOM", "", "\xFE\xFF\0{\0}"sv, "{}"},
        {"UTF-32LE BOM", "", "\xFF\xFE\0\0{\0\0\0"sv, "{"},
        {"UTF-32BE BOM", "", "\0\0\xFE\xFF\0\0\0{"sv, "{"},
        {"UTF-16LE without", "application/json", "{\0}\0"sv, "{}"},
        {"UTF-16BE without", "application/json", "\0{\0}"sv, "{}"},
        {"UTF-16 pair", "", "\xFF\xFE\x3D\xD8\x00\xDE"sv, "\xF0\x9F\x98\x80"},
        {"UTF-16 half", "", "\xFF\xFE\x3D\xD8x\0"sv, "\xEF\xBF\xBDx"},
        {"XML declaration", "text/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>",
         "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xC3\xA9</a>"},
        {"meta", "text/html", "<html><meta http-equiv=x content=\"text/html; charset=windows-1251\">\xCE",
         "<html><meta http-equiv=x content=\"text/html; charset=windows-1251\">\xD0\x9E"},
        {"nothing: western", "text/plain", "Ung\xFCltig, sorry", "Ung\xC3\xBCltig, sorry"},
    };
    arena memory;
    for(auto const& row : rows)
        EXPECT_EQ(to_utf8(row.body, row.type, memory), row.expected) << row.name;
}

TEST(charset, is_not_believed_when_the_bytes_refute_it)
{
    struct
    {
        std::string_view type, body, expected;
    } const rows[]{
        {"text/html; charset=iso-8859-1", "\xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA9"},
        {"text/html; charset=utf-16", "plain", "plain"},
        {"text/html; charset=utf-16", "caf\xC3\xA9", "caf\xC3\xA9"},
        {"text/html; charset=gbk", "\xE6\x9C\x8D\xE5\x8A\xA1\xE5\x99\xA8", "\xE6\x9C\x8D\xE5\x8A\xA1\xE5\x99\xA8"},
        {"text/html; charset=no-such-thing", "caf\xC3\xA9", "caf\xC3\xA9"},
        {"text/html; charset=utf-8", "caf\xE9!", "caf\xEF\xBF\xBD!"},
        {"application/json", "\"caf\xE9!\"", "\"caf\xEF\xBF\xBD!\""},
    };
    arena memory;
    for(auto const& row : rows)
        EXPECT_EQ(to_utf8(row.body, row.type, memory), row.expected) << row.type;
}

TEST(charset, replaces_what_it_cannot_read)
{
    arena memory;
    EXPECT_EQ(to_utf8("a\xFF\xFF\xA4", "text/plain; charset=euc-jp", memory), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(utf8, is_left_alone_when_it_is_well_formed)
{
    arena memory;
    std::string_view const good = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z plain text that is longer than a word";
    EXPECT_EQ(repaired_utf8(good, memory).data(), good.data());
}

TEST(utf8, is_repaired_one_replacement_for_each_maximal_ill_formed_run)
{
    struct
    {
        std::string_view text, expected;
    } const rows[]{
        {"a\xFFz", "a\xEF\xBF\xBDz"},
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xE2\x82", "\xEF\xBF\xBD"},
        {"\xF0\x9F\x98z", "\xEF\xBF\xBDz"},
        {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC3", "\xEF\xBF\xBD"},
    };
    arena memory;
    for(auto const& row : rows)
        EXPECT_EQ(repaired_utf8(row.text, memory), row.expected);
}

TEST(document, reads_any_charset)
{
    EXPECT_EQ(outline(parsed("\xFF\xFE{\0\"\0a\0\"\0:\0\x31\0}\0"sv, "application/json").doc.root()), "{a:1}");
    EXPECT_EQ(outline(parsed("{\"a\":\"Ung\xFCltig\"}", "application/json; charset=ISO-8859-1").doc.root()),
              "{a:Ung\xC3\xBCltig}");
}
