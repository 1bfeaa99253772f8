#include "routing/key.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errata
{
namespace
{
using kind = value_shape::kind;

std::string bounded(value_shape const& what, std::string (*write)(double))
{
    if(what.most > 0)
        return fmt::format(" from {} to {}", write(what.least), write(what.most));
    return what.least > 0 ? fmt::format(" of at least {}", write(what.least)) : std::string{};
}

std::string plain(double n)
{
    return fmt::format("{:g}", n);
}
std::string whole(double n)
{
    return fmt::format("{:.0f}", n);
}
std::string as_duration(double n)
{
    return n == 0 ? "0" : write_duration(std::chrono::milliseconds{static_cast<std::int64_t>(n)});
}
std::string as_size(double n)
{
    return n == 0 ? "0" : write_size(static_cast<std::uint64_t>(n));
}

std::string joined(std::vector<std::string_view> const& words)
{
    std::string out;
    for(std::size_t i = 0; i < words.size(); ++i)
        out.append(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ").append(words[i]);
    return out;
}

template <class T>
bool within(value_shape const& what, T value)
{
    auto const n = static_cast<double>(value);
    return n >= what.least && (what.most == 0 || n <= what.most);
}

/// What is wrong with a text that is no such value.
std::string_view lacking(kind type, std::string_view text)
{
    switch(type)
    {
    case kind::flag:
        return "neither true nor false";
    case kind::number:
        return "no whole number";
    case kind::share:
        return "no share";
    case kind::duration:
        return parse_number(text) ? "a duration without its unit" : "no duration";
    case kind::size:
        return "no size";
    case kind::text:
    case kind::choice:
    case kind::list:
    case kind::section:
    case kind::named:
    case kind::either:
    case kind::any:
        break;
    }
    return "no such value";
}

/// Reads one scalar by `parse`, within the shape's bounds.
template <class Parse>
auto read_scalar(value_shape const& what, yaml_node const& node, reader& in, Parse parse, double scale)
    -> decltype(parse(std::string_view{}))
{
    auto const text = in.text(node, what.wanted());
    if(!text)
        return std::nullopt;
    auto const value = parse(*text);
    if(!value)
    {
        in.wrong(node, fmt::format("{} is {}", in.shown(node), lacking(what.type, *text)), what.wanted());
        return std::nullopt;
    }
    if constexpr(requires { value->count(); })
    {
        if(!within(what, value->count()))
        {
            in.wrong(node, in.shown(node) + " is out of bounds", what.wanted());
            return std::nullopt;
        }
    }
    else if(!within(what, static_cast<double>(*value) * scale))
    {
        in.wrong(node, in.shown(node) + " is out of bounds", what.wanted());
        return std::nullopt;
    }
    return value;
}
} // namespace

std::string value_shape::range() const
{
    switch(type)
    {
    case kind::number:
        return bounded(*this, whole);
    case kind::share:
        return bounded(*this, plain);
    case kind::duration:
        return bounded(*this, as_duration);
    case kind::size:
        return bounded(*this, as_size);
    case kind::flag:
    case kind::text:
    case kind::choice:
    case kind::list:
    case kind::section:
    case kind::named:
    case kind::either:
    case kind::any:
        break;
    }
    return {};
}

std::string value_shape::wanted() const
{
    switch(type)
    {
    case kind::flag:
        return "true or false";
    case kind::number:
        return "a whole number" + range();
    case kind::share:
        return "a share such as 0.2 or 20%" + range();
    case kind::duration:
        return "a duration with its unit, such as 250ms, 10s, 5m or 1h" + range();
    case kind::size:
        return "a size such as 65536, 64KiB or 10MB" + range();
    case kind::text:
        return note.empty() ? "text" : std::string{note};
    case kind::choice:
        return joined(choices);
    case kind::list:
        return parts.empty() ? "a list" : "a list: each item " + parts.front().wanted();
    case kind::section:
        return "a map of keys";
    case kind::named:
        return "a map of names";
    case kind::either:
    {
        std::string out;
        for(auto const& part : parts)
            out.append(out.empty() ? "" : ", or ").append(part.wanted());
        return out;
    }
    case kind::any:
        return "a value";
    }
    return {};
}

key const* section::find(std::string_view wanted) const noexcept
{
    auto const at = std::find_if(keys.begin(), keys.end(), [&](key const& k) { return k.name == wanted; });
    return at == keys.end() ? nullptr : &*at;
}

void read_section(section const& keys, void* into, yaml_node const& node, reader& in)
{
    if(!node.is_map() && !node.is_null())
    {
        in.wrong(node, in.shown(node) + " stands where a section belongs", "a map of keys");
        return;
    }
    for(std::size_t i = 0; i < node.items.size(); ++i)
    {
        auto const& name = node.names[i];
        auto const* known = keys.find(name.text);
        if(!known)
        {
            std::vector<std::string_view> names;
            for(auto const& k : keys.keys)
                names.push_back(k.name);
            auto const meant = nearest(name.text, names);
            in.wrong(name, fmt::format("there is no key {} here", in.shown(name)),
                     meant.empty() ? "one of " + joined(names) : fmt::format("`{}` (did you mean that?)", meant));
            continue;
        }
        reader::secrecy const quiet{in, known->secret};
        if(node.items[i].is_null() && !known->required)
            continue; // `key:` with nothing behind it leaves the default
        known->put(into, node.items[i], in);
    }
    for(auto const& k : keys.keys)
        if(k.required && !node.member(k.name))
            in.wrong(node, fmt::format("the key `{}` is missing", k.name),
                     fmt::format("`{}:` {}", k.name, k.what.wanted()));
    if(keys.check)
        keys.check(into, node, in);
}

std::optional<bool> read_flag(yaml_node const& node, reader& in)
{
    return read_scalar({.type = kind::flag}, node, in, parse_flag, 0);
}

std::optional<std::uint64_t> read_number(value_shape const& what, yaml_node const& node, reader& in)
{
    return read_scalar(what, node, in, parse_number, 1);
}

std::optional<double> read_share(value_shape const& what, yaml_node const& node, reader& in)
{
    return read_scalar(what, node, in, parse_share, 1);
}

std::optional<std::chrono::milliseconds> read_duration(value_shape const& what, yaml_node const& node, reader& in)
{
    return read_scalar(what, node, in, parse_duration, 1);
}

std::optional<std::uint64_t> read_size(value_shape const& what, yaml_node const& node, reader& in)
{
    return read_scalar(what, node, in, parse_size, 1);
}

std::optional<std::size_t> read_choice(value_shape const& what, yaml_node const& node, reader& in)
{
    auto const text = in.text(node, what.wanted());
    if(!text)
        return std::nullopt;
    auto const at = std::find(what.choices.begin(), what.choices.end(), *text);
    if(at != what.choices.end())
        return static_cast<std::size_t>(at - what.choices.begin());
    in.wrong(node, in.shown(node) + " is not a choice here", joined(what.choices));
    return std::nullopt;
}

void read_list(yaml_node const& node, std::function<void(yaml_node const&)> const& each)
{
    if(!node.is_list())
    {
        each(node);
        return;
    }
    for(auto const& item : node.items)
        each(item);
}

void read_named(yaml_node const& node, reader& in, std::string_view expected,
                std::function<void(yaml_node const&, yaml_node const&)> const& each)
{
    if(!node.is_map())
    {
        if(!node.is_null())
            in.wrong(node, in.shown(node) + " stands where a map of names belongs", std::string{expected});
        return;
    }
    for(std::size_t i = 0; i < node.items.size(); ++i)
        each(node.names[i], node.items[i]);
}

} // namespace errata
