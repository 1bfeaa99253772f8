#include "routing/schema.hpp"

namespace errata
{
namespace
{
std::size_t end_of_string(std::string_view json, std::size_t at)
{
    for(++at; at < json.size() && json[at] != '"'; ++at)
        if(json[at] == '\\')
            ++at;
    return at < json.size() ? at + 1 : json.size();
}

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
} // namespace

std::string indent_json(std::string_view json)
{
    std::string out;
    std::size_t depth = 0;
    auto const line = [&] { out.append("\n").append(2 * depth, ' '); };
    for(std::size_t at = 0; at < json.size();)
    {
        auto const c = json[at];
        if(c == '"')
        {
            auto const end = end_of_string(json, at);
            out.append(json.substr(at, end - at));
            at = end;
            continue;
        }
        ++at;
        if(is_space(c))
            continue;
        if(c == '{' || c == '[')
        {
            auto next = at;
            while(next < json.size() && is_space(json[next]))
                ++next;
            out += c;
            if(next < json.size() && (json[next] == '}' || json[next] == ']'))
            {
                out += json[next];
                at = next + 1;
                continue;
            }
            ++depth;
            line();
        }
        else if(c == '}' || c == ']')
        {
            depth -= depth > 0;
            line();
            out += c;
        }
        else
        {
            out += c;
            if(c == ',')
                line();
            else if(c == ':')
                out += ' ';
        }
    }
    return out;
}

} // namespace errata
