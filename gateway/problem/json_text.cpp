#include "problem/json_text.hpp"

#include <cstddef>

namespace errata
{

std::string_view quoted(std::string_view text, arena& memory)
{
    static constexpr char hex[] = "0123456789abcdef";
    auto* const out = memory.allocate(text.size() * 6 + 2);
    std::size_t n = 0;
    out[n++] = '"';
    for(char c : text)
    {
        if(static_cast<unsigned char>(c) < 0x20)
        {
            for(char e : {'\\', 'u', '0', '0', hex[(c >> 4) & 0xf], hex[c & 0xf]})
                out[n++] = e;
            continue;
        }
        if(c == '"' || c == '\\')
            out[n++] = '\\';
        out[n++] = c;
    }
    out[n++] = '"';
    return {out, n};
}

std::string_view json_text(document::ref const& scalar, arena& memory)
{
    if(!scalar.source().empty())
        return scalar.source();
    return scalar.is_number() ? scalar.text() : quoted(scalar.text(), memory);
}

} // namespace errata
