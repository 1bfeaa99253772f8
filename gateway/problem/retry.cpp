#include "problem/retry.hpp"

#include <algorithm>
#include <charconv>

namespace errata
{
namespace
{
using namespace std::chrono_literals;
constexpr milliseconds longest = std::chrono::hours{24 * 30}; ///< no wait is longer than 30 days
constexpr unsigned most_failures = 1000;

std::optional<unsigned> count_in(std::string_view text) noexcept
{
    unsigned n = 0;
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    if(ec != std::errc{} || end != text.data() + text.size() || n > most_failures)
        return {};
    return n;
}

/// `attempt=2; max=3` of the AWS SDKs.
std::string_view attempt_parameter(std::string_view text) noexcept
{
    auto const at = text.find("attempt=");
    if(at == std::string_view::npos)
        return {};
    text.remove_prefix(at + 8);
    return text.substr(0, text.find_first_of("; \t"));
}

/// Failures that one request field reports; 0 when it says nothing about it.
unsigned failures_in(field const& f, retry_policy const& policy) noexcept
{
    if(iequals(f.name, "X-Failed-Requests") || iequals(f.name, "x-stainless-retry-count"))
        return count_in(f.value).value_or(0);
    auto const first_is_one = [](std::optional<unsigned> n) { return n && *n > 0 ? *n - 1 : 0; };
    if(iequals(f.name, "amz-sdk-request"))
        return first_is_one(count_in(attempt_parameter(f.value)));
    if(iequals(f.name, "x-envoy-attempt-count"))
        return first_is_one(count_in(f.value));
    for(auto const& name : policy.attempt_fields)
        if(iequals(f.name, name))
            return count_in(f.value).value_or(0);
    return 0;
}

/// base * factor^(n-1), never beyond `longest`.
milliseconds scheduled_wait(unsigned n, retry_policy const& policy, double random) noexcept
{
    auto wait = std::min(policy.base, longest);
    for(unsigned i = 1; i < n && wait < longest; ++i)
        wait = wait > longest / std::max(policy.factor, 1u) ? longest : wait * policy.factor;
    // Upward only: a client that honours the announced time must not be told off for coming back too early.
    if(policy.jitter > 0)
        wait += milliseconds{static_cast<milliseconds::rep>(static_cast<double>(wait.count()) * policy.jitter *
                                                            std::clamp(random, 0.0, 1.0))};
    return std::min(wait, policy.cap.value_or(longest));
}

class adviser
{
public:
    adviser(retry_facts const& facts, retry_policy const& policy) noexcept : facts_(facts), policy_(policy)
    {
        advice_.attempt = facts.failures + 1;
        advice_.max_attempts = policy.attempts;
        advice_.safe = facts.idempotent || facts.idempotency_key || facts.acted == execution::no;
    }

    retry_advice decide() noexcept
    {
        if(facts_.status < 400)
            return refuse("not an error");
        return facts_.cause ? own_failure(trait(*facts_.cause).wait) : upstream_error();
    }

private:
    // An own failure is never repeated by a client that cannot know whether the first try took effect (RFC 9110 9.2.2).
    retry_advice own_failure(hint_source wait) noexcept
    {
        if(wait == hint_source::none)
            return refuse("repeating cannot help");
        if(!advice_.safe)
        {
            advice_.refused_as_unsafe = true;
            return refuse("the request may have taken effect and is not idempotent");
        }
        if(facts_.known_wait)
            return allow(*facts_.known_wait, hint_kind::known_time, "the gateway knows the time");
        if(wait == hint_source::one_second)
            return allow(1s, hint_kind::policy_default, "repeat soon");
        return by_rule(policy_.rule_for(facts_.status));
    }

    retry_advice upstream_error() noexcept
    {
        auto const rule = policy_.rule_for(facts_.status);
        if(facts_.upstream.flag)
            return *facts_.upstream.flag ? flagged(rule) : refuse("the upstream says so");
        if(policy_.refuse_unsafe && !advice_.safe && facts_.status >= 500)
        {
            advice_.refused_as_unsafe = true;
            advice_.setting = "unsafe";
            return refuse("not idempotent, refused by policy");
        }
        return by_rule(rule);
    }

