#pragma once

#include "routing/snapshot.hpp"

#include <string>
#include <vector>

namespace errata
{

/// One thing wrong in a configuration, with its place and what would have been right.
struct mistake
{
    source_position where;
    std::string message;  ///< what is wrong
    std::string expected; ///< what was expected; may be empty
    std::string line;     ///< the source line, for the caret; empty where it holds a secret
    bool warning = false; ///< a warning (a shadowed route): does not fail the load
};

/// `file:line:column`
[[nodiscard]] std::string to_text(source_position const& at);

/// `file:line:column: error: message`, the line, a caret and what was expected.
[[nodiscard]] std::string describe(mistake const& m);

} // namespace errata
