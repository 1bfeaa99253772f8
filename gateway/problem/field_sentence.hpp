#pragma once

#include "problem/recognized.hpp"

#include <optional>
#include <string_view>

namespace errata
{

/// A complaint and the field that its own words name. Views into the text it was read from.
struct field_sentence
{
    std::string_view field; ///< as written, in any notation; empty when the words name none
    std::string_view detail;
    std::string_view code; ///< the violated rule, where the words name it
    field_location in = field_location::content;
};

/// One of several complaints in a list: "email must be an email", "\"name\" is required", "items[0].qty: is too small",
/// "query param page must be positive". Free prose names no field.
/// `labelled`: so is every other of them, so that whatever stands before a colon is a name.
[[nodiscard]] field_sentence field_in(std::string_view complaint, bool labelled = false);

/// The name in "name: what is wrong with it"; empty when no name of a field can stand there.
[[nodiscard]] std::string_view word_before_colon(std::string_view text);

/// Takes the first complaint off a text in a notation that only validators write and that therefore counts wherever it
/// stands: ajv's "body/email must match ..., body/age must be ...", go-playground's "Key: 'User.Email' Error:..." and
/// Smithy's "2 validation errors detected: Value at 'name' failed to ...".
/// Nothing, and `text` unchanged, when it is none.
[[nodiscard]] std::optional<field_sentence> next_validator_complaint(std::string_view& text);

/// Does this say what is wrong with, or wanted of, a value?
[[nodiscard]] bool reads_as_complaint(std::string_view text);

/// A single complaint goes on like this behind the field's name: "is required", "must not be null".
[[nodiscard]] bool begins_with_predicate(std::string_view text);

} // namespace errata
