#pragma once

#include "problem/dialect.hpp"

#include <re2/re2.h>

#include <cstdint>

namespace errata
{

/// A dialect with its expressions compiled. Only the dialect's own sources include this: RE2 stays out of the others.
class dialect_table::entry
{
public:
    [[nodiscard]] bool applies(document const& doc, answer_facts const& head) const;

    dialect_source source;
    std::vector<std::unique_ptr<RE2 const>> patterns; ///< one per condition, null where it needs none
    /// A bit per member name at the top and right below it that the conditions need: rejects most answers at once.
    std::uint64_t top_names = 0, inner_names = 0;
};

} // namespace errata
