#pragma once

#include "routing/reader.hpp"

#include <iosfwd>

namespace errata
{

/// What a command talks to: the terminal in main, strings in tests.
struct console
{
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    environment env;
};

/// What every command returns.
enum exit_status : int
{
    exit_good = 0,
    exit_mistakes = 1, ///< it ran, and the answer is no
    exit_usage = 2,    ///< it was asked in a way it does not understand
};

} // namespace errata
