#include "routing/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <utility>
#include <vector>

namespace errata
{
namespace
{
struct unit
{
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array duration_units{
    unit{"ms", 1},       unit{"s", 1'000},     unit{"m", 60'000},
    unit{"min", 60'000}, unit{"h", 3'600'000}, unit{"d", 86'400'000},
};
constexpr std::array size_units{
    unit{"", 1},         unit{"B", 1},        unit{"KiB", 1u << 10}, unit{"MiB", 1u << 20},     unit{"GiB", 1u << 30},
    unit{"KB", 1'000},   unit{"kB", 1'000},   unit{"MB", 1'000'000}, unit{"GB", 1'000'000'000}, unit{"K", 1u << 10},
    unit{"k", 1u << 10}, unit{"M", 1u << 20}, unit{"G", 1u << 30},
};

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

/// A decimal number in front of `text`, cut off from it. No sign, no exponent.
std::optional<double> take_decimal(std::string_view& text) noexcept
{
    auto const end = std::find_if(text.begin(), text.end(), [](char c) { return !is_digit(c) && c != '.'; });
    auto const digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if(digits.empty() || digits.size() > 18 || !is_digit(digits.front()) || !is_digit(digits.back()))
        return std::nullopt;
    double value = 0;
    auto const [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if(error != std::errc{} || stop != digits.data() + digits.size())
        return std::nullopt;
    text.remove_prefix(digits.size());
    return value;
}

template <class Units>
std::optional<std::uint64_t> in_units(std::string_view text, Units const& units) noexcept
{
    auto const value = take_decimal(text);
    if(!value)
        return std::nullopt;
    while(!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    auto const known = std::find_if(units.begin(), units.end(), [&](unit const& u) { return u.name == text; });
    if(known == units.end())
        return std::nullopt;
    auto const scaled = std::round(*value * static_cast<double>(known->factor));
    if(!(scaled < 9.0e15))
        return std::nullopt;
    return static_cast<std::uint64_t>(scaled);
}
} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept
{
    if(text == "0" || text == "off")
        return std::chrono::milliseconds{0};
    auto const value = in_units(text, duration_units);
    if(!value || *value > 3'650ull * 86'400'000)
        return std::nullopt;
    return std::chrono::milliseconds{static_cast<std::int64_t>(*value)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept
{
    if(text == "off")
        return 0;
    return in_units(text, size_units);
}

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept
{
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if(error != std::errc{} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

std::optional<double> parse_share(std::string_view text) noexcept
{
    auto const value = take_decimal(text);
    if(!value)
        return std::nullopt;
    if(text == "%")
        return *value / 100;
    return text.empty() ? value : std::nullopt;
}

std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text)
{
    std::tm when{};
    std::string const whole{text};
    char const* const rest = ::strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%SZ", &when);
    if(!rest || rest != whole.c_str() + whole.size())
        return {};
    return time_at(::timegm(&when));
}

std::chrono::system_clock::time_point time_at(std::int64_t second) noexcept
{
    using namespace std::chrono;
    constexpr auto last = duration_cast<seconds>(system_clock::duration::max()).count();
    return system_clock::time_point{seconds{std::clamp<std::int64_t>(second, 0, last)}};
}

std::optional<bool> parse_flag(std::string_view text) noexcept
{
    for(std::string_view yes : {"true", "on", "yes", "True", "TRUE", "On", "Yes"})
        if(text == yes)
            return true;
    for(std::string_view no : {"false", "off", "no", "False", "FALSE", "Off", "No"})
        if(text == no)
            return false;
    return std::nullopt;
}

std::string write_duration(std::chrono::milliseconds value)
{
    auto const ms = value.count();
    if(ms == 0)
        return "off";
    if(ms % 3'600'000 == 0)
        return fmt::format("{}h", ms / 3'600'000);
    if(ms % 60'000 == 0)
        return fmt::format("{}m", ms / 60'000);
    if(ms % 1'000 == 0)
        return fmt::format("{}s", ms / 1'000);
    return fmt::format("{}ms", ms);
}

std::string write_size(std::uint64_t value)
{
    if(value == 0)
        return "off";
    for(auto const& [name, shift] : {std::pair{"GiB", 30}, std::pair{"MiB", 20}, std::pair{"KiB", 10}})
        if(value % (1ull << shift) == 0)
            return fmt::format("{}{}", value >> shift, name);
    return fmt::format("{}", value);
}

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    a = a.substr(0, 64);
    b = b.substr(0, 64);
    std::vector<std::size_t> row(b.size() + 1);
    for(std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for(std::size_t i = 1; i <= a.size(); ++i)
    {
        auto diagonal = std::exchange(row[0], i);
        for(std::size_t j = 1; j <= b.size(); ++j)
        {
            auto const replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

} // namespace errata
