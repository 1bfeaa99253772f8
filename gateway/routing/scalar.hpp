#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace errata
{

/// How single values of the configuration are written. Pure; std::nullopt for what is not such a value.

/// "10s", "250ms", "1.5m", "2h", "1d", "off" and "0" for none. A bare number other than 0 has no unit and is refused.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;
/// "65536", "64KiB", "10MB", "1GiB", "off" for 0. Binary units are powers of 1024, decimal ones of 1000.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;
/// "0.2" or "20%".
[[nodiscard]] std::optional<double> parse_share(std::string_view text) noexcept;
/// "2026-07-01T06:00:00Z", in UTC.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text);
/// So many seconds after 1970; before it and where the clock ends (2262) the nearest that it knows.
[[nodiscard]] std::chrono::system_clock::time_point time_at(std::int64_t second) noexcept;
/// true, false, on, off, yes, no.
[[nodiscard]] std::optional<bool> parse_flag(std::string_view text) noexcept;

/// The shortest exact way to write a value so that the functions above read it back.
[[nodiscard]] std::string write_duration(std::chrono::milliseconds value);
[[nodiscard]] std::string write_size(std::uint64_t value);

/// The word of `known` that a typing mistake away from `word` is meant, empty when none is near.
template <class Range>
[[nodiscard]] std::string_view nearest(std::string_view word, Range const& known);
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

template <class Range>
std::string_view nearest(std::string_view word, Range const& known)
{
    std::string_view best;
    std::size_t least = word.size() < 4 ? 2 : word.size() / 3 + 2; // a third of the letters may be wrong
    for(std::string_view candidate : known)
        if(auto const distance = edit_distance(word, candidate); distance < least)
        {
            least = distance;
            best = candidate;
        }
    return best;
}

} // namespace errata
