#pragma once

#include "problem/document_builder.hpp"

namespace errata
{

/// Reads an HTML page for what it says, not for its structure: one tolerant pass over the tags, linear however the page
/// is broken. The root is an object with one string member per block of text, in the order of the page, named after the
/// tag that gives the block its meaning:
///
///     {"title": "502 Bad Gateway", "h1": "Bad Gateway", "p": "The server ...", "pre": "...", "li": "...",
///      "th": "URI:", "td": "/x", "div": "...", "address": "Apache/2.4", "body": "text outside any block",
///      "fields": {"Message": "no such page", "URI": "/x"}}
///
/// - Names repeat; nothing is nested but `fields`, the last member if there is one.
/// - A paragraph or division inside a heading, list item, table cell, definition, `footer`, `nav`, `address` or `pre`
///   counts as that.
/// - Inline tags (a, b, span, code, ...) vanish; white space is folded to one blank, `<br>` is a line break, `pre`
/// keeps
///   its white space; entities are decoded.
/// - `fields` are the pairs that the page labels as such: `<b>label</b> value` to the end of that line, `<th>` and
/// `<dt>` with
///   the `<td>` and `<dd>` after it, `<td>label:</td><td>value</td>`. Without the colon. The blocks hold their text
///   too.
/// - Left out: comments, script, style, noscript, template, svg, select, empty blocks.
/// - A page that breaks off inside a tag, comment or script is cut.
void read_html(std::string_view text, document_builder& out, arena& memory);

/// Does this markup (it starts with `<`) begin like an HTML page or fragment? `labelled_xml`: the media type says XML.
[[nodiscard]] bool starts_html(std::string_view markup, bool labelled_xml) noexcept;

/// Is there a tag of HTML anywhere near the beginning of this text?
[[nodiscard]] bool has_html_tags(std::string_view text) noexcept;

} // namespace errata
