#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace errata
{

/// Says cheaply that a text holds none of certain words, so that nobody needs to search it properly: of each word two
/// or four neighbouring bytes are remembered, and a text without any of them does not hold the word.
///
/// In a list of words `|` separates them; small letters stand for both cases, `9` for any digit, `X` for a hexadecimal
/// one, `A` for any capital, `?` for any byte. Of a word of three bytes only two are looked at.
class leak_grams
{
public:
    leak_grams();

    void add(std::string_view words);

    /// False: none of the words is in `text`. True: one may be.
    [[nodiscard]] bool may_hold(std::string_view text) const noexcept;

private:
    void add_word(std::string_view word);

    std::array<bool, 256> leads_{};    ///< what a pair begins with: mostly signs, so that letters are passed over
    std::vector<std::uint64_t> pairs_; ///< a bit for every two bytes
    std::vector<std::uint64_t> quads_; ///< a bit for every hash of four
    std::vector<std::uint32_t> exact_; ///< the same four as they are, sorted: hashes coincide
};

} // namespace errata
