#pragma once

#include "problem/arena.hpp"

#include <cstdint>
#include <string_view>

namespace errata
{

/// How much of an upstream's internals a client may see (`errors.expose`).
enum class expose : std::uint8_t
{
    safe,
    all,
    none
};

/// What the leak guard made of one text.
struct guarded_text
{
    std::string_view text; ///< what may be shown: the text itself, its clean part, or empty
    unsigned removed = 0;  ///< how many leaks were found
};

/// Takes stack traces, file paths, SQL and driver messages, connection strings, secrets and tokens out of a text; on a
/// server error also private addresses and internal host names. A sentence that is clean without the leak is kept (the
/// text is cut at the leak or around it); what cannot be cleaned is withheld whole. Linear time. `text` comes back
/// untouched, without a copy, when it is clean.
[[nodiscard]] guarded_text guard(std::string_view text, bool server_error, arena& memory);

/// True when `guard` would remove something: cheaper, for strings that are dropped or replaced as a whole.
[[nodiscard]] bool leaks(std::string_view text, bool server_error);

/// A member that holds internals by its name alone (stack, stackTrace, trace, exception, backtrace, debug ...),
/// whatever its text.
[[nodiscard]] bool is_internal_name(std::string_view member);

/// A member that holds a secret by its name (password, apiKey, client_secret ...) and whose text is no sentence about
/// one.
[[nodiscard]] bool is_secret(std::string_view member, std::string_view text);

/// A member that says in which file of a program something went wrong, wherever that program lies: `"file":
/// "/shop/src/Rules.php"`. A path that was asked for looks the same elsewhere.
[[nodiscard]] bool is_place_in_program(std::string_view member, std::string_view text);

} // namespace errata
