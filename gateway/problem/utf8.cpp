#include "problem/utf8.hpp"

#include "problem/octets.hpp"

#include <cstring>

namespace errata
{
namespace
{
constexpr std::string_view replacement = "\xEF\xBF\xBD";

unsigned byte(std::string_view s, std::size_t i) noexcept
{
    return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u;
}

bool within(unsigned b, unsigned low, unsigned high) noexcept
{
    return b >= low && b <= high;
}

bool tail(unsigned b) noexcept
{
    return within(b, 0x80, 0xBF);
}

struct beyond_ascii
{
    static bool is(char c) noexcept { return static_cast<signed char>(c) < 0; }
#ifdef __SSE2__
    static __m128i in(__m128i block) noexcept
    {
        return block;
    } // the upper bit is what counts
#endif
};

/// The end of the run of ASCII that starts at `i`.
std::size_t skip_ascii(std::string_view s, std::size_t i) noexcept
{
    auto const* const end = s.data() + s.size();
    auto const* p = s.data() + i;
#ifdef __SSE2__
    auto const at = [&](int block) { return _mm_loadu_si128(reinterpret_cast<__m128i const*>(p) + block); };
    // All of a body passes here: four blocks at a time.
    while(end - p >= 64 && _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(at(0), at(1)), _mm_or_si128(at(2), at(3)))) == 0)
        p += 64;
#endif
    return static_cast<std::size_t>(find_octet<beyond_ascii>(p, end) - s.data());
}

/// The length of the longest start of a well-formed sequence: what one U+FFFD stands for (Unicode 15, section 3.9).
std::size_t ill_formed_run(std::string_view s) noexcept
{
    auto const lead = byte(s, 0), second = byte(s, 1);
    auto const good_second = lead == 0xE0   ? within(second, 0xA0, 0xBF)
                             : lead == 0xED ? within(second, 0x80, 0x9F)
                             : lead == 0xF0 ? within(second, 0x90, 0xBF)
                             : lead == 0xF4 ? within(second, 0x80, 0x8F)
                                            : tail(second);
    if(!within(lead, 0xE0, 0xF4) || !good_second)
        return 1;
    return lead >= 0xF0 && tail(byte(s, 2)) ? 3 : 2;
}
} // namespace

std::size_t utf8_sequence(std::string_view s) noexcept
{
    auto const lead = byte(s, 0), second = byte(s, 1);
    if(lead < 0x80)
        return 1;
    if(within(lead, 0xC2, 0xDF))
        return tail(second) ? 2 : 0;
    if(within(lead, 0xE0, 0xEF))
    {
        auto const low = lead == 0xE0 ? 0xA0u : 0x80u, high = lead == 0xED ? 0x9Fu : 0xBFu;
        return within(second, low, high) && tail(byte(s, 2)) ? 3 : 0;
    }
    if(within(lead, 0xF0, 0xF4))
    {
        auto const low = lead == 0xF0 ? 0x90u : 0x80u, high = lead == 0xF4 ? 0x8Fu : 0xBFu;
        return within(second, low, high) && tail(byte(s, 2)) && tail(byte(s, 3)) ? 4 : 0;
    }
    return 0;
}

std::size_t ascii_prefix(std::string_view text) noexcept
{
    return skip_ascii(text, 0);
}

std::size_t utf8_prefix(std::string_view text) noexcept
{
    std::size_t i = 0;
    while((i = skip_ascii(text, i)) < text.size())
    {
        auto const n = utf8_sequence(text.substr(i));
        if(n == 0)
            return i;
        i += n;
    }
    return i;
}

std::string_view repaired_utf8(std::string_view text, arena& memory)
{
    auto good = utf8_prefix(text);
    if(good == text.size())
        return text;

    // Each ill-formed byte costs at most one replacement of three bytes.
    auto* const out = memory.allocate(good + 3 * (text.size() - good));
    std::size_t size = 0;
    auto const put = [&](std::string_view part)
    {
        std::memcpy(out + size, part.data(), part.size());
        size += part.size();
    };
    while(true)
    {
        put(text.substr(0, good));
        text.remove_prefix(good);
        if(text.empty())
            return {out, size};
        put(replacement);
        text.remove_prefix(ill_formed_run(text));
        good = utf8_prefix(text);
    }
}

std::size_t put_utf8(char32_t c, char* out) noexcept
{
    if(c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    auto const at = [&](std::size_t i, unsigned lead, unsigned shift)
    { out[i] = static_cast<char>(lead | ((static_cast<unsigned>(c) >> shift) & (lead == 0x80 ? 0x3Fu : 0x1FFFFFu))); };
    if(c < 0x80)
        return at(0, 0, 0), 1;
    if(c < 0x800)
        return at(0, 0xC0, 6), at(1, 0x80, 0), 2;
    if(c < 0x10000)
        return at(0, 0xE0, 12), at(1, 0x80, 6), at(2, 0x80, 0), 3;
    return at(0, 0xF0, 18), at(1, 0x80, 12), at(2, 0x80, 6), at(3, 0x80, 0), 4;
}

} // namespace errata
