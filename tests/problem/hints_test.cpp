#include "problem/retry.hpp"
#include "problem/wait_text.hpp"

#include <gtest/gtest.h>

namespace errata
{
namespace
{
using namespace std::chrono_literals;
using namespace std::chrono;

// Sat, 21 Nov 2026 12:00:00 GMT
constexpr wall_clock::time_point noon = sys_days{2026y / November / 21} + 12h;
constexpr field date{"Date", "Sat, 21 Nov 2026 12:00:00 GMT"};

hints read(std::vector<field> fields, std::vector<body_hint> body = {})
{
    return read_hints(fields, body, noon);
}

std::optional<milliseconds> retry_after(std::string_view value)
{
    return read({{"Retry-After", value}}).wait;
}
} // namespace

TEST(retry_after, is_read_in_every_form_that_upstreams_use)
{
    struct row
    {
        std::string_view value;
        milliseconds wait;
    };
    for(auto const& [value, wait] : {
            row{"0", 0ms},
            row{"1", 1s},
            row{"120", 120s},
            row{"0012", 12s},
            row{"1.5", 1500ms},
            row{"2.0", 2s},
            row{"2592000", 720h},
            row{"5, 10", 10s},
            row{"Sat, 21 Nov 2026 12:01:00 GMT", 60s},
            row{"Saturday, 21-Nov-26 12:01:00 GMT", 60s},
            row{"Sat Nov 21 12:01:00 2026", 60s},
            row{"sat, 21 nov 2026 12:01:00 gmt", 60s},
            row{"Sat, 21 Nov 2026 12:00:00 GMT", 1s},
            row{"Sat, 21 Nov 2026 11:59:00 GMT", 1s},
        })
    {
        EXPECT_EQ(retry_after(value), wait) << value;
        EXPECT_EQ(read({{"retry-after", value}}).dropped, 0u) << value;
    }
}

TEST(retry_after, is_dropped_and_counted_when_it_is_not_plausible)
{
    for(std::string_view const value : {"",
                                        "-1",
                                        "+1",
                                        "soon",
                                        "1e99",
                                        "1e",
                                        "inf",
                                        "nan",
                                        "0x10",
                                        "2592001",
                                        "99999999999999999999",
                                        "1 2",
                                        "1,5x",
                                        "Thu, 01 Jan 1970 00:00:00 GMT",
                                        "Sun, 06 Dec 2099 00:00:00 GMT",
                                        "Sat, 21 Nov 3439 12:02:00 GMT",
                                        "Sun, 06 Nov 0094 08:49:37 GMT",
                                        "Sat, 21 Nov 2026 11:58:59 GMT",
                                        "Sat, 31 Feb 2026 12:01:00 GMT",
                                        "Sat, 21 Nov 2026 25:01:00 GMT",
                                        "Sat, 21 Nov 2026 12:01:00",
                                        "1795262400",
                                        "5;q=1"})
    {
        auto const found = read({{"Retry-After", value}});
        EXPECT_EQ(found.wait, std::nullopt) << value;
        EXPECT_EQ(found.dropped, 1u) << value;
        EXPECT_EQ(found.source, hint_kind::none) << value;
    }
    std::string_view const with_nul{"10\0", 3};
    EXPECT_EQ(retry_after(with_nul), std::nullopt);
}

TEST(retry_after, counts_a_date_from_the_upstreams_own_clock)
{
    auto const found =
        read({{"Retry-After", "Sat, 21 Nov 2026 13:00:30 GMT"}, {"Date", "Sat, 21 Nov 2026 13:00:00 GMT"}});
    EXPECT_EQ(found.wait, 30s);
}

TEST(retry_after, uses_our_clock_where_the_date_cannot_be_read)
{
    EXPECT_EQ(read({{"Retry-After", "Sat, 21 Nov 2026 12:00:30 GMT"}, {"Date", "yesterday"}}).wait, 30s);
}

TEST(retry_after, is_the_larger_of_two_lines)
{
    EXPECT_EQ(read({{"Retry-After", "5"}, {"Retry-After", "9"}}).wait, 9s);
    EXPECT_EQ(read({{"Retry-After", "9"}, {"Retry-After", "5"}}).wait, 9s);
    auto const one_bad = read({{"Retry-After", "soon"}, {"Retry-After", "5"}});
    EXPECT_EQ(one_bad.wait, 5s);
    EXPECT_EQ(one_bad.dropped, 1u);
}

TEST(retry_after, remembers_a_literal_zero)
{
    EXPECT_TRUE(read({{"Retry-After", "0"}}).sent_zero);
    EXPECT_TRUE(read({{"Retry-After", ", , 0"}}).sent_zero);
    EXPECT_FALSE(read({{"Retry-After", "0.0"}}).sent_zero);
    EXPECT_FALSE(read({{"Retry-After", "0"}, {"Retry-After", "3"}}).sent_zero);
    EXPECT_FALSE(read({{"Retry-After", "Sat, 21 Nov 2026 12:00:00 GMT"}, date}).sent_zero);
}

TEST(http_date, puts_a_two_digit_year_within_fifty_years)
{
    EXPECT_EQ(read_http_date("Sunday, 06-Nov-94 08:49:37 GMT", noon),
              sys_days{1994y / November / 6} + 8h + 49min + 37s);
    EXPECT_EQ(read_http_date("Friday, 06-Nov-76 08:49:37 GMT", noon),
              sys_days{2076y / November / 6} + 8h + 49min + 37s);
    EXPECT_EQ(read_http_date("Sunday, 06-Nov-77 08:49:37 GMT", noon),
              sys_days{1977y / November / 6} + 8h + 49min + 37s);
}

TEST(http_date, pads_the_day_of_asctime_with_a_space)
{
    EXPECT_EQ(read_http_date("Sun Nov  6 08:49:37 1994", noon), sys_days{1994y / November / 6} + 8h + 49min + 37s);
}

TEST(duration, is_read_in_the_notations_of_apis)
{
    struct row
    {
        std::string_view text;
        milliseconds wait;
    };
    for(auto const& [text, wait] : {
            row{"3.5s", 3500ms},
            row{"0.5s", 500ms},
            row{"12ms", 12ms},
            row{"6m0s", 6min},
            row{"1h30m", 90min},
            row{"PT1M", 1min},
            row{"PT1M30.5S", 90'500ms},
            row{"P1DT2H", 26h},
            row{"P1W", 168h},
            row{"30 seconds", 30s},
            row{"1 minute 30 seconds", 90s},
            row{"2 hours", 2h},
        })
        EXPECT_EQ(read_duration(text), wait) << text;
}

TEST(duration, is_nothing_when_it_cannot_be_read)
{
    for(std::string_view const text :
        {"", "s", "-3s", "3", "3x", "P", "PT", "P1M", "P1Y", "PT1", "1e400s", "3s!", "99999999999999h"})
        EXPECT_EQ(read_duration(text), std::nullopt) << text;
}

TEST(timestamp, is_read_with_its_offset)
{
    EXPECT_EQ(read_timestamp("2026-11-21T12:00:30Z"), noon + 30s);
    EXPECT_EQ(read_timestamp("2026-11-21T13:00:30.123+01:00"), noon + 30s);
    EXPECT_EQ(read_timestamp("2026-11-21"), std::nullopt);
    EXPECT_EQ(read_timestamp("2026-13-21T12:00:30Z"), std::nullopt);
}

TEST(hints, are_trusted_in_the_documented_order)
{
    field const limit{"RateLimit", "\"default\";r=0;t=40"};
    field const remaining{"X-RateLimit-Remaining", "0"}, reset{"X-RateLimit-Reset", "50"};
    body_hint const guessed{"30", hint_unit::seconds, false};
    EXPECT_EQ(read({remaining, reset}).wait, 50s);
    EXPECT_EQ(read({remaining, reset}).source, hint_kind::rate_limit_reset);
    EXPECT_EQ(read({remaining, reset, limit}).wait, 40s);
    EXPECT_EQ(read({remaining, reset, limit}, {guessed}).wait, 30s);
    EXPECT_EQ(read({remaining, reset, limit, {"retry-after-ms", "20000"}}, {guessed}).wait, 20s);
    EXPECT_EQ(read({remaining, reset, limit, {"Retry-After", "10"}}, {guessed}).wait, 10s);
}

TEST(hints, take_the_later_of_two_statements)
{
    auto const header_later = read({{"Retry-After", "10"}, {"retry-after-ms", "3000"}});
    EXPECT_EQ(header_later.wait, 10s);
    EXPECT_EQ(header_later.contradicted, 1u);
    auto const body_later = read({{"Retry-After", "10"}}, {{"25", hint_unit::seconds, true}});
    EXPECT_EQ(body_later.wait, 25s);
    EXPECT_EQ(body_later.source, hint_kind::body);
}

TEST(hints, take_the_finer_of_two_values_that_differ_by_rounding)
{
    EXPECT_EQ(read({{"Retry-After", "1337"}}, {{"1336.57", hint_unit::seconds, true}}).wait, 1'336'570ms);
    EXPECT_EQ(read({{"Retry-After", "2"}, {"retry-after-ms", "1100"}}).wait, 1100ms);
    EXPECT_EQ(read({{"Retry-After", "2"}, {"retry-after-ms", "1100"}}).contradicted, 0u);
}

TEST(hints, never_lengthen_a_wait_by_a_guessed_unit)
{
    EXPECT_EQ(read({{"Retry-After", "60"}}, {{"60000", hint_unit::unknown, false}}).wait, 60s);
}

TEST(hints, read_bodies_in_every_unit)
{
    struct row
    {
        std::string_view text;
        hint_unit unit;
        milliseconds wait;
    };
    for(auto const& [text, unit, wait] : {
            row{"2", hint_unit::seconds, 2s},
            row{"0.25", hint_unit::seconds, 250ms},
            row{"2s", hint_unit::seconds, 2s},
            row{"1e1", hint_unit::seconds, 10s},
            row{"2500", hint_unit::milliseconds, 2500ms},
            row{"3.5s", hint_unit::duration_text, 3500ms},
            row{"PT1M", hint_unit::duration_text, 1min},
            row{"1795262430", hint_unit::epoch, 30s},
            row{"1795262430000", hint_unit::epoch, 30s},
            row{"2026-11-21T12:00:30Z", hint_unit::date_text, 30s},
            row{"30", hint_unit::unknown, 30s},
            row{"6m0s", hint_unit::unknown, 6min},
            row{" 5 ", hint_unit::seconds, 5s},
        })
        EXPECT_EQ(read({}, {{text, unit, true}}).wait, wait) << text;
}

TEST(hints, drop_what_a_body_cannot_mean)
{
    for(std::string_view const text : {"", "-1", "1e99", "soon", "2592001", "4085942400"})
        EXPECT_EQ(read({}, {{text, hint_unit::seconds, true}}).wait, std::nullopt) << text;
    // So late that the clock has no number for it: counted on, they would come round to 30 seconds from now.
    for(std::string_view const text : {"20242006503", "20242006503709", "99999999999999"})
        EXPECT_EQ(read({}, {{text, hint_unit::epoch, true}}).wait, std::nullopt) << text;
}

TEST(rate_limit, counts_only_when_nothing_remains)
{
    EXPECT_EQ(read({{"RateLimit", "\"default\";r=0;t=30"}}).wait, 30s);
    EXPECT_EQ(read({{"RateLimit", "\"default\";r=1;t=30"}}).wait, std::nullopt);
    EXPECT_EQ(read({{"RateLimit", "\"a\";r=5;t=3, \"b\";r=0;t=60"}}).wait, 60s);
    EXPECT_EQ(read({{"RateLimit", "\"a,b;r=0;t=5\";r=0;t=60"}}).wait, 60s);
    EXPECT_EQ(read({{"RateLimit", "limit=10, remaining=0, reset=7"}}).wait, 7s);
    EXPECT_EQ(read({{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "8"}}).wait, 8s);
    EXPECT_EQ(read({{"RateLimit", "nonsense"}}).dropped, 1u);
}

TEST(rate_limit_reset, is_read_by_the_size_of_its_number)
{
    field const none_left{"X-RateLimit-Remaining", "0"};
    EXPECT_EQ(read({none_left, {"X-RateLimit-Reset", "1795262430"}, date}).wait, 30s);
    EXPECT_EQ(read({none_left, {"X-RateLimit-Reset", "1795262430000"}, date}).wait, 30s);
    EXPECT_EQ(read({none_left, {"X-RateLimit-Reset", "1795262430.5"}, date}).wait, 30'500ms);
    EXPECT_EQ(read({none_left, {"X-RateLimit-Reset", "30"}}).wait, 30s);
    EXPECT_EQ(read({none_left, {"X-RateLimit-Reset", "99"}, {"X-RateLimit-Reset-After", "1.25"}}).wait, 1250ms);
    EXPECT_EQ(read({{"X-RateLimit-Remaining", "3"}, {"X-RateLimit-Reset", "30"}}).wait, std::nullopt);
    EXPECT_EQ(read({{"X-RateLimit-Reset", "30"}}).wait, std::nullopt);
}

TEST(rate_limit_reset, is_found_under_the_names_of_vendors)
{
    EXPECT_EQ(read({{"x-rate-limit-remaining", "0"}, {"x-rate-limit-reset", "30"}}).wait, 30s);
    EXPECT_EQ(read({{"x-ratelimit-remaining-tokens", "0"},
                    {"x-ratelimit-reset-tokens", "6m0s"},
                    {"x-ratelimit-remaining-requests", "9"},
                    {"x-ratelimit-reset-requests", "9h"}})
                  .wait,
              6min);
    EXPECT_EQ(read({{"anthropic-ratelimit-requests-remaining", "0"},
                    {"anthropic-ratelimit-requests-reset", "2026-11-21T12:00:30Z"}})
                  .wait,
              30s);
}

TEST(retry_flags, are_read_from_the_first_field_that_has_one)
{
    EXPECT_EQ(read({{"x-should-retry", "true"}}).flag, true);
    EXPECT_EQ(read({{"X-Should-Retry", "False"}}).flag, false);
    EXPECT_EQ(read({{"Stripe-Should-Retry", "true"}}).flag, true);
    EXPECT_EQ(read({{"Stripe-Should-Retry", "true"}, {"x-should-retry", "false"}}).flag, false);
    EXPECT_EQ(read({{"x-should-retry", "maybe"}}).flag, std::nullopt);
    EXPECT_EQ(read({{"x-should-retry", "maybe"}}).dropped, 1u);
}

TEST(grpc_pushback, forbids_retrying_when_negative_or_unreadable)
{
    EXPECT_EQ(read({{"grpc-retry-pushback-ms", "250"}}).flag, true);
    EXPECT_EQ(read({{"grpc-retry-pushback-ms", "250"}}).wait, 250ms);
    for(std::string_view const value : {"-1", "soon", "", "99999999999"})
        EXPECT_EQ(read({{"grpc-retry-pushback-ms", value}}).flag, false) << value;
}

} // namespace errata
