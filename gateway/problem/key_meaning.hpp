#pragma once

#include <cstdint>
#include <string_view>

namespace errata
{

/// What a member name promises about its value. The value's own form has the last word (`error` may hold a sentence, a
/// symbol, an object or a list).
enum class meaning : std::uint8_t
{
    unknown,
    sentence, ///< text written for a person
    title,    ///< a short heading
    code,     ///< machine-readable identifier of this very error
    kind,     ///< its class: type, category; a symbol there is the second choice
    error,    ///< the error itself, in any form
    errors,   ///< a list or map of errors, most often of fields
    entries,  ///< a list or map that may hold field errors among other things (details, fields, data)
    envelope, ///< wraps the interesting part without saying anything (response, result, body)
    field,    ///< names the field an error is about
    location, ///< in which part of the request that field lives
    source,   ///< object or text that points at the field (JSON:API)
    status,   ///< HTTP status, or a word for success or failure
    flag,     ///< says only whether it went well (ok, success)
    request_id,
    help,     ///< link to documentation
    wait,     ///< how long to wait; `unit` says in what
    uri,      ///< RFC 9457 type, instance
    internal, ///< stack, trace, exception: for the service's own people
    value,    ///< the rejected value, or what comes back from the request: never a message
};

/// Units of a `wait` that the name itself tells.
enum class wait_unit : std::uint8_t
{
    none,
    seconds,
    milliseconds
};

struct key_sense
{
    meaning what = meaning::unknown;
    std::uint8_t weight = 0; ///< 0..100: how much the name speaks for its meaning against others of the same
    wait_unit unit = wait_unit::none;
    bool exact = false; ///< the name is known as a whole; false: guessed from its end

    friend bool operator==(key_sense const&, key_sense const&) = default;
};

/// The meaning of a member name, ASCII case and everything but letters and digits ignored (errorCode, error_code,
/// Error-Code, @errorCode, odata.error). Unknown names are judged by how they end (ExpressResponseMessage, qpstatmsg).
[[nodiscard]] key_sense meaning_of(std::string_view name) noexcept;

} // namespace errata
