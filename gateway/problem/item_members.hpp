#pragma once

#include "problem/document.hpp"

namespace errata
{

// What is asked of one member of an error object, or of a name, before a part is made of it.

[[nodiscard]] bool begins_low(std::string_view text);

/// Could be the name of a field; numbers, UUIDs and the path of the request could not.
[[nodiscard]] bool reads_as_name(std::string_view text);

/// What names the field in a list of fields: a text, or the member of an object that does; false when nothing does.
[[nodiscard]] document::ref name_of_field(document::ref const& listed);

/// Names a list of rules, as such: rules, policyRequirements.
[[nodiscard]] bool names_rules(std::string_view name);

/// What names the rule in a list of violated ones: `"MIN_LENGTH"`, `{"policyRequirement": "MIN_LENGTH", "params": {}}`.
[[nodiscard]] document::ref name_of_rule(document::ref const& rule);

/// True for a key that names the field of an error rather than its kind: complaints stand beside it, or a class of
/// errors.
[[nodiscard]] bool is_key_of_field(document::ref const& member);

/// True for `"constraint": "must be positive"`: what is wrong stands under a name that nobody listed.
[[nodiscard]] bool demands_under_any_name(document::ref const& member);

/// Names a list of parts of a request, each with its name: fields, parameters.
[[nodiscard]] bool names_parts(std::string_view name);

/// True for the `name` of an element of a list of fields or parameters: `"parameters": [{"name": "limit", ...}]`.
[[nodiscard]] bool is_name_of_part(document::ref const& member);

/// `"inputs": [{"input": "email", ...}]`: tells the elements of the list apart.
[[nodiscard]] bool is_named_after_list(document::ref const& member);

/// True for an `id` beside a type that says no more than "error": it tells which.
[[nodiscard]] bool is_id_of_error(document::ref const& member);

/// A list of the names of several fields: `"paths": ["/a", "/b"]`, `"fields": [{"fieldName": "postcode"}]`.
[[nodiscard]] bool lists_fields(document::ref const& member);

/// True for an `errorId` of a few digits: it numbers the kinds of errors. What names an occurrence is longer.
[[nodiscard]] bool numbers_kinds(document::ref const& member, document::ref const& value);

/// Can an answer with this status be about what the request contains?
[[nodiscard]] bool concerns_content(unsigned status) noexcept;

} // namespace errata
