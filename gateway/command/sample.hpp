#pragma once

#include "routing/test_case.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <utility>
#include <vector>

namespace errata
{

/// One line of a file of recorded answers.
struct sample : recorded_answer
{
    std::string id = "null"; ///< JSON text
    std::string method = "GET";
};

/// "Name: value" to a pair; empty name when there is no colon.
[[nodiscard]] std::pair<std::string, std::string> split_field(std::string_view line);

/// True for fields that end at the next hop or that describe how a body travelled (RFC 9110 7.6.1): a sample has none.
[[nodiscard]] bool is_hop_field(std::string_view name) noexcept;

/// Why a line is no sample.
struct sample_mistake
{
    std::string_view reason; ///< static text
};

/// Reads `{"id","status","headers","body" or "body_b64","method"?}`.
[[nodiscard]] boost::system::result<sample, sample_mistake> read_sample(std::string_view json);

} // namespace errata
