#include "problem/canonical_code.hpp"

#include <algorithm>

namespace errata
{
namespace
{
constexpr std::size_t longest_code = 64;
constexpr auto most_spaces = 3; ///< more words than that are a sentence

bool is_upper(char c) noexcept
{
    return c >= 'A' && c <= 'Z';
}

bool is_lower(char c) noexcept
{
    return c >= 'a' && c <= 'z';
}

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool is_alnum(char c) noexcept
{
    return is_upper(c) || is_lower(c) || is_digit(c);
}

bool is_sentence(std::string_view s) noexcept
{
    auto const spaces = std::ranges::count(s, ' ');
    return spaces > most_spaces || s.find_first_of("\r\n\t") != std::string_view::npos ||
           (spaces > 0 && (s.size() > longest_code || s.ends_with('.') || s.ends_with('!') || s.ends_with('?') ||
                           s.find(", ") != std::string_view::npos || s.find(": ") != std::string_view::npos));
}

/// `com.example.api#ThrottlingException`, `urn:example:NotKnown`: the name space says nothing to a client.
std::string_view without_name_space(std::string_view code) noexcept
{
    auto const end = code.rfind(code.starts_with("urn:") ? ':' : '#');
    return end != std::string_view::npos && end + 1 < code.size() ? code.substr(end + 1) : code;
}

/// UPPER_SNAKE already, with at least one letter: one pass, since most codes of APIs are.
bool is_canonical(std::string_view code) noexcept
{
    if(code.empty() || code.size() > longest_code || code.back() == '_')
        return false;
    bool letter = false;
    char previous = '_';
    for(char const c : code)
    {
        if(c == '_' ? previous == '_' : !is_upper(c) && !is_digit(c))
            return false;
        letter = letter || is_upper(c);
        previous = c;
    }
    return letter;
}

/// Does a new word begin at `i`, which is a letter or digit after another one?
bool begins_word(std::string_view s, std::size_t i) noexcept
{
    auto const next_is_lower = i + 1 < s.size() && is_lower(s[i + 1]);
    return is_upper(s[i]) && (is_lower(s[i - 1]) || (next_is_lower && (is_upper(s[i - 1]) || is_digit(s[i - 1]))));
}
} // namespace

std::string_view canonical_code(std::string_view code, arena& memory)
{
    if(is_canonical(code))
        return code;
    code = without_name_space(code);
    auto const is_letter = [](char c) { return is_upper(c) || is_lower(c); };
    if(std::ranges::none_of(code, is_letter) || is_sentence(code))
        return {};
    if(is_canonical(code))
        return code;
    code = code.substr(0, 4 * longest_code); // what cannot matter any more
    auto* const out = memory.allocate(2 * code.size());
    std::size_t n = 0;
    for(std::size_t i = 0; i < code.size(); ++i)
    {
        if(!is_alnum(code[i]))
            continue;
        auto const first = i == 0 || !is_alnum(code[i - 1]);
        if(n > 0 && (first || begins_word(code, i)))
            out[n++] = '_';
        out[n++] = is_lower(code[i]) ? static_cast<char>(code[i] - 'a' + 'A') : code[i];
    }
    n = std::min(n, longest_code);
    while(n > 0 && out[n - 1] == '_')
        --n;
    return {out, n};
}

} // namespace errata
