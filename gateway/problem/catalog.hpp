#pragma once

#include <string>
#include <string_view>

namespace errata
{

/// A page of the catalogue: what stands behind a problem's `type` URI.
struct catalog_page
{
    std::string_view media_type;
    std::string body;
};

/// The catalogue of problem types: `name` is a code in kebab-case ("upstream-refused"); empty: the list of all. Links
/// lead to `base` (ending in "/") and a name. Names that are not ours belong to the services behind; their page says
/// so. HTML where `accept` prefers it, else JSON. Everything that is not ours is escaped.
[[nodiscard]] catalog_page catalog(std::string_view name, std::string_view base, std::string_view accept);

} // namespace errata
