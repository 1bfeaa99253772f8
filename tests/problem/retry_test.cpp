#include "problem/retry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

namespace errata
{
namespace
{
using namespace std::chrono_literals;

hints waiting(milliseconds wait)
{
    hints h;
    h.wait = wait;
    h.source = hint_kind::retry_after;
    return h;
}

hints flagged(bool flag)
{
    hints h;
    h.flag = flag;
    return h;
}

retry_advice upstream(unsigned status, hints h = {}, unsigned failures = 0, retry_policy const& policy = {})
{
    return advise({.status = status, .cause = {}, .failures = failures, .upstream = h, .known_wait = {}}, policy);
}

/// -1: not allowed; else the integer that Retry-After gets.
long long seconds(retry_advice const& a)
{
    return a.allowed ? a.seconds() : -1;
}
} // namespace

TEST(retry_policy, decides_by_status_and_hint)
{
    struct row
    {
        unsigned status;
        long long plain, hinted, flag_true, flag_false;
    };
    for(auto const& [status, plain, hinted, flag_true, flag_false] : {
            row{400, -1, -1, 8, -1},  row{401, -1, -1, 8, -1}, row{402, -1, -1, 8, -1}, row{403, -1, 30, 8, -1},
            row{404, -1, -1, 8, -1},  row{405, -1, -1, 8, -1}, row{408, 1, 30, 1, -1},  row{409, -1, 30, 8, -1},
            row{410, -1, -1, 8, -1},  row{412, -1, -1, 8, -1}, row{413, -1, 30, 8, -1}, row{416, -1, -1, 8, -1},
            row{418, -1, -1, 8, -1},  row{422, -1, -1, 8, -1}, row{423, -1, 30, 8, -1}, row{425, 1, 30, 1, -1},
            row{428, -1, -1, 8, -1},  row{429, -1, 30, 8, -1}, row{431, -1, -1, 8, -1}, row{451, -1, -1, 8, -1},
            row{500, -1, 30, 8, -1},  row{501, -1, -1, 8, -1}, row{502, 8, 30, 8, -1},  row{503, 8, 30, 8, -1},
            row{504, 8, 30, 8, -1},   row{505, -1, -1, 8, -1}, row{507, 8, 30, 8, -1},  row{511, -1, -1, 8, -1},
            row{520, -1, 30, 8, -1},  row{522, 8, 30, 8, -1},  row{523, 8, 30, 8, -1},  row{524, 8, 30, 8, -1},
            row{525, -1, 30, 8, -1},  row{529, 8, 30, 8, -1},  row{598, -1, 30, 8, -1}, row{200, -1, -1, -1, -1},
            row{302, -1, -1, -1, -1},
        })
    {
        EXPECT_EQ(seconds(upstream(status)), plain) << status;
        EXPECT_EQ(seconds(upstream(status, waiting(30s))), hinted) << status;
        EXPECT_EQ(seconds(upstream(status, flagged(true))), flag_true) << status;
        EXPECT_EQ(seconds(upstream(status, flagged(false))), flag_false) << status;
    }
}

namespace
{
/// What docs/retry.md says, once more and in other words: the decision must not differ from it anywhere.
struct promised
{
    long long seconds; ///< -1: not allowed
    bool exhausted = false;
};

enum class kept_as
{
    never,
    one_second,
    when_declared,
    backoff
};

kept_as rule_of(unsigned status)
{
    auto const is = [status](std::initializer_list<unsigned> list)
    { return std::find(list.begin(), list.end(), status) != list.end(); };
    if(is({408, 425}))
        return kept_as::one_second;
    if(is({403, 409, 413, 423, 429}))
        return kept_as::when_declared;
    if(status < 500 || is({501, 505, 511}))
        return kept_as::never;
    return is({502, 503, 504, 507, 522, 523, 524, 529}) ? kept_as::backoff : kept_as::when_declared;
}

promised by_rule(kept_as rule, unsigned failures, std::optional<long long> wait)
{
    constexpr std::array<long long, 5> schedule{8, 64, 512, 4096, 32768};
    if(rule == kept_as::never)
        return {-1};
    if(wait)
        return {*wait};
    if(rule == kept_as::one_second)
        return {1};
    if(rule == kept_as::when_declared)
        return {-1};
    return failures < schedule.size() ? promised{schedule[failures]} : promised{-1, true};
}

promised for_upstream(unsigned status, unsigned failures, hints const& hint, std::optional<long long> wait)
{
    if(status < 400 || hint.flag == false)
        return {-1};
    auto const rule = rule_of(status);
    if(!hint.flag)
        return by_rule(rule, failures, wait);
    if(wait || rule == kept_as::one_second)
        return {wait.value_or(1)};
    return by_rule(kept_as::backoff, std::min(failures, 4U), {}); // the upstream wants it: never exhausted
}

void expect_promised(retry_facts const& facts, promised const& wanted, std::string const& what)
{
    auto const got = advise(facts, {});
    ASSERT_EQ(seconds(got), wanted.seconds) << what;
    ASSERT_EQ(got.exhausted, wanted.exhausted) << what;
    ASSERT_EQ(got.attempt, facts.failures + 1) << what;
    ASSERT_EQ(got.safe, facts.idempotent || facts.idempotency_key || facts.acted == execution::no) << what;
    ASSERT_EQ(got.after.has_value(), got.allowed) << what;
}

std::string told(retry_facts const& f)
{
    return "status " + std::to_string(f.status) + ", failures " + std::to_string(f.failures) +
           (f.idempotent ? ", idempotent" : "") + (f.idempotency_key ? ", key" : "") + ", executed " +
           std::to_string(static_cast<int>(f.acted)) + (f.upstream.wait ? ", wait" : "") +
           (f.upstream.flag ? *f.upstream.flag ? ", flag" : ", no flag" : "") +
           (f.cause ? ", " + std::string(trait(*f.cause).name) : "") + (f.known_wait ? ", known" : "");
}

/// Calls `each` for every method, execution and number of failures.
template <class Each>
void for_all_requests(retry_facts facts, Each const& each)
{
    for(bool const idempotent : {false, true})
        for(bool const key : {false, true})
            for(auto const acted : {execution::no, execution::maybe, execution::yes})
                for(unsigned failures = 0; failures < 8; ++failures)
                {
                    facts.idempotent = idempotent;
                    facts.idempotency_key = key;
                    facts.acted = acted;
                    facts.failures = failures;
                    each(facts);
                }
}

} // namespace

TEST(decision, is_what_the_documentation_says_for_every_status_hint_method_execution_and_attempt)
{
    auto both = waiting(30s);
    both.flag = true;
    for(unsigned status = 100; status < 600; ++status)
        for(auto const& hint : {hints{}, waiting(30s), flagged(true), flagged(false), both})
            for_all_requests({.status = status, .cause = {}, .upstream = hint, .known_wait = {}},
                             [&](retry_facts const& facts)
                             {
                                 auto const wait = hint.wait ? std::optional<long long>{30} : std::nullopt;
                                 expect_promised(facts, for_upstream(status, facts.failures, hint, wait), told(facts));
                             });
}

TEST(decision, is_what_the_documentation_says_for_every_failure_of_the_gateway)
{
    for(std::size_t i = 0; i < failure_count(); ++i)
    {
        auto const cause = static_cast<failure>(i);
        auto const& row = trait(cause);
        if(row.status < 400)
            continue;
        for(bool const known : {false, true})
            for_all_requests({.status = row.status,
                              .cause = cause,
                              .upstream = {},
                              .known_wait = known ? std::optional<milliseconds>{20s} : std::nullopt},
                             [&](retry_facts const& facts)
                             {
                                 auto const safe =
                                     facts.idempotent || facts.idempotency_key || facts.acted == execution::no;
                                 promised wanted{-1};
                                 if(row.wait != hint_source::none && safe && known)
                                     wanted = {20};
                                 else if(row.wait == hint_source::one_second && safe)
                                     wanted = {1};
                                 else if(row.wait != hint_source::none && safe)
                                     wanted = by_rule(rule_of(row.status), facts.failures, {});
                                 expect_promised(facts, wanted, told(facts));
                             });
    }
}

TEST(backoff, is_two_to_the_power_of_three_n_and_then_stops)
{
    long long const expected[] = {8, 64, 512, 4096, 32768};
    for(unsigned failures = 0; failures < 5; ++failures)
    {
        auto const advice = upstream(503, {}, failures);
        EXPECT_EQ(seconds(advice), expected[failures]);
        EXPECT_EQ(advice.attempt, failures + 1);
        EXPECT_FALSE(advice.exhausted);
    }
    auto const advice = upstream(503, {}, 5);
    EXPECT_FALSE(advice.allowed);
    EXPECT_TRUE(advice.exhausted);
    EXPECT_EQ(advice.attempt, 6u);
    EXPECT_EQ(advice.max_attempts, 5u);
    EXPECT_EQ(advice.after, std::nullopt);
}

TEST(backoff, gives_way_to_a_hint_or_flag_even_when_exhausted)
{
    EXPECT_EQ(seconds(upstream(503, waiting(30s), 9)), 30);
    EXPECT_FALSE(upstream(503, waiting(30s), 9).exhausted);
    EXPECT_TRUE(upstream(503, flagged(true), 9).allowed);
}

TEST(backoff, respects_cap_and_adds_jitter_upward_only)
{
    retry_policy policy;
    policy.jitter = 0.5;
    for(double const random : {0.0, 0.3, 0.999})
    {
        retry_facts facts{.status = 503, .cause = {}, .upstream = {}, .known_wait = {}, .random = random};
        auto const wait = *advise(facts, policy).after;
        EXPECT_GE(wait, 8s);
        EXPECT_LE(wait, 12s);
    }
    policy.cap = 60s;
    EXPECT_EQ(upstream(503, {}, 3, policy).after, 60s);
    EXPECT_EQ(upstream(503, waiting(90s), 3, policy).after, 90s) << "a hint is never capped";
}

TEST(backoff, stays_bounded_however_it_is_configured)
{
    retry_policy policy;
    policy.attempts = 1000;
    policy.factor = 4'000'000'000u;
    EXPECT_EQ(upstream(503, {}, 900, policy).after, std::chrono::hours{24 * 30});
}

TEST(retry_after_seconds, is_rounded_up_and_at_least_one)
{
    EXPECT_EQ(upstream(503, waiting(1ms)).seconds(), 1);
    EXPECT_EQ(upstream(503, waiting(1001ms)).seconds(), 2);
    EXPECT_EQ(upstream(503, waiting(0ms)).seconds(), 1);
    EXPECT_EQ(upstream(503, waiting(0ms)).after, 1s);
    auto zero = waiting(0ms);
    zero.sent_zero = true;
    EXPECT_EQ(upstream(503, zero).seconds(), 0);
}

TEST(rate_limit_without_hint, waits_the_default_where_there_is_one)
{
    retry_policy policy;
    policy.default_wait_429 = 20s;
    EXPECT_EQ(seconds(upstream(429, {}, 0, policy)), 20);
    EXPECT_EQ(seconds(upstream(429, waiting(30s), 0, policy)), 30);
}

TEST(unsafe_method, follows_the_table_unless_the_policy_refuses)
{
    retry_facts facts{.status = 503, .cause = {}, .idempotent = false, .upstream = {}, .known_wait = {}};
    auto const advice = advise(facts, {});
    EXPECT_TRUE(advice.allowed);
    EXPECT_FALSE(advice.safe);

    retry_policy strict;
    strict.refuse_unsafe = true;
    EXPECT_FALSE(advise(facts, strict).allowed);
    facts.idempotency_key = true;
    EXPECT_TRUE(advise(facts, strict).allowed);
    facts.idempotency_key = false;
    facts.status = 429;
    facts.upstream = waiting(5s);
    EXPECT_TRUE(advise(facts, strict).allowed) << "a 429 was not executed";
}

TEST(own_failure_advice, depends_on_whether_the_request_may_have_been_executed)
{
    struct row
    {
        failure cause;
        bool idempotent, key;
        execution acted;
        bool allowed;
    };
    for(auto const& [cause, idempotent, key, acted, allowed] : {
            row{failure::connect_refused, false, false, execution::no, true},
            row{failure::connect_refused, false, false, execution::maybe, false},
            row{failure::closed, false, false, execution::maybe, false},
            row{failure::closed, true, false, execution::maybe, true},
            row{failure::closed, false, true, execution::maybe, true},
            row{failure::read_timeout, true, false, execution::yes, true},
            row{failure::tls_certificate, true, false, execution::no, false},
            row{failure::malformed_response, true, false, execution::maybe, false},
        })
    {
        auto const advice = advise({.status = trait(cause).status,
                                    .cause = cause,
                                    .idempotent = idempotent,
                                    .idempotency_key = key,
                                    .acted = acted,
                                    .upstream = {},
                                    .known_wait = {}},
                                   {});
        EXPECT_EQ(advice.allowed, allowed) << trait(cause).name;
    }
}

TEST(failures_reported, is_the_largest_of_what_the_client_says)
{
    struct row
    {
        std::string_view name, value;
        unsigned failures;
    };
    for(auto const& [name, value, failures] : {
            row{"X-Failed-Requests", "3", 3},
            row{"x-stainless-retry-count", "2", 2},
            row{"amz-sdk-request", "attempt=3; max=5", 2},
            row{"amz-sdk-request", "attempt=1", 0},
            row{"x-envoy-attempt-count", "4", 3},
            row{"x-envoy-attempt-count", "0", 0},
            row{"X-Failed-Requests", "1000", 1000},
            row{"X-Failed-Requests", "1001", 0},
            row{"X-Failed-Requests", "-1", 0},
            row{"X-Failed-Requests", "many", 0},
            row{"X-Failed-Requests", "", 0},
            row{"X-Failed-Requests", "3.5", 0},
            row{"amz-sdk-request", "max=5", 0},
            row{"X-Tries", "7", 7},
        })
    {
        retry_policy policy;
        policy.attempt_fields = {"x-tries"};
        field const fields[] = {{"x-stainless-retry-count", "0"}, {name, value}};
        EXPECT_EQ(failures_reported(fields, policy), failures) << name << ": " << value;
    }
}

} // namespace errata