    /// The upstream wants the retry: whatever the status, exhausted or not, only the wait is still open.
    retry_advice flagged(retry_rule rule) noexcept
    {
        auto const& hint = facts_.upstream;
        if(hint.wait)
            return allow(*hint.wait, hint.source, "the upstream says so");
        if(rule == retry_rule::one_second)
            return allow(1s, hint_kind::upstream_flag, "the upstream says so");
        if(facts_.status == 429 && policy_.default_wait_429)
        {
            advice_.setting = "default_wait_429";
            return allow(*policy_.default_wait_429, hint_kind::policy_default, "the upstream says so");
        }
        auto const n = std::min(advice_.attempt, std::max(policy_.attempts, 1u));
        return allow(scheduled_wait(n, policy_, facts_.random), hint_kind::upstream_flag, "the upstream says so");
    }

    retry_advice by_rule(retry_rule rule) noexcept
    {
        auto const& hint = facts_.upstream;
        advice_.setting = "statuses";
        if(rule == retry_rule::never)
            return refuse("a repetition would fail again");
        if(hint.wait)
            return allow(*hint.wait, hint.source, "the upstream names the wait");
        switch(rule)
        {
        case retry_rule::never:
        case retry_rule::when_declared:
            return refuse("the upstream does not ask for a retry");
        case retry_rule::when_hinted:
            if(facts_.status == 429 && policy_.default_wait_429)
            {
                advice_.setting = "default_wait_429";
                return allow(*policy_.default_wait_429, hint_kind::policy_default, "default wait");
            }
            return refuse("the upstream names no wait");
        case retry_rule::one_second:
            return allow(1s, hint_kind::policy_default, "repeat soon");
        case retry_rule::backoff:
            return schedule();
        }
        return refuse("no rule");
    }

    retry_advice schedule() noexcept
    {
        advice_.scheduled = true;
        if(advice_.attempt > policy_.attempts)
        {
            advice_.exhausted = true;
            return refuse("attempts used up");
        }
        return allow(scheduled_wait(advice_.attempt, policy_, facts_.random), hint_kind::schedule, "backoff");
    }

    retry_advice allow(milliseconds after, hint_kind source, std::string_view why) noexcept
    {
        advice_.allowed = true;
        advice_.after = std::clamp(after, milliseconds{0}, longest);
        advice_.source = source;
        advice_.zero = facts_.upstream.sent_zero && after == 0ms;
        if(!advice_.zero && *advice_.after == 0ms)
            advice_.after = 1s; // as the field says it, in whole seconds
        advice_.why = why;
        return advice_;
    }

    retry_advice refuse(std::string_view why) noexcept
    {
        advice_.why = why;
        return advice_;
    }

    retry_facts const& facts_;
    retry_policy const& policy_;
    retry_advice advice_;
};
} // namespace

retry_policy::retry_policy()
{
    by_status.fill(retry_rule::never);
    for(unsigned s = 500; s < 600; ++s)
        by_status[s - 100] = retry_rule::when_declared;
    for(unsigned const s : {502, 503, 504, 507, 522, 523, 524, 529})
        by_status[s - 100] = retry_rule::backoff;
    for(unsigned const s : {501, 505, 511})
        by_status[s - 100] = retry_rule::never;
    for(unsigned const s : {403, 409, 413, 423})
        by_status[s - 100] = retry_rule::when_declared;
    for(unsigned const s : {408, 425})
        by_status[s - 100] = retry_rule::one_second;
    by_status[429 - 100] = retry_rule::when_hinted;
}

retry_rule retry_policy::rule_for(unsigned status) const noexcept
{
    return status >= 100 && status < 600 ? by_status[status - 100] : retry_rule::never;
}

unsigned failures_reported(field_list request, retry_policy const& policy)
{
    unsigned most = 0;
    for(auto const& f : request)
        most = std::max(most, failures_in(f, policy));
    return most;
}

retry_advice advise(retry_facts const& facts, retry_policy const& policy) noexcept
{
    return adviser{facts, policy}.decide();
}

long long retry_advice::seconds() const noexcept
{
    // RFC 9110 10.2.3: whole seconds, rounded up: a client that comes back early is told off again.
    auto const whole = std::chrono::ceil<std::chrono::seconds>(after.value_or(milliseconds{0})).count();
    return zero ? whole : std::max<long long>(whole, 1);
}

bool is_idempotent(std::string_view method) noexcept
{
    constexpr std::array methods{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
    return std::ranges::find(methods, method) != methods.end();
}

} // namespace errata
