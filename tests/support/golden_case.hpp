#pragma once

#include "problem/normalize.hpp"
#include "problem/success.hpp"

#include <string>
#include <utility>
#include <vector>

namespace errata::test
{

/// One golden file: settings, the raw reply of an upstream, a line of dashes, the answer that the client must get.
///
///     # why the case is there
///     accept: application/json
///     body: compatible
///     HTTP/1.1 404 Not Found
///     Content-Type: application/json
///
///     {"message":"no such user"}
///     ----------
///     HTTP/1.1 404 Not Found
///     ...
///
/// Settings: method, request (a field of the client's request), accept, body, mode, expose, render, type_base,
/// plain_json, rate_limit_fields, code (upstream=CANONICAL), success (a preset), challenge, allow, tries.
struct golden_case
{
    std::string path;
    std::string before_answer; ///< the file up to and including the dashes
    std::string expected;

    std::string method = "GET";
    std::vector<std::pair<std::string, std::string>> request_fields;
    error_policy errors;
    retry_policy retry;
    unsigned tries = 1;

    unsigned status = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
};

[[nodiscard]] std::vector<golden_case> read_golden_cases(std::string const& directory);

/// Runs the case at a fixed time with a fixed request id.
[[nodiscard]] answer run(golden_case const& c, workspace& work);
/// Runs it again on what came out.
[[nodiscard]] answer run_again(golden_case const& c, answer const& first, workspace& work);

[[nodiscard]] std::string as_text(answer const& a);

} // namespace errata::test
