#include "problem/key_meaning.hpp"
#include "problem/prose.hpp"
#include "problem/wording.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errata
{
namespace
{

TEST(wording, tells_sentences_from_symbols_and_status_phrases)
{
    struct row
    {
        std::string_view text;
        wording seen;
    };
    constexpr row rows[] = {
        {"", wording::blank},
        {" null ", wording::blank},
        {"-17", wording::number},
        {"404", wording::number},
        {"404 Not Found", wording::phrase},
        {"Not Found", wording::phrase},
        {"Forbidden", wording::phrase},
        {"HTTP Status 404 - Not Found", wording::phrase},
        {"Error 503: Service Unavailable", wording::phrase},
        {"forbidden", wording::word},
        {"NOT_FOUND", wording::symbol},
        {"not_found", wording::symbol},
        {"InvalidParameter.Name", wording::symbol},
        {"error", wording::verdict},
        {"FAILED", wording::verdict},
        {"Declined", wording::word},
        {"Declined.", wording::word},
        {"The user was not found.", wording::sentence},
        {"参数错误", wording::sentence},
        {"404 pages are missing", wording::sentence},
        {"https://docs.example.com/errors#1", wording::link},
        {R"({"message":"x"})", wording::embedded},
        {"<error>x</error>", wording::embedded},
        {"read,write,admin", wording::data},
        {"/v1/users", wording::data},
    };
    for(auto const& r : rows)
        EXPECT_EQ(static_cast<int>(wording_of(r.text)), static_cast<int>(r.seen)) << r.text;
}

TEST(key_meaning, ignores_case_and_separators)
{
    for(auto name :
        {"errorCode", "error_code", "Error-Code", "ERRORCODE", "@errorCode", "o:errorCode", "odata.errorCode"})
        EXPECT_EQ(meaning_of(name), meaning_of("errorcode")) << name;
}

TEST(key_meaning, judges_unknown_names_by_their_end)
{
    struct row
    {
        std::string_view name;
        meaning what;
    };
    constexpr row rows[] = {
        {"ExpressResponseMessage", meaning::sentence},
        {"qpstatmsg", meaning::sentence},
        {"GatewayRspCode", meaning::code},
        {"country_code", meaning::unknown},
        {"avs_code", meaning::unknown},
        {"authcode", meaning::unknown},
        {"invalidField", meaning::field},
        {"PosTransactionResponse", meaning::envelope},
        {"x-trace-request-id", meaning::request_id},
        {"retry_after_ms", meaning::wait},
        {"naïve", meaning::unknown},
        {"", meaning::unknown},
    };
    for(auto const& r : rows)
        EXPECT_EQ(static_cast<int>(meaning_of(r.name).what), static_cast<int>(r.what)) << r.name;
}

TEST(prose, drops_a_status_in_front_of_the_explanation)
{
    EXPECT_EQ(without_status("409: Already shipped"), "Already shipped");
    EXPECT_EQ(without_status("500 Internal Server Error\n\nThe disk is full."), "The disk is full.");
    EXPECT_EQ(without_status("404 pages are missing"), "404 pages are missing");
    EXPECT_EQ(without_status("HTTP Basic: Access denied."), "HTTP Basic: Access denied.");
}

TEST(prose, keeps_what_stands_above_a_stack_trace)
{
    EXPECT_EQ(gist_of("Out of paper in tray one\n    at Printer.print (/srv/p.js:1:2)\n    at main"),
              "Out of paper in tray one");
    EXPECT_EQ(gist_of("Traceback (most recent call last):\n  File \"x.py\", line 1\nValueError: no paper"),
              "ValueError: no paper");
}

TEST(prose, takes_exception_classes_off)
{
    EXPECT_EQ(without_exception("java.lang.IllegalStateException: no paper"), "no paper");
    EXPECT_EQ(without_exception("Printer: no paper"), "Printer: no paper");
}

TEST(prose, finds_codes_in_sentences)
{
    EXPECT_EQ(code_in("error code: 1015"), "1015");
    EXPECT_EQ(code_in("Error code: 404"), "");
    EXPECT_EQ(code_in("The code is wrong"), "");
}

TEST(prose, takes_no_id_that_is_cut_in_two)
{
    auto const text = "Request ID: 1" + std::string(385, 'x') + "\xc2\xb7" + "2";
    EXPECT_EQ(id_in(text).id, "");
    EXPECT_EQ(id_in("Sorry. Your support ID is: 1234567.").id, "1234567");
    EXPECT_EQ(id_in("Request ID: see the log").id, "");
}

} // namespace
} // namespace errata
