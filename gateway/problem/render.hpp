#pragma once

#include "problem/json_writer.hpp"
#include "problem/problem.hpp"

#include <string>

namespace errata
{

/// Appends the error in the rendering that the policy wants.
void render(problem const& p, error_policy const& policy, std::string& out);

/// Appends the canonical error as one JSON object, members in the documented order, absent ones left out.
void write_problem(problem const& p, std::string& out);

/// Appends `{"error": {"code", "message", ...}}`.
void write_envelope(problem const& p, std::string& out);

// The parts that other renderings use as well: the value alone, without a name.
void write_errors(std::span<field_error const> errors, json_writer& json);
void write_retry(problem const& p, json_writer& json);

/// The field of a field error as an RFC 6901 URI fragment: "items.0.sku" is "#/items/0/sku".
void write_pointer(std::string_view field, json_writer& json);

} // namespace errata
