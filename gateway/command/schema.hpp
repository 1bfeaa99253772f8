#pragma once

#include "command/console.hpp"

#include <string_view>

namespace errata
{

struct schema_options
{
    bool openapi = false, markdown = false;
};

/// Writes what machines and people read about the product's formats: the configuration as JSON Schema, its reference
/// page, or the canonical error as an OpenAPI component.
[[nodiscard]] int write_schema(schema_options const& options, console& io);

/// An OpenAPI 3.1 document whose components describe the canonical error and its retry headers.
[[nodiscard]] std::string_view openapi_document() noexcept;

} // namespace errata
