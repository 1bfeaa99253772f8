#include "routing/yaml_json.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

namespace errata
{
namespace
{
bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

/// RFC 8259 section 6. YAML's other spellings (0x10, 1_000, .5, .inf) stay text.
bool is_json_number(std::string_view s) noexcept
{
    auto const digits = [&]
    {
        auto const before = s.size();
        while(!s.empty() && is_digit(s.front()))
            s.remove_prefix(1);
        return before - s.size();
    };
    if(s.starts_with('-'))
        s.remove_prefix(1);
    auto const zero = s.starts_with('0');
    auto const whole = digits();
    if(whole == 0 || (zero && whole > 1))
        return false;
    if(s.starts_with('.'))
    {
        s.remove_prefix(1);
        if(digits() == 0)
            return false;
    }
    if(s.starts_with('e') || s.starts_with('E'))
    {
        s.remove_prefix(1);
        if(s.starts_with('+') || s.starts_with('-'))
            s.remove_prefix(1);
        if(digits() == 0)
            return false;
    }
    return s.empty();
}

std::string quoted(std::string_view text)
{
    return boost::json::serialize(boost::json::value(text));
}

void write(yaml_node const& node, scalar_text const& text, std::string& out)
{
    switch(node.type)
    {
    case yaml_node::kind::null:
        out += "null";
        return;
    case yaml_node::kind::scalar:
    {
        auto const value = text(node).value_or("");
        auto const literal = !node.quoted && (value == "true" || value == "false" || is_json_number(value));
        out += literal ? value : quoted(value);
        return;
    }
    case yaml_node::kind::list:
        out += '[';
        for(std::size_t i = 0; i < node.items.size(); ++i)
        {
            out += i ? "," : "";
            write(node.items[i], text, out);
        }
        out += ']';
        return;
    case yaml_node::kind::map:
        out += '{';
        for(std::size_t i = 0; i < node.items.size(); ++i)
        {
            out.append(i ? "," : "").append(quoted(node.names[i].text)).append(":");
            write(node.items[i], text, out);
        }
        out += '}';
        return;
    }
}
} // namespace

std::string to_json(yaml_node const& node, scalar_text const& text)
{
    std::string out;
    write(node, text, out);
    return out;
}

} // namespace errata
