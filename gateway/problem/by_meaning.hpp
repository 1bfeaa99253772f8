#pragma once

#include "problem/arena.hpp"
#include "problem/document.hpp"
#include "problem/recognize.hpp"
#include "problem/recognized.hpp"

namespace errata
{

/// Reads an object, list or text of an unknown dialect by what its names mean, how it is nested and what its texts look
/// like. Every member offers itself for the roles it could play (sentence, code, title, request id ...) with a score
/// made of its name, its wording and the containers it lies in; the best of each role wins. Lists and maps of errors go
/// through `entry_reader`.
void read_by_meaning(document const& doc, answer_facts const& head, arena& memory, recognized& out);

/// The same for an HTML page as the page reader describes it: the explaining sentence before headings before the title.
void read_page(document const& doc, answer_facts const& head, arena& memory, recognized& out);

/// The same for text of no known structure: the sentence without status line and decoration.
void read_text(document const& doc, answer_facts const& head, arena& memory, recognized& out);

} // namespace errata
