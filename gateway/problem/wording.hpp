#pragma once

#include "problem/text_reader.hpp" // trimmed

#include <cstdint>
#include <string_view>

namespace errata
{

/// What a text looks like, whatever its member is called.
enum class wording : std::uint8_t
{
    blank,    ///< nothing, or a word for nothing (null, None, n/a)
    number,   ///< digits, with a sign perhaps
    phrase,   ///< repeats an HTTP status: "404", "Not Found", "Error 404: Not Found", "404_NOT_FOUND"
    verdict,  ///< says no more than that it failed or not: error, fail, ok
    word,     ///< one plain word: Declined
    symbol,   ///< an identifier: invalid_request, V6134, InvalidParameter.Name
    sentence, ///< text for a person
    data,     ///< letters and signs without a space, too odd for an identifier: lists, hashes, dates
    link,     ///< an http(s) URL
    embedded, ///< another document: JSON or XML in a string
};

[[nodiscard]] wording wording_of(std::string_view text) noexcept;

/// True for a text that only repeats an HTTP status, with or without its number, in any case and punctuation.
[[nodiscard]] bool is_status_phrase(std::string_view text) noexcept;

/// A number that could be an HTTP status, 0 otherwise.
[[nodiscard]] unsigned status_in(std::string_view text) noexcept;

/// Words joined by underscores, dots or dashes, without digits: not_found, store.user.missing. What identifies a kind
/// of error rather than one of many things.
[[nodiscard]] bool is_worded_symbol(std::string_view text) noexcept;

/// A status that is registered or in wide use.
[[nodiscard]] bool is_known_status(unsigned status) noexcept;

/// A client or server error's status: as a code it would only repeat what the status line says, or contradict it.
[[nodiscard]] bool is_error_status(std::string_view text) noexcept;

/// RFC 9562 4, in either case.
[[nodiscard]] bool is_uuid(std::string_view text) noexcept;

[[nodiscard]] bool is_http_link(std::string_view text) noexcept;

} // namespace errata
