#include "routing/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errata
{
namespace
{
/// More mistakes than anybody reads: a hostile or mistaken file must not make the list larger than itself.
constexpr std::size_t most_mistakes = 1'000;

bool is_variable_name(std::string_view name) noexcept
{
    if(name.empty() || (name.front() >= '0' && name.front() <= '9'))
        return false;
    for(char const c : name)
        if(!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    return true;
}

bool is_from_environment(yaml_node const& node)
{
    return node.text.find("${") != std::string::npos || std::ranges::any_of(node.items, is_from_environment);
}
} // namespace

std::optional<std::string> reader::text(yaml_node const& node, std::string_view expected)
{
    if(!node.is_scalar())
    {
        wrong(node,
              node.is_null()   ? "there is no value"
              : node.is_list() ? "this is a list"
                               : "this is a map of keys",
              std::string{expected});
        return std::nullopt;
    }
    if(node.text.find('$') == std::string::npos)
        return node.text;
    return substitute(node);
}

std::optional<std::string> reader::substitute(yaml_node const& node)
{
    std::string out;
    std::string_view rest = node.text;
    for(auto at = rest.find('$'); at != std::string_view::npos; at = rest.find('$'))
    {
        out += rest.substr(0, at);
        rest.remove_prefix(at + 1);
        if(rest.starts_with('$'))
        {
            out += '$';
            rest.remove_prefix(1);
            continue;
        }
        if(!rest.starts_with('{'))
        {
            out += '$'; // a lone one means itself: regular expressions end with it
            continue;
        }
        auto const end = rest.find('}');
        auto const inside = rest.substr(1, end == std::string_view::npos ? end : end - 1);
        auto const dash = inside.find(":-");
        auto const name = inside.substr(0, dash);
        if(end == std::string_view::npos || !is_variable_name(name))
        {
            wrong(node, fmt::format("`${{{}` is not the name of an environment variable", inside.substr(0, 40)),
                  "${NAME} or ${NAME:-default}; write $$ for a plain dollar sign");
            return std::nullopt;
        }
        rest.remove_prefix(end + 1);
        auto const value = env_ ? env_(std::string{name}) : std::nullopt;
        if(value &&
           !(value->empty() && dash != std::string_view::npos)) // as in a shell, :- also replaces an empty value
            out += *value;
        else if(dash != std::string_view::npos)
            out += inside.substr(dash + 2);
        else
        {
            wrong(node, fmt::format("the environment variable {} is not set", name),
                  fmt::format("it to be set, or a default: ${{{}:-default}}", name));
            return std::nullopt;
        }
    }
    out += rest;
    return out;
}

std::string reader::shown(yaml_node const& node) const
{
    if(secret_)
        return "the value";
    if(node.is_null())
        return "nothing";
    if(node.is_list())
        return "a list";
    if(node.is_map())
        return "a map of keys";
    auto text = node.text.substr(0, 60);
    for(auto& c : text)
        if(static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    return fmt::format("{}`{}{}`", is_from_environment(node) ? "the value of " : "", text,
                       node.text.size() > 60 ? "..." : "");
}

std::string reader::judged(yaml_node const& node, std::string words) const
{
    return secret_ || is_from_environment(node) ? "what came from the environment does not fit" : std::move(words);
}

void reader::wrong(yaml_node const& at, std::string message, std::string expected)
{
    ++failures_;
    add(at, std::move(message), std::move(expected), false);
}

void reader::warn(yaml_node const& at, std::string message, std::string expected)
{
    add(at, std::move(message), std::move(expected), true);
}

void reader::add(yaml_node const& at, std::string message, std::string expected, bool warning)
{
    if(mistakes_.size() >= most_mistakes)
        return;
    mistakes_.push_back({sources_.position(at), std::move(message), std::move(expected),
                         secret_ ? std::string{} : sources_.line(at.file, at.line), warning});
}

} // namespace errata
