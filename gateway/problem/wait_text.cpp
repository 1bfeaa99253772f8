#include "problem/wait_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace errata
{
namespace
{
using namespace std::chrono_literals;
constexpr double longest_ms = 366.0 * 24 * 3600 * 1000;

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

/// Reads from the front of a text; every step fails quietly once one has failed.
class scanner
{
public:
    explicit scanner(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] bool done() const noexcept { return ok_ && rest_.empty(); }
    [[nodiscard]] bool failed() const noexcept { return !ok_; }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

    /// Exactly `width` digits.
    int digits(std::size_t width) noexcept
    {
        if(!ok_ || rest_.size() < width || !std::ranges::all_of(rest_.substr(0, width), is_digit))
            return fail();
        int n = 0;
        for(char const c : rest_.substr(0, width))
            n = n * 10 + (c - '0');
        rest_.remove_prefix(width);
        return n;
    }

    /// A day of the month padded with a space (asctime).
    int padded_day() noexcept
    {
        if(!ok_ || rest_.size() < 2 || rest_[0] != ' ')
            return digits(2);
        rest_.remove_prefix(1);
        return digits(1);
    }

    void literal(std::string_view expected) noexcept
    {
        if(ok_ && rest_.starts_with(expected))
            rest_.remove_prefix(expected.size());
        else
            fail();
    }

    bool accept(char c) noexcept
    {
        if(!ok_ || rest_.empty() || rest_.front() != c)
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// The position of the longest match among `names`, at the front.
    int name(std::initializer_list<std::string_view> names) noexcept
    {
        int i = 0;
        for(auto const n : names)
        {
            if(rest_.size() >= n.size() && iequals(rest_.substr(0, n.size()), n))
            {
                rest_.remove_prefix(n.size());
                return i;
            }
            ++i;
        }
        return fail();
    }

    int month() noexcept
    {
        return name({"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}) + 1;
    }

    void skip_letters() noexcept
    {
        while(!rest_.empty() && ((rest_[0] | 0x20) >= 'a' && (rest_[0] | 0x20) <= 'z'))
            rest_.remove_prefix(1);
    }

    void skip_spaces() noexcept
    {
        while(!rest_.empty() && rest_[0] == ' ')
            rest_.remove_prefix(1);
    }

    std::optional<double> decimal() noexcept
    {
        double value = 0;
        if(!ok_ || rest_.empty() || !is_digit(rest_[0]))
            return {};
        auto const [end, ec] =
            std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, std::chars_format::fixed);
        if(ec != std::errc{})
            return {};
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }

    std::string_view word() noexcept
    {
        auto const all = rest_;
        skip_letters();
        return all.substr(0, all.size() - rest_.size());
    }

private:
    int fail() noexcept
    {
        ok_ = false;
        return -1;
    }

    std::string_view rest_;
    bool ok_ = true;
};

struct calendar
{
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;

    [[nodiscard]] std::optional<wall_clock::time_point> time() const noexcept
    {
        std::chrono::year_month_day const date{std::chrono::year{year},
                                               std::chrono::month(static_cast<unsigned>(month)),
                                               std::chrono::day(static_cast<unsigned>(day))};
        // wall_clock counts nanoseconds in 64 bits: no two times of these years lie further apart than it can tell.
        if(year < 1900 || year > 2170)
            return {};
        // A leap second is read as the next second.
        if(!date.ok() || hour > 23 || minute > 59 || second > 60)
            return {};
        return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
               std::chrono::seconds{second};
    }
};

void read_clock(scanner& in, calendar& at) noexcept
{
    at.hour = in.digits(2);
    in.literal(":");
    at.minute = in.digits(2);
    in.literal(":");
    at.second = in.digits(2);
}

/// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<wall_clock::time_point> read_imf_fixdate(std::string_view text) noexcept
{
    scanner in{text};
    calendar at;
    in.skip_letters();
    in.literal(", ");
    at.day = in.digits(2);
    in.literal(" ");
    at.month = in.month();
    in.literal(" ");
    at.year = in.digits(4);
    in.literal(" ");
    read_clock(in, at);
    in.literal(" ");
    in.name({"GMT", "UTC", "+0000"});
    return in.done() ? at.time() : std::nullopt;
}

/// RFC 9110 5.6.7: a two-digit year that seems more than 50 years ahead is the most recent past year of that ending.
int full_year(int two_digits, wall_clock::time_point now) noexcept
{
    std::chrono::year_month_day const today{std::chrono::floor<std::chrono::days>(now)};
    int const this_year = static_cast<int>(today.year());
    int const year = this_year - this_year % 100 + two_digits;
    return year > this_year + 50 ? year - 100 : year;
}

/// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<wall_clock::time_point> read_rfc850(std::string_view text, wall_clock::time_point now) noexcept
{
    scanner in{text};
    calendar at;
    in.skip_letters();
    in.literal(", ");
    at.day = in.digits(2);
    in.literal("-");
    at.month = in.month();
    in.literal("-");
    at.year = full_year(in.digits(2), now);
    in.literal(" ");
    read_clock(in, at);
    in.literal(" ");
    in.name({"GMT", "UTC"});
    return in.done() ? at.time() : std::nullopt;
}

/// Sun Nov  6 08:49:37 1994
std::optional<wall_clock::time_point> read_asctime(std::string_view text) noexcept
{
    scanner in{text};
    calendar at;
    in.skip_letters();
    in.literal(" ");
    at.month = in.month();
    in.literal(" ");
    at.day = in.padded_day();
    in.literal(" ");
    read_clock(in, at);
    in.literal(" ");
    at.year = in.digits(4);
    return in.done() ? at.time() : std::nullopt;
}

std::optional<milliseconds> bounded(double ms) noexcept
{
    if(!(ms >= 0 && ms <= longest_ms))
        return {};
    return milliseconds{std::llround(ms)};
}

double unit_of(std::string_view word) noexcept
{
    struct unit
    {
        std::string_view name;
        double ms;
    };
    static constexpr std::array units{
        unit{"ns", 1e-6},      unit{"us", 1e-3},        unit{"ms", 1},          unit{"msec", 1},
        unit{"millis", 1},     unit{"milliseconds", 1}, unit{"millisecond", 1}, unit{"s", 1e3},
        unit{"sec", 1e3},      unit{"secs", 1e3},       unit{"second", 1e3},    unit{"seconds", 1e3},
        unit{"m", 60e3},       unit{"min", 60e3},       unit{"mins", 60e3},     unit{"minute", 60e3},
        unit{"minutes", 60e3}, unit{"h", 3600e3},       unit{"hr", 3600e3},     unit{"hour", 3600e3},
        unit{"hours", 3600e3}, unit{"d", 86400e3},      unit{"day", 86400e3},   unit{"days", 86400e3},
    };
    auto const* const found = std::ranges::find_if(units, [&](unit const& u) { return iequals(u.name, word); });
    return found != units.end() ? found->ms : 0;
}

/// Numbers with units one after the other: "6m0s", "1 minute 30 seconds".
std::optional<milliseconds> read_units(std::string_view text) noexcept
{
    scanner in{text};
    double total = 0;
    while(!in.done())
    {
        auto const n = in.decimal();
        in.skip_spaces();
        auto const unit = unit_of(in.word());
        if(!n || unit == 0)
            return {};
        total += *n * unit;
        in.skip_spaces();
    }
    return text.empty() ? std::nullopt : bounded(total);
}

/// ISO 8601: P1DT2H30M1.5S. Years and months have no fixed length and are not read.
std::optional<milliseconds> read_iso_duration(std::string_view text) noexcept
{
    scanner in{text};
    if(!in.accept('P') || in.rest().empty())
        return {};
    double total = 0;
    bool clock = false, any = false;
    while(!in.done())
    {
        clock = in.accept('T') || clock;
        auto const n = in.decimal();
        if(!n)
            return {};
        if(in.accept('W') && !clock)
            total += *n * 7 * 86400e3;
        else if(in.accept('D') && !clock)
            total += *n * 86400e3;
        else if(clock && in.accept('H'))
            total += *n * 3600e3;
        else if(clock && in.accept('M'))
            total += *n * 60e3;
        else if(clock && in.accept('S'))
            total += *n * 1e3;
        else
            return {};
        any = true;
    }
    return any ? bounded(total) : std::nullopt;
}

/// Z or an offset, as minutes east.
std::optional<int> read_offset(scanner& in) noexcept
{
    if(in.accept('Z') || in.accept('z'))
        return 0;
    int const sign = in.accept('-') ? -1 : 1;
    if(sign > 0)
        in.literal("+");
    int const hours = in.digits(2);
    in.accept(':');
    int const minutes = in.digits(2);
    return in.failed() ? std::nullopt : std::optional{sign * (hours * 60 + minutes)};
}
} // namespace

std::optional<milliseconds> read_number(std::string_view text, milliseconds unit) noexcept
{
    double value = 0;
    if(text.empty() || !is_digit(text[0]))
        return {};
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if(ec != std::errc{} || end != text.data() + text.size())
        return {};
    return bounded(value * static_cast<double>(unit.count()));
}

std::optional<milliseconds> read_duration(std::string_view text) noexcept
{
    if(text.starts_with('P'))
        return read_iso_duration(text);
    return read_units(text);
}

std::optional<wall_clock::time_point> read_http_date(std::string_view text, wall_clock::time_point now) noexcept
{
    if(text.size() < 24 || text.size() > 40)
        return {};
    if(auto const t = read_imf_fixdate(text))
        return t;
    if(auto const t = read_rfc850(text, now))
        return t;
    return read_asctime(text);
}

std::optional<wall_clock::time_point> read_timestamp(std::string_view text) noexcept
{
    scanner in{text};
    calendar at;
    at.year = in.digits(4);
    in.literal("-");
    at.month = in.digits(2);
    in.literal("-");
    at.day = in.digits(2);
    if(!in.accept('T') && !in.accept('t'))
        in.literal(" ");
    read_clock(in, at);
    if(in.accept('.'))
    {
        in.digits(1);
        while(!in.rest().empty() && is_digit(in.rest()[0]))
            in.digits(1);
    }
    auto const offset = read_offset(in);
    auto const local = at.time();
    if(!in.done() || !offset || !local)
        return {};
    return *local - std::chrono::minutes{*offset};
}

} // namespace errata
