#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

/// An invariant: unlike `assert` it is there in every build.
#define REQUIRE(condition) ((condition) ? void() : std::abort())

inline std::string_view as_text(std::uint8_t const* data, std::size_t size)
{
    return {reinterpret_cast<char const*>(data), size};
}

/// Cuts a first line off the input: options before the body proper.
inline std::string_view first_line(std::string_view& input)
{
    auto const line = input.substr(0, input.find('\n'));
    input.remove_prefix(line.size() < input.size() ? line.size() + 1 : line.size());
    return line;
}
