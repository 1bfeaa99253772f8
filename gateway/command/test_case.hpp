#pragma once

#include "command/sample.hpp"
#include "problem/failure.hpp"
#include "routing/load.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace errata
{

/// One entry of `tests:` in a routing file.
struct test_case
{
    struct request_part
    {
        std::string method = "GET", url = "/";
        std::vector<std::pair<std::string, std::string>> fields;
    };
    struct expectation
    {
        std::optional<unsigned> status;
        std::string route, target;
        std::vector<std::pair<std::string, std::optional<std::string>>> fields; ///< nothing: must not be there
        std::string body; ///< JSON: must be part of the answer's; empty: anything
    };

    std::string name;
    request_part request;
    std::optional<sample> upstream;
    std::optional<failure> cause;
    expectation expect;
    source_position where;
};

/// Reads the `tests:` of a configuration. Environment variables are not put in: samples are samples.
[[nodiscard]] std::vector<test_case> read_tests(config_tree const& tree, std::vector<mistake>& mistakes);

} // namespace errata
