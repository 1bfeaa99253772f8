#include "problem/leak_grams.hpp"

#include "problem/octets.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string>

namespace errata
{
namespace
{
static_assert(std::endian::native == std::endian::little); // the first of four bytes are the lower ones
constexpr std::size_t bits = 1 << 16;
constexpr std::size_t quad = 4;

/// Whatever is printed in ASCII and is no letter and no digit.
struct sign
{
    static bool is(char c) noexcept
    {
        auto const lower = static_cast<char>(c | 0x20);
        return c > ' ' && c < 0x7f && !(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9');
    }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        auto const letter = octets_within(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'z');
        return _mm_andnot_si128(_mm_or_si128(letter, octets_within(block, '0', '9')), octets_within(block, '!', '~'));
    }
#endif
};

bool is_letter(char c) noexcept
{
    return c >= 'a' && c <= 'z';
}

/// Letters of both cases alike; some signs fall together too, which costs a search now and then.
std::uint32_t folded(std::uint32_t four) noexcept
{
    return four | 0x20202020u;
}

std::uint32_t hash_of(std::uint32_t bytes) noexcept
{
    return (bytes * 2654435761u) >> 16;
}

/// Of the first three of four bytes, and of the last three.
std::uint32_t hash_of_first(std::uint32_t folded_four) noexcept
{
    return hash_of(folded_four << 8);
}
std::uint32_t hash_of_last(std::uint32_t folded_four) noexcept
{
    return hash_of(folded_four & 0xffffff00u);
}

bool holds(std::uint64_t const* table, std::uint32_t bit) noexcept
{
    return (table[bit >> 6] & (std::uint64_t{1} << (bit & 63))) != 0;
}

std::uint32_t four_at(char const* p) noexcept
{
    std::uint32_t four;
    std::memcpy(&four, p, sizeof four);
    return four;
}

std::uint16_t two_at(char const* p) noexcept
{
    std::uint16_t two;
    std::memcpy(&two, p, sizeof two);
    return two;
}

/// How seldom a sentence holds this letter or sign: about -4 times the binary logarithm of its frequency in English.
int rarity(char c) noexcept
{
    //                            a   b   c   d   e   f   g   h   i   j   k   l   m
    constexpr int letters[26]{14, 24, 21, 18, 12, 22, 22, 16, 15, 38, 28, 18, 22,
                              //  n   o   p   q   r   s   t   u   v   w   x   y   z
                              15, 15, 23, 40, 16, 16, 14, 21, 27, 22, 38, 22, 42};
    constexpr int blank = 10, sign = 36;
    if(c == ' ')
        return blank;
    if(c == '?')
        return 0;
    return is_letter(c) ? letters[c - 'a'] : sign;
}

int rarity(std::string_view gram) noexcept
{
    int sum = 0;
    for(char const c : gram)
        sum += rarity(c);
    return sum;
}

std::string_view alternatives(char c) noexcept
{
    switch(c)
    {
    case '9':
        return "0123456789";
    case 'X':
        return "0123456789abcdefABCDEF";
    case 'A':
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    default:
        return {};
    }
}

/// Calls `each` with every text that `gram` stands for.
template <class Each>
void expand(std::string_view gram, char* text, std::size_t at, Each const& each)
{
    if(at == gram.size())
        return each(text);
    auto const next = [&](char c)
    {
        text[at] = c;
        expand(gram, text, at + 1, each);
    };
    if(auto const any = alternatives(gram[at]); !any.empty())
        std::for_each(any.begin(), any.end(), next);
    else if(gram[at] == '?')
        for(int any_byte = 0; any_byte < 256; ++any_byte)
            next(static_cast<char>(any_byte));
    else
    {
        next(gram[at]);
        if(is_letter(gram[at]))
            next(static_cast<char>(gram[at] ^ 0x20));
    }
}

void set(std::vector<std::uint64_t>& table, std::uint32_t bit)
{
    table[bit >> 6] |= std::uint64_t{1} << (bit & 63);
}
} // namespace

leak_grams::leak_grams() : pairs_(bits / 64), triples_(bits / 64), quads_(bits / 64) {}

void leak_grams::add(std::string_view words)
{
    while(!words.empty())
    {
        auto const end = std::min(words.find('|'), words.size());
        add_word(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
}

void leak_grams::add_word(std::string_view word)
{
    char text[quad];
    if(word.size() < quad)
        expand(word.substr(0, 2), text, 0, [&](char const* p) { set(pairs_, two_at(p)); });
    auto const remember = [&](std::string_view gram)
    {
        expand(gram, text, 0,
               [&](char const* p)
               {
                   auto const four = folded(four_at(p));
                   set(triples_, hash_of_first(four));
                   set(triples_, hash_of_last(four));
                   set(quads_, hash_of(four));
                   auto const at = std::lower_bound(exact_.begin(), exact_.end(), four);
                   if(at == exact_.end() || *at != four)
                       exact_.insert(at, four);
               });
    };
    if(word.size() == quad - 1) // with whatever stands behind it or before it
    {
        remember(std::string{word} + '?');
        remember('?' + std::string{word});
    }
    else if(word.size() >= quad)
    {
        auto best = word.substr(0, quad);
        for(std::size_t i = 1; i + quad <= word.size(); ++i)
            if(rarity(word.substr(i, quad)) > rarity(best))
                best = word.substr(i, quad);
        remember(best);
    }
}

bool leak_grams::holds_quad(std::uint32_t folded_four) const noexcept
{
    return holds(quads_.data(), hash_of(folded_four)) && std::binary_search(exact_.begin(), exact_.end(), folded_four);
}

bool leak_grams::holds_pair(std::string_view text) const noexcept
{
    for(std::size_t i = 0; i + 1 < text.size(); ++i)
        if(holds(pairs_.data(), two_at(text.data() + i)))
            return true;
    return false;
}

bool leak_grams::may_hold(std::string_view text) const noexcept
{
    if(text.size() < quad)
        return holds_pair(text);
    auto const* const begin = text.data();
    auto const* const end = begin + text.size();
    auto const* const pairs = pairs_.data();
    auto const in_pair = [&](char const* p)
    { return (p != begin && holds(pairs, two_at(p - 1))) || (p + 1 != end && holds(pairs, two_at(p))); };
    if(any_octet<sign>(begin, end, in_pair)) [[unlikely]]
        return true;
    // Wherever four bytes stand, at every other byte begin their first three or their last three.
    auto const* const triples = triples_.data();
    auto const* const last = end - quad;
    for(auto const* p = begin; p <= last; p += 2)
    {
        auto const four = folded(four_at(p));
        if(holds(triples, hash_of_first(four)) &&
           (holds_quad(four) || (p != begin && holds_quad(folded(four_at(p - 1)))))) [[unlikely]]
            return true;
    }
    return holds_quad(folded(four_at(last)));
}

} // namespace errata
