#pragma once

#include <string>
#include <string_view>

namespace errata
{

/// The configuration as JSON Schema (draft 2020-12), for editors. Made from the key tables that read the configuration.
[[nodiscard]] std::string json_schema();

/// The reference page of all keys, in Markdown. Made from the same tables.
[[nodiscard]] std::string reference_page();

/// The same JSON with one member or element per line. Numbers and strings stay letter for letter; `json` has to be
/// valid.
[[nodiscard]] std::string indent_json(std::string_view json);

} // namespace errata
