#pragma once

#include "problem/document_builder.hpp"

namespace errata
{

/// Reads markup that is not HTML. The root is an object whose members are the top-level elements, by local name
/// (`/Envelope/Body/Fault/faultstring`). An element with text alone is a string; otherwise an object with its
/// attributes as "@name" (namespace declarations left out), its elements in order, repeated ones repeated, and each run
/// of text between them as "#text". Only the five standard entities and character references are expanded; a DTD is
/// skipped. What was read before an error is kept, and cut. False, with `out` empty, when there is no element at all,
/// or when text that neither its label nor a declaration calls XML breaks without a single end tag: `<nil> pointer` is
/// a line of text.
[[nodiscard]] bool read_xml(std::string_view text, bool labelled, document_builder& out, arena& memory);

} // namespace errata
