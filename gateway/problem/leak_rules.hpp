#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace errata
{

/// What may be left of a sentence that holds a leak.
enum class leak_kind : std::uint8_t
{
    token,    ///< the clause with it goes: "Could not load user: connect to [10.0.0.5]" keeps the first half
    location, ///< the words themselves go: "No such key[ in /srv/app/a.php on line 3]"
    prefix,   ///< the same, with the colon behind it: "[com.acme.PaymentException: ]Card declined"
    tail      ///< everything from its clause on goes: stack traces, SQL, what drivers say
};

struct leak
{
    std::size_t begin = 0, end = 0; ///< in the text
    leak_kind kind = leak_kind::token;
};

/// Appends the leaks in `text`, in no order. Bounded: of one sort so many are told, and the last of them is a tail.
/// Costs one automaton pass over a clean text.
void find_leaks(std::string_view text, bool server_error, std::vector<leak>& found);

/// Is there any?
[[nodiscard]] bool has_leak(std::string_view text, bool server_error);

} // namespace errata
