#pragma once

#include "command/console.hpp"

#include <string>
#include <vector>

namespace errata
{

struct check_options
{
    std::vector<std::string> paths;
    bool json = false;
    bool strict = false; ///< warnings fail too
};

/// Loads a configuration and tells every mistake. exit_good when there is none.
[[nodiscard]] int check(check_options const& options, console& io);

} // namespace errata
