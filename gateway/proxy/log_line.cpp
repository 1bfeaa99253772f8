#include "proxy/log_line.hpp"

#include "proxy/log_columns.hpp"
#include "routing/log_members.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace errata
{

namespace
{

using record = access_record;

static_assert(std::ranges::equal(columns, log_members, {}, &column::name), "the configuration knows them too");

constexpr std::string_view usual_pattern =
    R"({client} [{time}] "{method} {path}" {status} {bytes_out} {total_ms}ms {route} {endpoint} {cause} {request_id})";

/// A zero that means nothing was there; sizes, times and the status that are zero are true.
inline bool is_absent(column const& c, record const& r)
{
    switch(c.what)
    {
    case column::kind::text:
        return (r.*c.text).empty();
    case column::kind::number:
        return r.*c.number == 0;
    case column::kind::optional_size:
        return !(r.*c.optional_size);
    case column::kind::duration:
        return !(r.*c.duration);
    case column::kind::time:
    case column::kind::status:
    case column::kind::size:
        break;
    }
    return false;
}

/// Milliseconds with three decimals.
void put_milliseconds(line_sink& out, std::chrono::microseconds time)
{
    auto const us = static_cast<std::uint64_t>(std::max<std::chrono::microseconds::rep>(0, time.count()));
    out.put_number(us / 1000);
    auto const rest = static_cast<unsigned>(us % 1000);
    char const digits[] = {'.', char('0' + rest / 100), char('0' + rest / 10 % 10), char('0' + rest % 10)};
    out.put(std::string_view{digits, sizeof digits});
}

constexpr char hex[] = "0123456789abcdef";

/// Bytes that may stand as they are, in JSON and in text lines.
constexpr bool is_clean(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/// Whether eight bytes are clean. Subtracting lets a top bit run into the byte above, so a "no" may be wrong: then the
/// bytes are looked at one by one.
bool eight_clean(char const* bytes)
{
    constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x80 * ones;
    auto const zeros = [](std::uint64_t word) { return (word - ones) & ~word; };
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    auto const controls = (word - 0x20 * ones) & ~word;
    auto const named = zeros(word ^ ('"' * ones)) | zeros(word ^ ('\\' * ones)) | zeros(word ^ (0x7f * ones));
    return ((word | controls | named) & tops) == 0;
}

/// How many bytes at the start of `text` are clean: nearly always all of them.
std::size_t clean_run(std::string_view text)
{
    std::size_t i = 0;
    while(i + 8 <= text.size() && eight_clean(text.data() + i))
        i += 8;
    if(text.size() >= 8 && text.size() - i < 8 && eight_clean(text.data() + text.size() - 8))
        return text.size();
    while(i < text.size() && is_clean(static_cast<unsigned char>(text[i])))
        ++i;
    return i;
}

/// Length of the UTF-8 sequence at the start of `text` (RFC 3629: no surrogates, no overlong forms), 0 when it is none.
std::size_t sequence_length(std::string_view text)
{
    auto const at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const first = at(0);
    std::size_t const length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if(length == 0 || text.size() < length)
        return 0;
    for(std::size_t i = 1; i < length; ++i)
        if((at(i) & 0xc0) != 0x80)
            return 0;
    if((first == 0xe0 && at(1) < 0xa0) || (first == 0xed && at(1) > 0x9f) || (first == 0xf0 && at(1) < 0x90) ||
       (first == 0xf4 && at(1) > 0x8f))
        return 0;
    return length;
}

/// Goes through `text`: runs of harmless bytes as they are, the others through `escape(out, bytes, valid)`.
template <class Escape>
void put_escaped(line_sink& out, std::string_view text, Escape const& escape)
{
    while(!text.empty())
    {
        auto const run = clean_run(text);
        out.put(text.substr(0, run));
        text.remove_prefix(run);
        if(text.empty())
            return;
        auto const length = sequence_length(text);
        auto const c1_control = length == 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
        if(length > 1 && !c1_control)
            out.put(text.substr(0, length));
        else
            escape(text.substr(0, std::max<std::size_t>(length, 1)), length != 0);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

} // namespace

void line_sink::put_number(std::uint64_t n) noexcept
{
    char digits[20];
    auto const end = std::to_chars(digits, digits + sizeof digits, n).ptr;
    put(std::string_view{digits, end});
}

void put_json_text(line_sink& out, std::string_view text) noexcept
{
    put_escaped(out, text,
                [&](std::string_view bytes, bool valid)
                {
                    if(!valid)
                        return out.put("\\ufffd");
                    auto const c = static_cast<unsigned char>(bytes.back()); // of a C1 control the code point, too
                    if(c == '"' || c == '\\')
                    {
                        out.put('\\');
                        return out.put(char(c));
                    }
                    char const code[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
                    out.put(std::string_view{code, sizeof code});
                });
}

void put_plain_text(line_sink& out, std::string_view text) noexcept
{
    put_escaped(out, text,
                [&](std::string_view bytes, bool)
                {
                    for(unsigned char const c : bytes)
                    {
                        char const code[] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
                        out.put(std::string_view{code, sizeof code});
                    }
                });
}

log_line log_line::json()
{
    log_line line;
    line.json_ = true;
    for(std::size_t i = 0; i < columns.size(); ++i)
    {
        auto key =
            std::string(i == 0 ? "{\"" : ",\"").append(columns[i].name).append("\":"); // the time is always there
        if(columns[i].quoted())
            key += '"';
        line.pieces_.push_back({std::move(key), i});
    }
    return line;
}

log_line log_line::text(std::string_view pattern)
{
    if(pattern.empty())
        pattern = usual_pattern;
    log_line line;
    std::string literal;
    while(!pattern.empty())
    {
        auto const close = pattern.front() == '{' ? pattern.find('}') : std::string_view::npos;
        auto const name = close == std::string_view::npos ? std::string_view{} : pattern.substr(1, close - 1);
        auto const found = std::ranges::find(columns, name, &column::name);
        if(found == columns.end())
        {
            literal += pattern.front();
            pattern.remove_prefix(1);
            continue;
        }
        line.pieces_.push_back({std::move(literal), static_cast<std::size_t>(found - columns.begin())});
        literal.clear();
        pattern.remove_prefix(close + 1);
    }
    line.end_ = std::move(literal);
    return line;
}

bool log_line::write(access_record const& r, line_sink& out)
{
    // A line that may not fit, every character escaped, is written bit by bit.
    if(json_ && json_line_bound(r) <= out.room())
    {
        out.advance_to(write_json_line(r, time_text(r.time), out.end()));
        return true;
    }
    for(auto const& p : pieces_)
    {
        auto const& c = columns[p.column];
        auto const absent = is_absent(c, r);
        if(absent && json_)
            continue;
        out.put(p.literal);
        if(absent)
            out.put('-');
        else
            put_value(p.column, r, out);
        if(json_ && c.quoted())
            out.put('"');
    }
    out.put(json_ ? std::string_view{"}"} : std::string_view{end_});
    out.put('\n');
    return !out.full();
}

void log_line::put_value(std::size_t i, access_record const& r, line_sink& out)
{
    auto const& c = columns[i];
    switch(c.what)
    {
    case column::kind::time:
        return out.put(std::string_view{time_text(r.time).data()});
    case column::kind::text:
        return json_ ? put_json_text(out, r.*c.text) : put_plain_text(out, r.*c.text);
    case column::kind::number:
    case column::kind::status:
        return out.put_number(r.*c.number);
    case column::kind::size:
        return out.put_number(r.*c.size);
    case column::kind::optional_size:
        return out.put_number(*(r.*c.optional_size));
    case column::kind::duration:
        return put_milliseconds(out, *(r.*c.duration));
    }
}

/// RFC 3339 with milliseconds.
time_stamp const& log_line::time_text(std::chrono::system_clock::time_point t) noexcept
{
    using namespace std::chrono;
    auto const put = [this](std::size_t at, unsigned value, unsigned digits)
    {
        for(; digits--; value /= 10)
            stamp_[at + digits] = char('0' + value % 10);
    };
    auto const second = floor<seconds>(t);
    if(second != second_)
    {
        auto const day = floor<days>(second);
        year_month_day const date{day};
        hh_mm_ss const clock{second - day};
        put(0, static_cast<unsigned>(int{date.year()}), 4);
        put(5, unsigned{date.month()}, 2);
        put(8, unsigned{date.day()}, 2);
        put(11, static_cast<unsigned>(clock.hours().count()), 2);
        put(14, static_cast<unsigned>(clock.minutes().count()), 2);
        put(17, static_cast<unsigned>(clock.seconds().count()), 2);
        second_ = second;
    }
    auto const ms = static_cast<unsigned>((t - second) / 1ms);
    stamp_[20] = static_cast<char>('0' + ms / 100);
    stamp_[21] = static_cast<char>('0' + ms / 10 % 10);
    stamp_[22] = static_cast<char>('0' + ms % 10);
    return stamp_;
}

} // namespace errata
