#include "problem/json_repair.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

namespace errata
{
namespace
{
constexpr auto npos = std::string_view::npos;

bool is_space(char c) noexcept
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20;
}

bool is_word(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

bool is_number(char c) noexcept
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}

std::optional<unsigned> hex4(std::string_view s) noexcept
{
    if(s.size() < 4)
        return std::nullopt;
    unsigned value = 0;
    for(char const c : s.substr(0, 4))
    {
        auto const digit =
            std::string_view{"0123456789abcdef"}.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
        if(digit == npos)
            return std::nullopt;
        value = value * 16 + static_cast<unsigned>(digit);
    }
    return value;
}

struct literal
{
    std::string_view foreign, json;
};
constexpr std::array foreign_literals{
    literal{"True", "true"},     literal{"False", "false"},    literal{"None", "null"}, literal{"NaN", "null"},
    literal{"Infinity", "null"}, literal{"undefined", "null"}, literal{"nil", "null"},
};

/// One walk over the text. Runs twice: first to measure (`out` null), then to write.
class repair
{
public:
    repair(std::string_view text, char* out) noexcept : in_(text), out_(out) {}

    std::size_t run() noexcept
    {
        while(i_ < in_.size())
            between_tokens();
        return size_;
    }

    /// The room that run() needs; what is written of a sentence that turns out to be cut off is taken back.
    std::size_t room() const noexcept { return size_ + taken_back_; }

private:
    void put(char c) noexcept
    {
        if(out_)
            out_[size_] = c;
        ++size_;
    }

    void put(std::string_view s) noexcept
    {
        if(out_)
            std::memcpy(out_ + size_, s.data(), s.size());
        size_ += s.size();
    }

    void between_tokens() noexcept
    {
        auto const c = in_[i_];
        if(c == '"' || c == '\'')
            return string(c);
        if(c == ',' && closes_next())
            return skip_as_space();
        if(is_control(c) && !is_space(c))
            return skip_as_space();
        if(is_word(c) && !is_number(c))
            return word();
        if(c == '-' && in_.substr(i_ + 1).starts_with("Infinity"))
            return skip_as_space();
        if(is_number(c))
            return number();
        put(c);
        ++i_;
        if(!is_space(c))
            previous_ = c;
    }

    /// 0044 is no number of JSON's; as a string it keeps its letters.
    void number() noexcept
    {
        auto const from = i_;
        while(i_ < in_.size() && (is_word(in_[i_]) || is_number(in_[i_])))
            ++i_;
        auto const n = in_.substr(from, i_ - from);
        bool const octal = n.size() > 1 && n[0] == '0' && n[1] >= '0' && n[1] <= '9';
        if(octal)
            put('"'), put(n), put('"');
        else
            put(n);
        previous_ = '0';
    }

    void skip_as_space() noexcept
    {
        put(' ');
        ++i_;
    }

    bool closes_next() const noexcept
    {
        auto const next = in_.find_first_not_of(" \n\r\t", i_ + 1);
        return next != npos && (in_[next] == '}' || in_[next] == ']');
    }

    void word() noexcept
    {
        auto const from = i_;
        while(i_ < in_.size() && is_word(in_[i_]))
            ++i_;
        auto const w = in_.substr(from, i_ - from);
        auto const next = in_.find_first_not_of(" \n\r\t", i_);
        if(next != npos && in_[next] == ':' && (previous_ == '{' || previous_ == ','))
            put('"'), put(w), put('"');
        else
            put(as_json(w));
        previous_ = 'w';
    }

    static std::string_view as_json(std::string_view w) noexcept
    {
        for(auto const& l : foreign_literals)
            if(l.foreign == w)
                return l.json;
        return w;
    }

    void string(char quote) noexcept
    {
        bool const value = previous_ == ':';
        std::size_t sentence_end = 0;
        put('"');
        for(++i_; i_ < in_.size() && in_[i_] != quote; ++i_)
        {
            if(in_[i_] == ' ' && std::string_view{".!?"}.find(in_[i_ - 1]) != npos)
                sentence_end = size_;
            if(auto const c = in_[i_]; c == '\\')
                escape();
            else if(is_control(c))
                put_control(c);
            else if(c == '"')
                put("\\\"");
            else
                put(c);
        }
        previous_ = '"';
        if(i_ == in_.size())
        {
            // Broken off: the parser must see that, but the sentences before are whole.
            if(!value || sentence_end == 0)
                return;
            taken_back_ = size_ - sentence_end;
            size_ = sentence_end;
            return put('"');
        }
        put('"');
        ++i_;
    }

    void put_control(char c) noexcept
    {
        constexpr std::string_view hex = "0123456789abcdef";
        if(c == '\n')
            return put("\\n");
        if(c == '\r')
            return put("\\r");
        if(c == '\t')
            return put("\\t");
        put("\\u00"), put(hex[static_cast<unsigned char>(c) >> 4]), put(hex[c & 15]);
    }

    /// At a backslash; leaves `i_` on the last byte that it dealt with.
    void escape() noexcept
    {
        if(i_ + 1 == in_.size())
            return put('\\');
        auto const c = in_[i_ + 1];
        if(c == 'u')
            return unicode_escape();
        if(c == '\'')
            return put(in_[++i_]);
        if(std::string_view{"\"\\/bfnrt"}.find(c) == npos)
            return put("\\\\"); // C:\Data, \d+: the backslash is meant
        put('\\'), put(in_[++i_]);
    }

    void unicode_escape() noexcept
    {
        auto const rest = in_.substr(i_ + 2);
        auto const unit = hex4(rest);
        if(!unit)
            return put("\\\\");
        // 0 is no low surrogate either; an optional here makes g++ 12 warn of an uninitialised value when it optimises.
        auto const low = rest.substr(4).starts_with("\\u") ? hex4(rest.substr(6)).value_or(0) : 0;
        bool const pair = *unit >= 0xD800 && *unit <= 0xDBFF && low >= 0xDC00 && low <= 0xDFFF;
        bool const lone = !pair && *unit >= 0xD800 && *unit <= 0xDFFF;
        auto const length = pair ? std::size_t{12} : std::size_t{6};
        put(lone ? std::string_view{"\\ufffd"} : in_.substr(i_, length));
        i_ += length - 1;
    }

    std::string_view in_;
    char* out_;
    std::size_t i_ = 0, size_ = 0, taken_back_ = 0;
    char previous_ = 0;
};
} // namespace

std::string_view repaired_json(std::string_view text, arena& memory)
{
    repair measure{text, nullptr};
    auto const size = measure.run();
    auto* const out = memory.allocate(measure.room());
    repair{text, out}.run();
    return {out, size};
}

} // namespace errata
