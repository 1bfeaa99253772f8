#pragma once

#include "problem/document.hpp"
#include "problem/field.hpp"
#include "problem/recognized.hpp"

namespace errata
{

class dialect_table;

/// What the recogniser knows beside the body.
struct answer_facts
{
    unsigned status = 0;
    field_list fields;
};

/// Finds out what an upstream's error says: ordered dialect table first, then by meaning (keys, nesting, types), then
/// from the head alone. Pure; never fails; `out` is replaced. Bounded by the document's own bounds.
void recognize(document const& doc, answer_facts const& head, dialect_table const& dialects, arena& memory,
               recognized& out);

/// The dialects that are built in.
[[nodiscard]] dialect_table const& builtin_dialects();

} // namespace errata
