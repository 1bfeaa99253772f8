#include "problem/markup.hpp"

namespace errata
{

std::string escaped_markup(std::string_view text)
{
    std::string out;
    for(char const c : text)
        switch(c)
        {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
        }
    return out;
}

} // namespace errata
