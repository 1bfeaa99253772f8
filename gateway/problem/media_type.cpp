#include "problem/media_type.hpp"

#include "problem/field.hpp"

#include <algorithm>

namespace errata
{

std::string_view essence(std::string_view content_type) noexcept
{
    // A comma: two fields that somebody on the way has joined. The first one counts.
    auto const end = std::ranges::find_if(content_type, [](char c) { return c == ';' || c == ','; });
    return trim(content_type.substr(0, static_cast<std::size_t>(end - content_type.begin())));
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
