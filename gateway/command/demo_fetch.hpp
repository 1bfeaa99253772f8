#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace errata
{

/// What came back for a GET, as far as it came.
struct fetched
{
    std::string start_line; ///< empty: not a head
    std::string fields;     ///< lines
    std::string body;       ///< without chunked coding
    bool reset = false;
    bool complete = true; ///< all content that the head announced
};

/// One GET to a port of loopback over a connection of its own; blocks, and gives up after a silence of `patience`.
[[nodiscard]] fetched fetch(std::uint16_t port, std::string_view path, std::chrono::milliseconds patience);

/// The value of a field in `fields`, empty when it is not there.
[[nodiscard]] std::string_view field_value(fetched const& from, std::string_view name);

} // namespace errata
