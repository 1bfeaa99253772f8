#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace errata
{

#ifdef __SSE2__
/// Marks the octets from `first` to `last`, both ASCII: moved up so far that none behind `last` is positive.
inline __m128i octets_within(__m128i block, char first, char last) noexcept
{
    auto const moved = _mm_add_epi8(block, _mm_set1_epi8(static_cast<char>(0x7f - last)));
    return _mm_cmpgt_epi8(moved, _mm_set1_epi8(static_cast<char>(0x7f - last + first - 1)));
}

/// Eight octets from `first` and eight from `last`.
inline __m128i octets_at(char const* first, char const* last) noexcept
{
    std::int64_t low, high;
    std::memcpy(&low, first, sizeof low);
    std::memcpy(&high, last, sizeof high);
    return _mm_set_epi64x(high, low);
}

/// Shows all of [p, end), which are eight octets at least, in blocks of sixteen; some octets twice.
template <class Look>
void look_at_octets(char const* p, char const* end, Look const& look) noexcept
{
    if(end - p < 16)
        return look(octets_at(p, end - 8));
    for(; end - p > 16; p += 16)
        look(_mm_loadu_si128(reinterpret_cast<__m128i const*>(p)));
    look(_mm_loadu_si128(reinterpret_cast<__m128i const*>(end - 16)));
}
#endif

/// The first octet of a kind in [p, end), or `end`: what every loop over texts comes down to. A `Kind` tells for one
/// octet (`is`) and, where SSE2 is part of the base instruction set, for sixteen (`in`).
template <class Kind>
char const* find_octet(char const* p, char const* end) noexcept
{
#ifdef __SSE2__
    for(; end - p >= 16; p += 16)
        if(auto const found = _mm_movemask_epi8(Kind::in(_mm_loadu_si128(reinterpret_cast<__m128i const*>(p)))))
            return p + std::countr_zero(static_cast<unsigned>(found));
    if(end - p >= 8) // the first eight and the last eight
    {
        auto const found = static_cast<unsigned>(_mm_movemask_epi8(Kind::in(octets_at(p, end - 8))));
        if(found == 0)
            return end;
        auto const at = std::countr_zero(found);
        return at < 8 ? p + at : end - 16 + at;
    }
#endif
    while(p != end && !Kind::is(*p))
        ++p;
    return p;
}

/// Copies [p, end) to `to` up to the first octet of a kind, which is returned (or `end`); `to` is then where the copy
/// ends. There must be room for all.
template <class Kind>
char const* copy_until(char const* p, char const* end, char*& to) noexcept
{
#ifdef __SSE2__
    for(; end - p >= 16; p += 16, to += 16)
    {
        auto const block = _mm_loadu_si128(reinterpret_cast<__m128i const*>(p));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), block);
        if(auto const found = _mm_movemask_epi8(Kind::in(block)))
        {
            auto const before = std::countr_zero(static_cast<unsigned>(found));
            to += before;
            return p + before;
        }
    }
    if(end - p >= 8)
        if(auto const block = octets_at(p, end - 8); _mm_movemask_epi8(Kind::in(block)) == 0)
        {
            std::memcpy(to, p, 8);
            std::memcpy(to + (end - p) - 8, end - 8, 8);
            to += end - p;
            return end;
        }
#endif
    for(; p != end && !Kind::is(*p); ++p)
        *to++ = *p;
    return p;
}

/// Does `test` hold for any octet of a kind in [p, end)? Some are asked about twice.
template <class Kind, class Test>
bool any_octet(char const* p, char const* end, Test const& test) noexcept
{
#ifdef __SSE2__
    auto const holds = [&](__m128i block, char const* first, char const* last)
    {
        for(auto found = static_cast<unsigned>(_mm_movemask_epi8(Kind::in(block))); found; found &= found - 1)
            if(auto const at = std::countr_zero(found); test(at < 8 ? first + at : last + (at - 8)))
                return true;
        return false;
    };
    auto const at = [](char const* q) { return _mm_loadu_si128(reinterpret_cast<__m128i const*>(q)); };
    for(; end - p >= 16; p += 16)
        if(holds(at(p), p, p + 8))
            return true;
    if(end - p >= 8)
        return holds(octets_at(p, end - 8), p, end - 8);
#endif
    for(; p != end; ++p)
        if(Kind::is(*p) && test(p))
            return true;
    return false;
}

/// So many octets `copy_octets` may write behind the end of its copy.
inline constexpr std::size_t beyond_copy = 8;

/// Copies [p, end) to `to`, but for octets of a kind: for these `put(octet, to)` writes something else and says where
/// that ends. There must be room for `beyond_copy` octets behind the end, which is returned.
template <class Kind, class Put>
char* copy_octets(char const* p, char const* end, char* to, Put const& put) noexcept
{
#ifdef __SSE2__
    for(; end - p >= 8; p += 8)
    {
        std::uint64_t eight;
        std::memcpy(&eight, p, sizeof eight);
        auto const block = _mm_cvtsi64_si128(static_cast<long long>(eight));
        auto found = static_cast<unsigned>(_mm_movemask_epi8(Kind::in(block))) & 0xffu;
        int left = 8;
        std::memcpy(to, &eight, sizeof eight);
        while(found)
        {
            auto const plain = std::countr_zero(found);
            to = put(p[8 - left + plain], to + plain);
            left -= plain + 1;
            found >>= plain + 1;
            eight = left ? eight >> 8 * (plain + 1) : 0;
            std::memcpy(to, &eight, sizeof eight);
        }
        to += left;
    }
#endif
    for(; p != end; ++p)
        if(Kind::is(*p))
            to = put(*p, to);
        else
            *to++ = *p;
    return to;
}

} // namespace errata
