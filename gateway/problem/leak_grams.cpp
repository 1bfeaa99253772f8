#include "problem/leak_grams.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

namespace errata
{
namespace
{
static_assert(std::endian::native == std::endian::little); // the first two of four bytes are the lower ones
constexpr std::size_t bits = 1 << 16;
constexpr std::size_t quad = 4;

bool is_letter(char c) noexcept
{
    return c >= 'a' && c <= 'z';
}

/// Letters of both cases alike; some signs fall together too, which costs a search now and then.
std::uint32_t folded(std::uint32_t four) noexcept
{
    return four | 0x20202020u;
}

std::uint32_t hash_of(std::uint32_t four) noexcept
{
    return (folded(four) * 2654435761u) >> 16;
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

leak_grams::leak_grams() : pairs_(bits / 64), quads_(bits / 64) {}

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
    auto const size = word.size() < quad ? std::size_t{2} : quad;
    auto best = word.substr(0, size);
    for(std::size_t i = 1; i + size <= word.size(); ++i)
        if(rarity(word.substr(i, size)) > rarity(best))
            best = word.substr(i, size);
    char text[quad];
    auto const remember = [&](char const* p)
    {
        if(size < quad)
        {
            leads_[static_cast<unsigned char>(*p)] = true;
            return set(pairs_, two_at(p));
        }
        set(quads_, hash_of(four_at(p)));
        exact_.insert(std::lower_bound(exact_.begin(), exact_.end(), folded(four_at(p))), folded(four_at(p)));
    };
    expand(best, text, 0, remember);
}

bool leak_grams::may_hold(std::string_view text) const noexcept
{
    auto const* const pairs = pairs_.data();
    auto const* const quads = quads_.data();
    auto const* p = text.data();
    auto const* const end = p + text.size();
    if(text.size() >= quad)
        for(auto const* const last = end - quad; p <= last; ++p)
        {
            auto const four = four_at(p);
            if(leads_[four & 0xff] && holds(pairs, four & 0xffff)) [[unlikely]]
                return true;
            if(holds(quads, hash_of(four)) && std::binary_search(exact_.begin(), exact_.end(), folded(four)))
                [[unlikely]]
                return true;
        }
    for(; end - p >= 2; ++p)
        if(holds(pairs, two_at(p)))
            return true;
    return false;
}

} // namespace errata
