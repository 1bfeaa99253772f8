#pragma once

#include "command/console.hpp"

#include <string>
#include <vector>

namespace errata
{

struct test_options
{
    std::vector<std::string> paths;
    std::string junit;  ///< file for a JUnit report
    std::string filter; ///< only tests whose name contains it
    bool quiet = false; ///< failures only
};

/// Plays the `tests:` of routing files through their own configuration. exit_good when all pass.
[[nodiscard]] int run_tests(test_options const& options, console& io);

} // namespace errata
