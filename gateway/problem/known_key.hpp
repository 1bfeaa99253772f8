#pragma once

#include "problem/key_meaning.hpp"

#include <cstdint>
#include <string_view>

/// The names that errors are told in, whoever tells them: data for key_meaning.cpp alone.
namespace errata::vocabulary
{
using enum meaning;

/// A name of a member and what it means.
struct known_key
{
    std::string_view name; ///< folded: lower-case letters and digits alone
    meaning what;
    std::uint8_t weight;
    wait_unit unit = wait_unit::none;
};

} // namespace errata::vocabulary
