#pragma once

#include "proxy/head.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace errata::test
{

/// A head as it stands on the wire, and what has to become of it.
struct head_case
{
    std::string section; ///< of the RFC that decides it
    std::string bytes;
    std::optional<failure> why; ///< nothing: accepted
};

inline constexpr std::nullopt_t accepted = std::nullopt;

/// `parse`: (parser, bytes, head) -> parse_result.
template <class Parser, class Parse>
void expect_verdicts(std::vector<head_case> const& cases, Parse parse)
{
    for(auto const& c : cases)
    {
        SCOPED_TRACE("RFC " + c.section + ": " + testing::PrintToString(c.bytes.substr(0, 200)));
        head h;
        Parser parser;
        auto const r = parse(parser, c.bytes, h);
        if(c.why)
        {
            EXPECT_EQ(r.status, parse_status::failed);
            EXPECT_EQ(r.why, *c.why);
            EXPECT_FALSE(r.detail.empty());
        }
        else
        {
            EXPECT_EQ(r.status, parse_status::complete) << r.detail;
            EXPECT_EQ(r.consumed, c.bytes.size());
        }
    }
}

/// The same verdicts when the bytes come one by one, each time at another address.
template <class Parser, class Parse>
void expect_verdicts_byte_by_byte(std::vector<head_case> const& cases, Parse parse)
{
    for(auto const& c : cases)
    {
        if(c.bytes.size() > 1000)
            continue;
        SCOPED_TRACE(testing::PrintToString(c.bytes));
        head h;
        Parser parser;
        parse_result r;
        std::size_t n = 0;
        while(r.status == parse_status::need_more && n < c.bytes.size())
            r = parse(parser, std::string(c.bytes.substr(0, ++n)), h);
        EXPECT_EQ(r.status, c.why ? parse_status::failed : parse_status::complete);
        EXPECT_EQ(n == c.bytes.size() || c.why, true);
        if(c.why)
        {
            EXPECT_EQ(r.why, *c.why);
        }
    }
}

} // namespace errata::test
