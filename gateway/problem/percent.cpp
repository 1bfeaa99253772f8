#include "problem/percent.hpp"

#include "problem/utf8.hpp"

namespace errata
{
namespace
{
unsigned hex(char c) noexcept
{
    if(c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    auto const lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10 : 16;
}
} // namespace

std::string_view percent_decoded(std::string_view text, arena& memory, char plus)
{
    if(text.find_first_of(plus == '+' ? "%" : "%+") == text.npos)
        return text;
    auto* const out = memory.allocate(text.size());
    std::size_t size = 0;
    for(std::size_t i = 0; i < text.size(); ++i)
    {
        char c = text[i] == '+' ? plus : text[i];
        if(c == '%' && i + 2 < text.size() && hex(text[i + 1]) < 16 && hex(text[i + 2]) < 16)
        {
            c = static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        }
        out[size++] = c;
    }
    return repaired_utf8({out, size}, memory);
}

} // namespace errata
