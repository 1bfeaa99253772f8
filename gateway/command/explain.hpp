#pragma once

#include "command/console.hpp"

#include <optional>
#include <string>
#include <vector>

namespace errata
{

struct explain_options
{
    std::vector<std::string> paths;
    std::string method, url;
    std::vector<std::string> fields; ///< of the request, "Name: value"
    std::optional<unsigned> status;  ///< of a sample answer
    std::vector<std::string> reply_fields;
    std::string body; ///< file with its body; "-": standard input
    bool json = false;
};

/// Which route a request takes and why, where it goes, which settings apply and where they stand, and what would become
/// of a sample answer.
[[nodiscard]] int explain(explain_options const& options, console& io);

} // namespace errata
