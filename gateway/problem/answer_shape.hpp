#pragma once

#include "problem/document.hpp"

namespace errata
{

// What an answer as a whole, or a container in it, looks like to somebody who looks for errors in it.

/// True when a member is a list or object of errors by its name.
[[nodiscard]] bool holds_errors(document::ref const& object);

/// A map of field names at the top, as Django REST sends it: nothing in it is called an error.
[[nodiscard]] bool is_bare_field_map(document::ref const& root, unsigned status);

/// Fields with their complaints beside what is said of all: `{"__type": "Validation Error", "name": ["is missing"]}`.
[[nodiscard]] bool is_mixed_field_map(document::ref const& value);

/// `["The email address is invalid.", "Name can't be blank"]`
[[nodiscard]] bool is_sentence_list(document::ref const& list);

/// A map of fields with their complaints and of nothing that is called an error.
[[nodiscard]] bool is_map_of_fields(document::ref const& value);

/// `{"x": ["should be an integer"]}`: every member is a list of sentences, all of which complain.
[[nodiscard]] bool is_map_of_complaints(document::ref const& value);

/// What stands below `children` in a form with errors: `{"email": {"errors": ["is not valid"]}, "items": {"children":
/// {...}}}`.
[[nodiscard]] bool is_error_branch(document::ref const& children);

/// Errors with a field or a code, where a list of anything may stand.
[[nodiscard]] bool lists_failures(document::ref const& list);

/// `<constraint path="order.qty">must be at least 1</constraint>`
[[nodiscard]] bool names_field_by_attribute(document::ref const& element);

/// A title says that this is an error, and no more: an entry of a feed, mostly.
[[nodiscard]] bool is_titled_error(document::ref const& object);

/// `[{"FailedField": "User.Email", "Tag": "email"}]`: every element names a field and the rule that it violates.
[[nodiscard]] bool is_rule_list(document::ref const& list, unsigned status);

/// `{"message": "Invalid project", "name": ["This field is required."]}`: complaints under the fields' own names beside
/// what is said of all, as lists of them or as objects: `{"status": 400, "name": {"summary": "...", "detail": "..."}}`.
[[nodiscard]] bool holds_fields_beside(document::ref const& root, unsigned status);

/// A form that tells below each of its inputs what is wrong with it: `{"attributes": {"name": "email"}, "messages":
/// [...]}`.
[[nodiscard]] bool is_form(document::ref const& list);

/// A field with what was sent in it, or whether that is valid, and what is wrong: `"email": {"value": "x", "error":
/// "..."}`.
[[nodiscard]] bool is_field_state(document::ref const& object);

/// JSend: what is wrong stands under the names of fields, however they are called: `{"status": "fail", "data":
/// {"title": "A title is required"}}`.
[[nodiscard]] bool is_data_of_failure(document::ref const& m);

/// An object that names a field and says in a sentence what is wrong with it.
[[nodiscard]] bool names_field(document::ref const& object);

/// True for an element that its next sibling repeats.
[[nodiscard]] bool begins_a_pair(document::ref const& m);

} // namespace errata
