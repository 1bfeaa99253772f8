#include "proxy/cors.hpp"

#include <algorithm>
#include <string>

namespace errata
{
namespace
{
/// The fields of the answer that a page may not read unless told so.
std::string_view readable(field_list answer, arena& memory)
{
    std::string names;
    for(std::string_view const name : {"Retry-After", "retry-after-ms", "X-Should-Retry", "X-Request-Id", "RateLimit"})
        if(find(answer, name))
            (names += names.empty() ? "" : ", ") += name;
    return memory.keep(names);
}
} // namespace

void add_cors_fields(cors_config const& cors, field_list request, std::vector<field>& answer, arena& memory)
{
    auto const origin = value_of(request, "Origin");
    bool const any = std::ranges::find(cors.origins, "*") != cors.origins.end();
    if(origin.empty() || !(any || std::ranges::find(cors.origins, origin) != cors.origins.end()))
        return;
    // A page that sends credentials may not be let in by a star (Fetch 3.3.5).
    bool const named = !any || cors.credentials;
    answer.push_back({"Access-Control-Allow-Origin", named ? origin : "*"});
    if(cors.credentials)
        answer.push_back({"Access-Control-Allow-Credentials", "true"});
    if(auto const names = readable(answer, memory); !names.empty())
        answer.push_back({"Access-Control-Expose-Headers", names});
    if(named)
        answer.push_back({"Vary", "Origin"});
}

std::string_view preflight_method(std::string_view method, field_list request) noexcept
{
    return method == "OPTIONS" && find(request, "Origin") ? value_of(request, "Access-Control-Request-Method")
                                                          : std::string_view{};
}

std::vector<field> preflight_fields(cors_config const& cors, field_list request, arena& memory)
{
    std::vector<field> answer;
    add_cors_fields(cors, request, answer, memory);
    if(answer.empty())
        return answer;
    answer.push_back({"Access-Control-Allow-Methods", value_of(request, "Access-Control-Request-Method")});
    if(auto const* const names = find(request, "Access-Control-Request-Headers"))
        answer.push_back({"Access-Control-Allow-Headers", names->value});
    // The next one is for the upstream to answer.
    answer.push_back({"Access-Control-Max-Age", "0"});
    answer.push_back({"Cache-Control", "no-store"});
    return answer;
}

} // namespace errata
