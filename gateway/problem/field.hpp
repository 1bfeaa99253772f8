#pragma once

#include <span>
#include <string_view>

namespace errata
{

/// One header field of a message (RFC 9110 section 5). Both views belong to somebody else: a read buffer or an arena
/// that outlives every use of the field. `value` carries no surrounding white space.
struct field
{
    std::string_view name;
    std::string_view value;

    friend bool operator==(field const&, field const&) = default;
};

/// The fields of a head in the order they came in. The pure core sees heads only as this.
using field_list = std::span<field const>;

/// For `iequals`: the letters of two texts of equal length.
[[nodiscard]] bool same_letters(std::string_view a, std::string_view b) noexcept;

/// ASCII case-insensitive comparison, as field names and most tokens want it (RFC 9110 5.1).
[[nodiscard]] inline bool iequals(std::string_view a, std::string_view b) noexcept
{
    // Nearly every comparison is between names of different lengths or first letters.
    return a.size() == b.size() && (a.empty() || ((a[0] ^ b[0]) & ~0x20) == 0) && same_letters(a, b);
}

/// Likewise: does `text` end with `end`?
[[nodiscard]] inline bool iends_with(std::string_view text, std::string_view end) noexcept
{
    return text.size() >= end.size() && iequals(text.substr(text.size() - end.size()), end);
}

/// Without the optional white space around it (RFC 9110 5.6.3).
[[nodiscard]] std::string_view trim(std::string_view s) noexcept;

/// A token (RFC 9110 5.6.2): what methods, field names and codings are made of.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// The first field of that name, or nullptr.
[[nodiscard]] field const* find(field_list fields, std::string_view name) noexcept;

/// The value of the first field of that name, empty when there is none.
[[nodiscard]] std::string_view value_of(field_list fields, std::string_view name) noexcept;

/// True when any field of that name holds `token` as a member of its comma-separated list, case-insensitively.
[[nodiscard]] bool has_token(field_list fields, std::string_view name, std::string_view token) noexcept;

} // namespace errata
