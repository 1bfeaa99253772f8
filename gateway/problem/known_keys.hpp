#pragma once

#include "problem/known_keys_errors.hpp"
#include "problem/known_keys_facts.hpp"
#include "problem/known_keys_languages.hpp"

#include <algorithm>
#include <array>

namespace errata::vocabulary
{

// Weights order names of the same meaning: the more a name promises an explanation of this very error, the higher.
inline constexpr auto known_keys = []
{
    std::array<known_key, std::size(errors_keys) + std::size(facts_keys) + std::size(languages_keys)> all{};
    auto* end = std::copy(std::begin(errors_keys), std::end(errors_keys), all.data());
    end = std::copy(std::begin(facts_keys), std::end(facts_keys), end);
    std::copy(std::begin(languages_keys), std::end(languages_keys), end);
    return all;
}();

} // namespace errata::vocabulary
