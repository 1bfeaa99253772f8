#pragma once

#include <string_view>

namespace errata
{

/// The text without a leading repetition of the status ("500 Internal Server Error\n\n...", "404: ...", "HTTP Status
/// 404 – ..."); the text itself when nothing else would remain or when the number is part of the sentence.
[[nodiscard]] std::string_view without_status(std::string_view text) noexcept;

/// The part of a longer text that says what happened: its first paragraph, without a stack trace below it; the last
/// line of a Python traceback. Bounded to what a person reads at a glance.
[[nodiscard]] std::string_view gist_of(std::string_view text) noexcept;

/// How much a text reads like the explanation of an error: 0 for decoration (server signature, copyright, navigation),
/// more for words of failure and for whole sentences.
[[nodiscard]] int explains(std::string_view text) noexcept;

/// At least two plain words: cache keys, times and coordinates are none. Texts beyond ASCII always count.
[[nodiscard]] bool reads_as_prose(std::string_view text) noexcept;

/// What follows "error code:", "code=" or "error #" in a text, when it is a symbol or number; empty otherwise.
[[nodiscard]] std::string_view code_in(std::string_view text) noexcept;

/// An id of this occurrence told in prose ("Your support ID is: 1234567"), and what stands before it; empty when none
/// is.
struct told_id
{
    std::string_view id, before;
};
[[nodiscard]] told_id id_in(std::string_view text) noexcept;

/// The text behind a leading exception class ("SyntaxError: ", "java.lang.IllegalStateException: "); the text itself
/// when there is none.
[[nodiscard]] std::string_view without_exception(std::string_view text) noexcept;

/// True when a stack trace stands anywhere near the beginning.
[[nodiscard]] bool shows_trace(std::string_view text) noexcept;

/// True for a heading of a debugger's page ("Traceback", "Werkzeug Debugger").
[[nodiscard]] bool names_debugger(std::string_view heading) noexcept;

/// True for the first lines of a stack trace.
[[nodiscard]] bool looks_like_trace(std::string_view text) noexcept;

} // namespace errata
