#include "problem/media_type.hpp"

#include "problem/field.hpp"
#include "problem/octets.hpp"

#include <algorithm>

namespace errata
{
namespace
{
struct list_sign
{
    static bool is(char c) noexcept { return c == ';' || c == ','; }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        return _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(';')), _mm_cmpeq_epi8(block, _mm_set1_epi8(',')));
    }
#endif
};
} // namespace

std::string_view essence(std::string_view content_type) noexcept
{
    // A comma: two fields that somebody on the way has joined. The first one counts.
    auto const* const begin = content_type.data();
    auto const* const end = find_octet<list_sign>(begin, begin + content_type.size());
    return trim(content_type.substr(0, static_cast<std::size_t>(end - begin)));
}

std::string_view charset_parameter(std::string_view content_type) noexcept
{
    auto rest = content_type.substr(std::min(content_type.size(), content_type.find(';')));
    while(!rest.empty())
    {
        rest.remove_prefix(1);
        auto const parameter = trim(rest.substr(0, rest.find(';')));
        rest.remove_prefix(std::min(rest.size(), rest.find(';')));
        auto const equals = parameter.find('=');
        if(equals == std::string_view::npos || !iequals(trim(parameter.substr(0, equals)), "charset"))
            continue;
        auto value = trim(parameter.substr(equals + 1));
        if(value.starts_with('"') || value.starts_with('\''))
            value = value.substr(1, value.find(value.front(), 1) - 1);
        return trim(value);
    }
    return {};
}

} // namespace errata
