#pragma once

#include "problem/failure.hpp"
#include "problem/field.hpp"
#include "routing/field_pairs.hpp"
#include "routing/load.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace errata
{

/// An upstream's answer as a person or a file describes it. Owns its texts.
struct recorded_answer
{
    unsigned status = 500;
    field_pairs fields; ///< end-to-end ones only
    std::string body;

    /// Views into this answer.
    [[nodiscard]] std::vector<field> field_views() const;
};

/// One entry of `tests:` in a routing file.
struct test_case
{
    struct request_part
    {
        std::string method = "GET", url = "/";
        field_pairs fields;
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
    std::optional<recorded_answer> upstream;
    std::optional<failure> cause;
    expectation expect;
    source_position where;
};

[[nodiscard]] section_of<test_case> const& test_keys();

/// Reads the `tests:` of a configuration, adds what is wrong with them to its mistakes. Environment variables are not
/// put in: samples are samples.
[[nodiscard]] std::vector<test_case> read_tests(config_tree const& tree, std::vector<mistake>& mistakes);

} // namespace errata
