#include "problem/negotiation.hpp"

#include "problem/octets.hpp"

#include <algorithm>

namespace errata
{
namespace
{
struct preferences
{
    bool names_problem = false;   ///< application/problem+json itself
    bool covers_problem = false;  ///< that or a range it falls in
    bool refuses_problem = false; ///< by q=0
    bool lists_json = false;
};

/// What separates elements and their parameters, or quotes.
struct element_sign
{
    static bool is(char c) noexcept { return c == ',' || c == ';' || c == '"' || c == '\\'; }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        auto const is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
        return _mm_or_si128(_mm_or_si128(is(','), is(';')), _mm_or_si128(is('"'), is('\\')));
    }
#endif
};

/// The element up to the next separator outside of quotes, taken off `rest`.
std::string_view next_element(std::string_view& rest, char separator) noexcept
{
    bool quoted = false;
    auto const* const end = rest.data() + rest.size();
    auto const* p = rest.data();
    for(; (p = find_octet<element_sign>(p, end)) != end && (quoted || *p != separator); ++p)
        if(*p == '"')
            quoted = !quoted;
        else if(*p == '\\' && quoted && ++p == end)
            break;
    auto const size = static_cast<std::size_t>(p - rest.data());
    auto const element = trim(rest.substr(0, size));
    rest.remove_prefix(std::min(rest.size(), size + 1));
    return element;
}

/// `q=0`, `q=0.`, `q=0.000`: not acceptable.
bool is_zero_weight(std::string_view parameter) noexcept
{
    auto const equals = parameter.find('=');
    if(equals == std::string_view::npos || !iequals(trim(parameter.substr(0, equals)), "q"))
        return false;
    auto const value = trim(parameter.substr(equals + 1));
    return !value.empty() && value.find_first_not_of("0.") == std::string_view::npos;
}

bool is_refused(std::string_view parameters) noexcept
{
    while(!parameters.empty())
        if(is_zero_weight(next_element(parameters, ';')))
            return true;
    return false;
}

void note(std::string_view element, preferences& found) noexcept
{
    auto const range = next_element(element, ';');
    auto const refused = !element.empty() && is_refused(element);
    if(iequals(range, "application/problem+json"))
        (refused ? found.refuses_problem : found.names_problem) = true;
    if(refused)
        return;
    if(found.names_problem || iequals(range, "application/*") || range == "*/*")
        found.covers_problem = true;
    else if(iequals(range, "application/json"))
        found.lists_json = true;
}

preferences read_accept(field_list request) noexcept
{
    preferences found;
    for(auto const& f : request)
        if(!iequals(f.name, "Accept"))
            continue;
        else if(f.value == "*/*") // what most clients send
            found.covers_problem = true;
        else
            for(auto rest = f.value; !rest.empty();)
                note(next_element(rest, ','), found);
    return found;
}
} // namespace

representation negotiate(error_policy const& policy, field_list request) noexcept
{
    representation chosen{policy.body, policy.plain_json || policy.render != rendering::problem, false};
    // Envelope and template have no second form, and what is passed through is not ours to choose.
    if(policy.render != rendering::problem || policy.body == body_policy::passthrough)
        return chosen;
    auto const accept = read_accept(request);
    if(policy.body == body_policy::compatible)
    {
        chosen.body = accept.names_problem ? body_policy::canonical : body_policy::compatible;
        chosen.plain_json = !accept.names_problem;
        chosen.varies = true;
    }
    else if(!policy.plain_json)
    {
        chosen.plain_json = accept.refuses_problem || (accept.lists_json && !accept.covers_problem);
        chosen.varies = true;
    }
    return chosen;
}

} // namespace errata
