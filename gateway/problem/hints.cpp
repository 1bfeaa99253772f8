#include "problem/wait_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace errata
{
namespace
{
using namespace std::chrono_literals;
constexpr milliseconds longest_wait = std::chrono::hours{24 * 30};
constexpr milliseconds past_tolerance = 60s; ///< a date that far back means "now"
constexpr double epoch_seconds_from = 1e8, epoch_ms_from = 1e11;
constexpr double latest_epoch_ms = 9e12; ///< the clock's nanoseconds end soon after, in the year 2262

bool all_digits(std::string_view s) noexcept
{
    return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos;
}

bool starts_with(std::string_view s, std::string_view prefix) noexcept
{
    return s.size() >= prefix.size() && iequals(s.substr(0, prefix.size()), prefix);
}

std::size_t find_folded(std::string_view s, std::string_view part) noexcept
{
    for(std::size_t i = 0; i + part.size() <= s.size(); ++i)
        if(iequals(s.substr(i, part.size()), part))
            return i;
    return std::string_view::npos;
}

/// The element before the next `separator` outside of quotes, taken off `rest` (RFC 8941).
std::string_view next_element(std::string_view& rest, char separator) noexcept
{
    bool quoted = false;
    std::size_t i = 0;
    while(i < rest.size() && (quoted || rest[i] != separator))
        quoted = quoted != (rest[i++] == '"');
    auto const element = trim(rest.substr(0, i));
    rest.remove_prefix(std::min(i + 1, rest.size()));
    return element;
}

/// A wait with what is needed to weigh it against others.
struct candidate
{
    milliseconds wait{};
    hint_kind source = hint_kind::none;
    bool exact = false; ///< finer than whole seconds
};

class hint_reader
{
public:
    hint_reader(field_list fields, wall_clock::time_point now) noexcept : fields_(fields), now_(now) {}

    hints read(std::vector<body_hint> const& body)
    {
        for(auto const& f : fields_)
            read_field(f);
        for(auto const& h : body)
            read_body(h);
        choose();
        return out_;
    }

private:
    void read_field(field const& f)
    {
        // Few fields of an answer begin like a hint: spare the others the comparisons.
        if(f.name.empty())
            return;
        switch(f.name[0] | 0x20)
        {
        case 'r':
            if(iequals(f.name, "Retry-After"))
                read_retry_after(f.value);
            else if(iequals(f.name, "retry-after-ms"))
                read_milliseconds(f.value);
            else if(iequals(f.name, "RateLimit"))
                read_rate_limit(f.value);
            else if(iequals(f.name, "RateLimit-Remaining"))
                read_remaining(f, hint_kind::rate_limit);
            break;
        case 'x':
            if(iequals(f.name, "x-should-retry"))
                read_flag(f.value, flag_x_);
            else if(iequals(f.name, "x-ms-retry-after-ms"))
                read_milliseconds(f.value);
            else
                read_vendor_limit(f);
            break;
        case 's':
            if(iequals(f.name, "stripe-should-retry"))
                read_flag(f.value, flag_stripe_);
            break;
        case 'g':
            if(iequals(f.name, "grpc-retry-pushback-ms"))
                read_pushback(f.value);
            break;
        case 'a':
            read_vendor_limit(f);
            break;
        default:
            break;
        }
    }

    /// Keeps the later of two values of one source.
    void keep(std::optional<candidate>& place, std::optional<milliseconds> wait, hint_kind source, bool exact)
    {
        if(!wait)
            ++out_.dropped;
        else if(!place || *wait > place->wait)
            place = candidate{*wait, source, exact};
    }

    [[nodiscard]] static std::optional<milliseconds> plausible(std::optional<milliseconds> wait) noexcept
    {
        return wait && *wait >= 0ms && *wait <= longest_wait ? wait : std::nullopt;
    }

    [[nodiscard]] wall_clock::time_point reference() const noexcept
    {
        // RFC 9110 6.6.1: the upstream's clock wrote the date, so the upstream's clock measures it.
        auto const* const date = find(fields_, "Date");
        return date ? read_http_date(date->value, now_).value_or(now_) : now_;
    }

    [[nodiscard]] std::optional<milliseconds> until(std::optional<wall_clock::time_point> when) const noexcept
    {
        if(!when)
            return {};
        auto const wait = std::chrono::floor<milliseconds>(*when - reference());
        if(wait <= 0ms)
            return wait >= -past_tolerance ? std::optional{milliseconds{1s}} : std::nullopt;
        return plausible(wait);
    }

    /// A number that may be a delay or a point in time; its size tells.
    [[nodiscard]] std::optional<milliseconds> number_or_epoch(std::string_view text) const noexcept
    {
        double n = 0;
        if(text.empty() || text[0] < '0' || text[0] > '9')
            return {};
        auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
        if(ec != std::errc{} || end != text.data() + text.size() || n > 1e14)
            return {};
        using precise = std::chrono::duration<double, std::milli>;
        auto const at = [](double ms) -> std::optional<wall_clock::time_point>
        {
            if(ms >= latest_epoch_ms)
                return {};
            return wall_clock::time_point{std::chrono::round<milliseconds>(precise{ms})};
        };
        if(n > epoch_ms_from)
            return until(at(n));
        if(n > epoch_seconds_from)
            return until(at(n * 1000));
        return plausible(read_number(text, 1s));
    }

    [[nodiscard]] std::optional<milliseconds> any_notation(std::string_view text) const noexcept
    {
        if(auto const wait = number_or_epoch(text))
            return wait;
        if(auto const wait = plausible(read_duration(text)))
            return wait;
        return date(text);
    }

    [[nodiscard]] std::optional<milliseconds> date(std::string_view text) const noexcept
    {
        if(auto const when = read_http_date(text, now_))
            return until(when);
        return until(read_timestamp(text));
    }

    void read_retry_after(std::string_view value)
    {
        // Two lines that something on the way has joined; empty elements are ignored (RFC 9110 5.6.1.2).
        if(value.find_first_not_of("0123456789, \t") == std::string_view::npos &&
           value.find(',') != std::string_view::npos)
        {
            while(!value.empty())
                if(auto const element = next_element(value, ','); !element.empty())
                    read_retry_after(element);
            return;
        }
        auto wait = plausible(read_number(value, 1s));
        if(!wait)
            wait = until(read_http_date(value, now_));
        keep(retry_after_, wait, hint_kind::retry_after, wait && wait->count() % 1000 != 0);
        integer_ = integer_ && all_digits(value);
    }

    void read_milliseconds(std::string_view value)
    {
        keep(milliseconds_, plausible(read_number(value, 1ms)), hint_kind::millisecond_field, true);
    }

    void read_flag(std::string_view value, std::optional<bool>& flag)
    {
        if(iequals(value, "true"))
            flag = true;
        else if(iequals(value, "false"))
            flag = false;
        else
            ++out_.dropped;
    }

    /// gRPC A6: negative or not a 32-bit number means "do not retry".
    void read_pushback(std::string_view value)
    {
        std::int32_t ms = 0;
        auto const [end, ec] = std::from_chars(value.data(), value.data() + value.size(), ms);
        flag_grpc_ = ec == std::errc{} && end == value.data() + value.size() && ms >= 0;
        if(*flag_grpc_)
            keep(milliseconds_, milliseconds{ms}, hint_kind::millisecond_field, true);
    }

    /// `"default";r=0;t=30`, or the older `limit=10, remaining=0, reset=30`.
    void read_rate_limit(std::string_view value)
    {
        std::string_view remaining, reset;
        bool understood = false;
        for(auto rest = value; !rest.empty();)
        {
            auto element = next_element(rest, ',');
            std::string_view r, t;
            while(!element.empty())
            {
                auto const parameter = next_element(element, ';');
                auto const equals = parameter.find('=');
                auto const name = parameter.substr(0, equals);
                auto const text = equals == std::string_view::npos ? parameter : parameter.substr(equals + 1);
                if(name == "r")
                    r = text;
                else if(name == "t")
                    t = text;
                else if(name == "remaining")
                    remaining = text;
                else if(name == "reset")
                    reset = text;
            }
            understood = understood || !r.empty();
            if(r == "0" && !t.empty())
                keep(rate_limit_, plausible(delay_seconds(t)), hint_kind::rate_limit, false);
        }
        if(remaining == "0" && !reset.empty())
            keep(rate_limit_, plausible(delay_seconds(reset)), hint_kind::rate_limit, false);
        if(!understood && remaining.empty())
            ++out_.dropped;
    }

    [[nodiscard]] static std::optional<milliseconds> delay_seconds(std::string_view text) noexcept
    {
        return all_digits(text) ? read_number(text, 1s) : std::nullopt;
    }

    /// X-RateLimit-Remaining, x-rate-limit-remaining, x-ratelimit-remaining-tokens,
    /// anthropic-ratelimit-requests-remaining ...
    void read_vendor_limit(field const& f)
    {
        if(f.value == "0" && (find_folded(f.name, "ratelimit") != std::string_view::npos ||
                              find_folded(f.name, "rate-limit") != std::string_view::npos))
            read_remaining(f, hint_kind::rate_limit_reset);
    }

    /// Nothing remains: the reset field that goes with this one (the same name but for that word) says until when.
    void read_remaining(field const& f, hint_kind source)
    {
        auto const at = find_folded(f.name, "remaining");
        if(at == std::string_view::npos || f.value != "0")
            return;
        auto& place = source == hint_kind::rate_limit ? rate_limit_ : reset_;
        auto const before = f.name.substr(0, at), after = f.name.substr(at + std::string_view{"remaining"}.size());
        if(auto const* const exact = reset_field(before, "reset-after", after))
            keep(place, plausible(read_number(exact->value, 1s)), source, true);
        else if(auto const* const reset = reset_field(before, "reset", after))
            keep(place, any_notation(reset->value), source, true);
    }

    [[nodiscard]] field const* reset_field(std::string_view before, std::string_view word,
                                           std::string_view after) const noexcept
    {
        for(auto const& f : fields_)
            if(f.name.size() == before.size() + word.size() + after.size() && starts_with(f.name, before) &&
               starts_with(f.name.substr(before.size()), word) &&
               iequals(f.name.substr(before.size() + word.size()), after))
                return &f;
        return nullptr;
    }

    void read_body(body_hint const& h)
    {
        auto const wait = in_unit(trim(h.text), h.unit);
        auto const exact = wait && wait->count() % 1000 != 0;
        if(h.declared)
            keep(declared_, wait, hint_kind::body, exact);
        else if(!guessed_ || !wait)
            keep(guessed_, wait, hint_kind::body, exact);
    }

    [[nodiscard]] std::optional<milliseconds> in_unit(std::string_view text, hint_unit unit) const noexcept
    {
        switch(unit)
        {
        case hint_unit::seconds:
            if(auto const wait = plausible(read_number(text, 1s)))
                return wait;
            return plausible(read_duration(text));
        case hint_unit::milliseconds:
            return plausible(read_number(text, 1ms));
        case hint_unit::duration_text:
            return plausible(read_duration(text));
        case hint_unit::epoch:
            return number_or_epoch(text);
        case hint_unit::date_text:
            return date(text);
        case hint_unit::unknown:
            return any_notation(text);
        }
        return {};
    }

    void choose()
    {
        out_.flag = flag_x_ ? flag_x_ : flag_stripe_ ? flag_stripe_ : flag_grpc_;
        for(auto const* const c : {&retry_after_, &milliseconds_, &declared_})
            if(*c)
                weigh(**c);
        // A guessed unit never lengthens a wait that somebody stated, and limits are only a last resort.
        for(auto const* const c : {&guessed_, &rate_limit_, &reset_})
            if(*c && !out_.wait)
                take(**c);
        if(reset_)
            out_.quota_reset = reset_->wait;
        out_.sent_zero = retry_after_ && retry_after_->wait == 0ms && integer_;
    }

    /// The later of two statements wins; less than a second apart they are one, and the finer says it exactly.
    void weigh(candidate const& c)
    {
        if(!out_.wait)
            return take(c);
        auto const distance = c.wait - *out_.wait;
        if(std::chrono::abs(distance) < 1s)
        {
            if(c.exact && !exact_)
                take(c);
            return;
        }
        ++out_.contradicted;
        if(distance > 0ms)
            take(c);
    }

    void take(candidate const& c)
    {
        out_.wait = c.wait;
        out_.source = c.source;
        exact_ = c.exact;
    }

    field_list fields_;
    wall_clock::time_point now_;
    hints out_;
    std::optional<bool> flag_x_, flag_stripe_, flag_grpc_;
    std::optional<candidate> retry_after_, milliseconds_, declared_, guessed_, rate_limit_, reset_;
    bool integer_ = true; ///< every Retry-After was 1*DIGIT
    bool exact_ = false;
};
} // namespace

hints read_hints(field_list fields, std::vector<body_hint> const& body, wall_clock::time_point now)
{
    return hint_reader{fields, now}.read(body);
}

} // namespace errata
