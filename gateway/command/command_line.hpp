#pragma once

#include "command/console.hpp"

namespace errata
{

/// Picks a command by the program's arguments and runs it; returns the exit status of the process. The only place that
/// knows how options are written; each command is a function of its own options.
[[nodiscard]] int command_line(int argc, char const* const* argv, console& io);

} // namespace errata
