#pragma once

#include "problem/problem.hpp"
#include "problem/remainder.hpp"

namespace errata
{

// Renderings that keep the upstream's own object.

/// True for objects that have passed a gateway of our kind: they bear its `retry` and `origin`, and nothing needs to be
/// added.
[[nodiscard]] bool bears_our_mark(document const& doc) noexcept;

/// The same with all members that a canonical error has.
[[nodiscard]] bool is_canonical_document(document const& doc) noexcept;

/// The same for the envelope.
[[nodiscard]] bool is_canonical_envelope(document const& doc) noexcept;

/// Members that a rule or a mapping decided: they replace the upstream's own.
struct decided_members
{
    bool title = false, detail = false, code = false;
};

/// Appends an RFC 9457 document that the upstream sent: its members in their order, `status` corrected, a `detail` that
/// leaks cleaned, `retry` replaced only where it contradicts the decision, what is missing added.
void write_merged(problem const& p, document const& doc, remainder const& left, decided_members const& decided,
                  std::string& out);

/// Appends the upstream's JSON value as it stands, except that strings which leak become "[redacted]" when `guarded`;
/// to an object the canonical members are added whose names are free.
void write_compatible(problem const& p, document const& doc, remainder const& left, std::string& out);

} // namespace errata
