#pragma once

#include "problem/document_builder.hpp"

namespace errata
{

/// Form fields (application/x-www-form-urlencoded): an object of decoded strings, duplicates kept. Unlabelled text
/// counts as a form when it has two fields or more and neither white space nor anything else that a form would have
/// escaped.
[[nodiscard]] bool read_form(std::string_view text, bool labelled, document_builder& out, arena& memory);

/// A record of named values: `name=value` or `name: value` lines, or `name=value` parts between `;`, `|`, `,` or tabs
/// on one line. Two at least, and nearly nothing else. An object of strings; surrounding quotes are dropped.
[[nodiscard]] bool read_pairs(std::string_view text, document_builder& out);

/// A record on one line: `3|2|54|no such card`, `"3","no such card"`, `$3$,$no such card$`. An array of strings, or an
/// object of them where a line above gives the names.
[[nodiscard]] bool read_record(std::string_view text, document_builder& out);

/// Bytes that no person is meant to read. `text` is UTF-8 already, so that repaired bytes count.
[[nodiscard]] bool is_binary(std::string_view text) noexcept;

/// For `trimmed`: a text that begins or ends with what may be white space.
[[nodiscard]] std::string_view without_blanks(std::string_view text) noexcept;

/// Without white space around it.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) noexcept
{
    auto const solid = [](char c) { return static_cast<unsigned char>(c) > ' '; };
    return text.empty() || (solid(text.front()) && solid(text.back())) ? text : without_blanks(text);
}

} // namespace errata
