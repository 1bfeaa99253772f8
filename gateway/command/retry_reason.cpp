#include "command/retry_reason.hpp"

#include "problem/rules.hpp"

#include <fmt/format.h>

namespace errata
{
namespace
{
/// Where the upstream said how long to wait; empty where it did not.
std::string_view place_of(hint_kind source) noexcept
{
    switch(source)
    {
    case hint_kind::retry_after:
        return " in Retry-After";
    case hint_kind::millisecond_field:
        return " in a field in milliseconds";
    case hint_kind::body:
        return " in the body";
    case hint_kind::rate_limit:
        return " in RateLimit";
    case hint_kind::rate_limit_reset:
        return " in fields of its rate limit";
    case hint_kind::none:
    case hint_kind::schedule:
    case hint_kind::policy_default:
    case hint_kind::known_time:
    case hint_kind::upstream_flag:
        break;
    }
    return "";
}

std::string hints_passed_over(hints const& read)
{
    std::string out;
    if(read.dropped)
        out += fmt::format("; {} of its hints not plausible", read.dropped);
    if(read.contradicted)
        out += fmt::format("; {} of its hints contradicted by a later one", read.contradicted);
    return out;
}
} // namespace

std::string retry_verdict(answer const& reply)
{
    auto const& a = reply.retry;
    if(a.why.empty())
        return "none: such an answer is left as it is";
    auto const passed_over = hints_passed_over(reply.read);
    if(a.exhausted)
        return fmt::format("no: {} failures reported, {} attempts at most{}", a.attempt - 1, a.max_attempts,
                           passed_over);
    if(!a.allowed)
        return fmt::format("no: {}{}", a.why, passed_over);
    return fmt::format("after {} s: {}{}{}{}", a.seconds(), a.why, place_of(a.source), passed_over,
                       a.safe ? "" : " (not safe: it may happen twice)");
}

std::string retry_reason(answer const& reply, std::vector<written_setting> const& behind)
{
    auto out = retry_verdict(reply);
    auto const* const rule = reply.rule;
    if(rule && (rule->set.retry_allowed || rule->set.retry_after))
        return out + fmt::format("  ({})", rule->where);
    std::vector<std::string> places;
    places.reserve(behind.size());
    for(auto const& s : behind)
        places.push_back(fmt::format("{}: {} {}", s.name, s.value, to_text(s.where)));
    if(!places.empty())
        return out + fmt::format("  ({})", fmt::join(places, ", "));
    return reply.retry.setting.empty() ? out : out + fmt::format("  (retry.{}: built in)", reply.retry.setting);
}

} // namespace errata
