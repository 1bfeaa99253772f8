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

trace_context started_trace::start(id_source& ids, bool sampled) noexcept
{
    auto* to = text_.data();
    auto const put = [&to](std::string_view text) { to = std::copy(text.begin(), text.end(), to); };
    auto const put_random = [&]
    {
        auto word = ids.next() | 1; // an id of zeros is none
        for(int i = 0; i < 16; ++i, word >>= 4)
            *to++ = "0123456789abcdef"[word & 15];
    };
    put("00-");
    put_random();
    put_random();
    put("-");
    put_random();
    put(sampled ? "-01" : "-00");
    return {text().substr(3, 32), text().substr(36, 16)};
}

} // namespace errata
