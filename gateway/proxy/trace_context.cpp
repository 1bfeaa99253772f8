#include "proxy/trace_context.hpp"

#include <algorithm>

namespace errata
{
namespace
{
bool is_hex(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) noexcept
{
    return text.find_first_not_of('0') == std::string_view::npos;
}
} // namespace

std::optional<trace_context> parse_traceparent(std::string_view value) noexcept
{
    // 00-<32 hex>-<16 hex>-<2 hex>; later versions may have more after it.
    constexpr std::size_t length = 55;
    if(value.size() < length || value[2] != '-' || value[35] != '-' || value[52] != '-')
        return std::nullopt;
    auto const version = value.substr(0, 2);
    trace_context const ids{value.substr(3, 32), value.substr(36, 16)};
    if(!is_hex(version) || version == "ff" || !is_hex(ids.trace_id) || !is_hex(ids.span_id) ||
       !is_hex(value.substr(53, 2)))
        return std::nullopt;
    if(value.size() > length && (version == "00" || value[length] != '-'))
        return std::nullopt;
    if(is_zero(ids.trace_id) || is_zero(ids.span_id))
        return std::nullopt;
    return ids;
}

} // namespace errata
