#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace errata
{

/// Says cheaply that a text holds none of certain words, so that nobody needs to search it properly: of each word the
/// two or four neighbouring bytes are remembered that are least common, and a text without any of them does not hold
/// the word. Looks at every other byte only, and at signs.
///
/// In a list of words `|` separates them; small letters stand for both cases, `9` for any digit, `X` for a hexadecimal
/// one, `A` for any capital, `?` for any byte. A word of two bytes has a sign in it.
class leak_grams
{
public:
    leak_grams();

    void add(std::string_view words);

    /// False: none of the words is in `text`. True: one may be.
    [[nodiscard]] bool may_hold(std::string_view text) const noexcept;

private:
    void add_word(std::string_view word);
    [[nodiscard]] bool holds_quad(std::uint32_t folded_four) const noexcept;
    [[nodiscard]] bool holds_pair(std::string_view text) const noexcept;

    std::vector<std::uint64_t> pairs_;   ///< a bit for every two bytes: words of two, and of three for short texts
    std::vector<std::uint64_t> triples_; ///< a bit for every hash of the first three or last three of four
    std::vector<std::uint64_t> quads_;   ///< a bit for every hash of four
    std::vector<std::uint32_t> exact_;   ///< the same four as they are, sorted: hashes coincide
};

} // namespace errata
