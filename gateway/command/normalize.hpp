#pragma once

#include "command/console.hpp"

#include <string>
#include <vector>

namespace errata
{

struct normalize_options
{
    std::vector<std::string> config; ///< routing files or directories; none: the defaults
    std::string route;               ///< whose policies apply; empty: the only route's, else the configuration's own
    unsigned status = 500;
    std::vector<std::string> fields;         ///< the upstream's, "Name: value"
    std::vector<std::string> request_fields; ///< the client's
    std::string method = "GET";
    bool jsonl = false;
    bool why = false; ///< also say why the retry advice is what it is
};

/// Shows what a client would get: one upstream body from the input becomes one HTTP/1.1 answer, or (`jsonl`) each line
/// of the input, a JSON object with id, status, headers, body or body_b64, and method, becomes one line of output.
/// `why` adds the reason of the retry advice: a line of its own on the error stream, or a member of each line.
[[nodiscard]] int run_normalize(normalize_options const& options, console& io);

} // namespace errata
