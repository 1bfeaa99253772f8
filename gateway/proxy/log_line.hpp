#pragma once

#include "proxy/access_record.hpp"
#include "proxy/json_line.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace errata
{

/// Appends to a piece of memory, remembers when it did not fit.
class line_sink
{
public:
    explicit line_sink(std::span<char> room) noexcept : begin_(room.data()), at_(begin_), end_(begin_ + room.size()) {}

    void put(char c) noexcept
    {
        if(at_ == end_)
            full_ = true;
        else
            *at_++ = c;
    }
    void put(std::string_view text) noexcept
    {
        if(static_cast<std::size_t>(end_ - at_) < text.size())
            full_ = true;
        else
            at_ = std::copy(text.begin(), text.end(), at_);
    }
    void put_number(std::uint64_t n) noexcept;

    // For whoever knows how much it writes.
    [[nodiscard]] std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    [[nodiscard]] char* end() const noexcept { return at_; }
    void advance_to(char* end) noexcept { at_ = end; }

    [[nodiscard]] bool full() const noexcept { return full_; }
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

private:
    char* begin_;
    char* at_;
    char* end_;
    bool full_ = false;
};

/// Appends `text` so that it cannot end a JSON string: quotes, backslashes, C0 and C1 controls are escaped, bytes that
/// are not UTF-8 become U+FFFD. Without the quotes around it.
void put_json_text(line_sink& out, std::string_view text) noexcept;

/// The same for text lines: `\xHH` for quotes, backslashes, controls and bytes that are not UTF-8.
void put_plain_text(line_sink& out, std::string_view text) noexcept;

/// Writes records as lines, JSON or by a pattern. Neither allocates nor asks the clock.
class log_line
{
public:
    /// One JSON object per line.
    [[nodiscard]] static log_line json();
    /// `{name}` stands for the JSON member of that name; what is absent is "-". Empty: a pattern of our own.
    [[nodiscard]] static log_line text(std::string_view pattern);

    /// Appends a line with its newline; false when it did not fit (what is in `out` then is useless).
    bool write(access_record const& record, line_sink& out);

private:
    struct piece
    {
        std::string literal; ///< before the column
        std::size_t column;
    };
    void put_value(std::size_t column, access_record const& record, line_sink& out);
    [[nodiscard]] time_stamp const& time_text(std::chrono::system_clock::time_point t) noexcept;

    bool json_ = false;
    std::vector<piece> pieces_;
    std::string end_;                   ///< after the last column
    std::chrono::sys_seconds second_{}; ///< the one that stamp_ shows
    time_stamp stamp_ = std::to_array("1970-01-01T00:00:00.000Z");
};

} // namespace errata
