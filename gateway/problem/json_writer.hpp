#pragma once

#include <array>
#include <string>
#include <string_view>

namespace errata
{

/// Appends JSON to a string, members separated by itself. For output of known shape: no tree, no nesting checks.
/// Strings may hold any bytes: what is not UTF-8 becomes U+FFFD, so the result is valid JSON whatever an upstream sent.
class json_writer
{
public:
    explicit json_writer(std::string& out) noexcept : out_(out) {}

    void open_object() { separate(), out_ += '{'; }
    void open_object(std::string_view name) { key(name), out_ += '{'; }
    void close_object() { out_ += '}'; }
    void open_array() { separate(), out_ += '['; }
    void open_array(std::string_view name) { key(name), out_ += '['; }
    void close_array() { out_ += ']'; }

    /// `name` is ours: it needs no escaping. Inline, so that with a name known at compile time little is left to do.
    [[gnu::always_inline]] void key(std::string_view name)
    {
        // Put together first: every append to a string asks for its capacity again.
        std::array<char, 40> text;
        auto const comma = needs_comma();
        if(name.size() + 4 > text.size())
            return long_key(name, comma);
        text[0] = ',';
        text[1] = '"';
        name.copy(&text[2], name.size());
        text[name.size() + 2] = '"';
        text[name.size() + 3] = ':';
        out_.append(&text[comma ? 0 : 1], name.size() + (comma ? 4 : 3));
    }
    void string(std::string_view name, std::string_view value) { key(name), quote(value); }
    void string_unless_empty(std::string_view name, std::string_view value)
    {
        if(!value.empty())
            string(name, value);
    }
    void number(std::string_view name, long long value);
    void boolean(std::string_view name, bool value) { key(name), out_ += value ? "true" : "false"; }
    /// `json` is a JSON text already.
    void raw(std::string_view name, std::string_view json) { key(name), out_ += json; }
    void raw_element(std::string_view json) { separate(), out_ += json; }
    void element(std::string_view value) { separate(), quote(value); }

    /// Appends `text` as a JSON string with its quotes.
    void quote(std::string_view text);

    [[nodiscard]] std::string& text() noexcept { return out_; }

private:
    /// No JSON value ends in an opening bracket, a colon or a comma, so the last character tells whether one stands
    /// before.
    [[nodiscard]] bool needs_comma() const noexcept
    {
        auto const last = out_.empty() ? '{' : out_.back();
        return last != '{' && last != '[' && last != ':' && last != ',';
    }
    void long_key(std::string_view name, bool comma);
    void separate()
    {
        if(needs_comma())
            out_ += ',';
    }

    std::string& out_;
};

} // namespace errata
