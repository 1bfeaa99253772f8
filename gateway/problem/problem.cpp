#include "problem/problem.hpp"

#include "problem/wording.hpp"

#include <algorithm>

namespace errata
{
namespace
{
char kebab(char c) noexcept
{
    return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string_view joined(std::string_view a, std::string_view b, arena& memory)
{
    auto* const p = memory.allocate(a.size() + b.size());
    a.copy(p, a.size());
    b.copy(p + a.size(), b.size());
    return {p, a.size() + b.size()};
}
} // namespace

std::string_view name_of(error_origin origin) noexcept
{
    switch(origin)
    {
    case error_origin::gateway:
        return "gateway";
    case error_origin::upstream:
        return "upstream";
    case error_origin::client:
        return "client";
    }
    return {};
}

std::string_view type_of(std::string_view base, std::string_view code, arena& memory)
{
    if(base.empty() || code.empty())
        return "about:blank";
    auto* const p = memory.allocate(base.size() + code.size());
    std::ranges::transform(code, std::ranges::copy(base, p).out, kebab);
    return {p, base.size() + code.size()};
}

std::string_view instance_of(std::string_view request_id, arena& memory)
{
    return is_uuid(request_id) ? joined("urn:uuid:", request_id, memory) : std::string_view{};
}

} // namespace errata
