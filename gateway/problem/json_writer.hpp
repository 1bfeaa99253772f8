#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace errata
{

/// Appends JSON to a string, members separated by itself. For output of known shape: no tree, no nesting checks.
/// Strings may hold any bytes: what is not UTF-8 becomes U+FFFD, so the result is valid JSON whatever an upstream sent.
///
/// What it writes is collected in a block of its own first, since every append to a string asks for its capacity anew;
/// it is in the string once `text` was called or the writer is gone.
class json_writer
{
public:
    explicit json_writer(std::string& out) noexcept : out_(out) {}
    json_writer(json_writer const&) = delete;
    json_writer& operator=(json_writer const&) = delete;
    ~json_writer() { flush(); }

    void open_object() { separate(), put('{'); }
    void open_object(std::string_view name) { key(name), put('{'); }
    void close_object() { put('}'); }
    void open_array() { separate(), put('['); }
    void open_array(std::string_view name) { key(name), put('['); }
    void close_array() { put(']'); }

    /// `name` is ours: it needs no escaping. Inline, so that with a name known at compile time little is left to do.
    [[gnu::always_inline]] void key(std::string_view name)
    {
        auto const comma = needs_comma();
        if(name.size() + 4 > block_.size())
            return long_key(name, comma);
        auto* at = room(name.size() + 4);
        *at = ','; // overwritten where none is needed
        at += comma ? 1 : 0;
        *at++ = '"';
        at += name.copy(at, name.size());
        *at++ = '"';
        *at++ = ':';
        end_ = at;
    }
    /// The name of a member that somebody else gave it.
    void foreign_key(std::string_view name) { separate(), quote(name), put(':'); }
    void string(std::string_view name, std::string_view value) { key(name), quote(value); }
    void string_unless_empty(std::string_view name, std::string_view value)
    {
        if(!value.empty())
            string(name, value);
    }
    [[gnu::always_inline]] void number(std::string_view name, long long value) { key(name), digits(value); }
    [[gnu::always_inline]] void boolean(std::string_view name, bool value) { key(name), raw(value ? "true" : "false"); }
    /// `json` is a JSON text already.
    void raw(std::string_view name, std::string_view json) { key(name), raw(json); }
    void raw_element(std::string_view json) { separate(), raw(json); }
    void element(std::string_view value) { separate(), quote(value); }

    /// The comma before an element, where one is due: for those that are not written at once.
    void separate()
    {
        if(needs_comma())
            put(',');
    }
    /// Appends `text` as a JSON string with its quotes.
    void quote(std::string_view text);
    /// Appends `text` as it is.
    void raw(std::string_view text)
    {
        if(text.size() <= left())
            end_ += text.copy(end_, text.size());
        else
            long_raw(text);
    }
    void put(char c) { *room(1) = c, ++end_; }
    /// Room for at most `size` bytes, which is no more than `longest_piece`; `wrote` says where they end.
    static constexpr std::size_t longest_piece = 512;
    [[nodiscard]] char* room(std::size_t size)
    {
        if(size > left())
            flush();
        return end_;
    }
    void wrote(char* end) noexcept { end_ = end; }

    /// What was written so far, and before.
    [[nodiscard]] std::string& text()
    {
        flush();
        return out_;
    }
    [[nodiscard]] std::size_t size() const noexcept { return out_.size() + written(); }

private:
    [[nodiscard]] std::size_t written() const noexcept { return static_cast<std::size_t>(end_ - block_.data()); }
    [[nodiscard]] std::size_t left() const noexcept { return block_.size() - written(); }
    /// No JSON value ends in an opening bracket, a colon or a comma, so the last character tells whether one stands
    /// before.
    [[nodiscard]] bool needs_comma() const noexcept
    {
        auto const last = written() ? end_[-1] : out_.empty() ? '{' : out_.back();
        return last != '{' && last != '[' && last != ':' && last != ',';
    }
    void digits(long long value);
    void quote_rest(std::string_view text);
    void long_key(std::string_view name, bool comma);
    void long_raw(std::string_view text);
    void flush();

    std::string& out_;
    std::array<char, 1024> block_;
    char* end_ = block_.data();
};

} // namespace errata
