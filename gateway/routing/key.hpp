#pragma once

#include "routing/reader.hpp"
#include "routing/scalar.hpp"

#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace errata
{

struct section;

/// What a value may be. Drives reading, the messages about mistakes, the JSON Schema and the reference page.
struct value_shape
{
    enum class kind : std::uint8_t
    {
        flag,
        number,
        share,
        duration,
        size,
        text,
        choice,
        list,
        section,
        named,
        either,
        any
    };

    kind type = kind::any;
    double least = 0, most = 0;               ///< bounds (milliseconds, bytes, numbers); most 0: none
    std::vector<std::string_view> choices{};  ///< kind::choice
    std::vector<value_shape> parts{};         ///< list, named: the one item; either: the alternatives
    errata::section const* members = nullptr; ///< kind::section
    std::string_view note{};                  ///< what a text means ("a URL"), for messages

    /// "a duration such as 250ms, 10s or 5m": what `expected` says.
    [[nodiscard]] std::string wanted() const;
    /// " from 1 to 256"; empty without bounds.
    [[nodiscard]] std::string range() const;
};

/// One key of a section: everything that is known of it stands in this one entry.
struct key
{
    std::string_view name;
    value_shape what;
    std::string fallback; ///< the default as it would be written; empty: none
    std::string_view doc;
    std::function<void(void* into, yaml_node const& node, reader& in)> put;
    bool required = false;
    bool secret = false; ///< its value never appears in a message, in /config or in a log
};

/// The keys of one kind of map.
struct section
{
    std::string_view name; ///< heading in the reference page
    std::string_view doc;
    std::vector<key> keys;
    std::function<void(void* into, yaml_node const& node, reader& in)>
        check; ///< what no single key can tell; may be empty

    [[nodiscard]] key const* find(std::string_view name) const noexcept;
};

/// Reads a map into `into` by its section's table: keys that are not there keep what `into` holds.
void read_section(section const& keys, void* into, yaml_node const& node, reader& in);

/// Single values; a mistake and std::nullopt when the node is none.
[[nodiscard]] std::optional<bool> read_flag(yaml_node const& node, reader& in);
[[nodiscard]] std::optional<std::uint64_t> read_number(value_shape const& what, yaml_node const& node, reader& in);
[[nodiscard]] std::optional<double> read_share(value_shape const& what, yaml_node const& node, reader& in);
[[nodiscard]] std::optional<std::chrono::milliseconds> read_duration(value_shape const& what, yaml_node const& node,
                                                                     reader& in);
[[nodiscard]] std::optional<std::uint64_t> read_size(value_shape const& what, yaml_node const& node, reader& in);
[[nodiscard]] std::optional<std::size_t> read_choice(value_shape const& what, yaml_node const& node, reader& in);
/// A list, or a single value in place of a list of one.
void read_list(yaml_node const& node, std::function<void(yaml_node const&)> const& each);
/// A map whose keys are names that the user chose.
void read_named(yaml_node const& node, reader& in, std::string_view expected,
                std::function<void(yaml_node const& name, yaml_node const& value)> const& each);

// --- entries, typed by the struct they fill
// -----------------------------------------------------------------------------

template <class T>
struct key_of : key
{
    key_of required_key() &&
    {
        required = true;
        return std::move(*this);
    }
    key_of secret_key() &&
    {
        secret = true;
        return std::move(*this);
    }
};

template <class T>
struct section_of : section
{
    section_of(std::string_view heading, std::string_view about, std::initializer_list<key_of<T>> entries,
               std::function<void(T&, yaml_node const&, reader&)> whole = {})
        : section{heading, about, {entries.begin(), entries.end()}, {}}
    {
        if(whole)
            check = [whole](void* into, yaml_node const& node, reader& in) { whole(*static_cast<T*>(into), node, in); };
    }
};

template <class T>
void read(section_of<T> const& keys, T& into, yaml_node const& node, reader& in)
{
    read_section(keys, &into, node, in);
}

struct bounds
{
    double least = 0, most = 0;
};

template <class M>
struct unwrapped
{
    using type = M;
};
template <class M>
struct unwrapped<std::optional<M>>
{
    using type = M;
};

/// The default of a member, written by `write`; empty for an optional without one.
template <class T, class M, class Write>
std::string fallback_of(M T::*member, Write write)
{
    T const fresh{};
    if constexpr(std::is_same_v<M, typename unwrapped<M>::type>)
        return write(fresh.*member);
    else
        return fresh.*member ? write(*(fresh.*member)) : std::string{};
}

/// Any entry: `put` gets the struct, the node and the reader.
template <class T, class Put>
key_of<T> custom(std::string_view name, value_shape what, std::string fallback, std::string_view doc, Put put)
{
    return {{name, std::move(what), std::move(fallback), doc,
             [put](void* into, yaml_node const& node, reader& in) { put(*static_cast<T*>(into), node, in); }, false,
             false}};
}

template <class T, class M, class Read, class Write>
key_of<T> value_key(std::string_view name, M T::*member, value_shape const& what, std::string_view doc, Read read_value,
                    Write write)
{
    return custom<T>(name, what, fallback_of(member, write), doc,
                     [member, what, read_value](T& into, yaml_node const& node, reader& in)
                     {
                         if(auto const value = read_value(what, node, in))
                             into.*member = static_cast<typename unwrapped<M>::type>(*value);
                     });
}

template <class T, class M>
key_of<T> flag(std::string_view name, M T::*member, std::string_view doc)
{
    return value_key(
        name, member, {.type = value_shape::kind::flag}, doc,
        [](value_shape const&, yaml_node const& node, reader& in) { return read_flag(node, in); },
        [](bool b) { return std::string{b ? "true" : "false"}; });
}

template <class T, class M>
key_of<T> number(std::string_view name, M T::*member, std::string_view doc, bounds range = {0, 4'000'000'000.0})
{
    return value_key(name, member, {.type = value_shape::kind::number, .least = range.least, .most = range.most}, doc,
                     read_number, [](auto n) { return std::to_string(n); });
}

template <class T, class M>
key_of<T> share(std::string_view name, M T::*member, std::string_view doc)
{
    return value_key(name, member, {.type = value_shape::kind::share, .least = 0, .most = 1}, doc, read_share,
                     [](double d)
                     {
                         auto text = std::to_string(d);
                         text.erase(text.find_last_not_of('0') + 1);
                         return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
                     });
}

template <class T, class M>
key_of<T> duration(std::string_view name, M T::*member, std::string_view doc, bounds range = {})
{
    return value_key(name, member, {.type = value_shape::kind::duration, .least = range.least, .most = range.most}, doc,
                     read_duration, write_duration);
}

template <class T, class M>
key_of<T> size(std::string_view name, M T::*member, std::string_view doc, bounds range = {})
{
    return value_key(name, member, {.type = value_shape::kind::size, .least = range.least, .most = range.most}, doc,
                     read_size, write_size);
}

template <class T, class M>
key_of<T> text(std::string_view name, M T::*member, std::string_view doc, std::string_view note = {})
{
    value_shape const what{.type = value_shape::kind::text, .note = note};
    return value_key(
        name, member, what, doc,
        [](value_shape const& shape, yaml_node const& node, reader& in) { return in.text(node, shape.wanted()); },
        [](std::string const& s) { return s; });
}

/// A text that a function checks: it returns what would have been right, empty when all is well.
template <class T, class M>
key_of<T> checked_text(std::string_view name, M T::*member, std::string_view doc,
                       std::string (*objection)(std::string_view))
{
    value_shape const what{.type = value_shape::kind::text};
    return value_key(
        name, member, what, doc,
        [objection](value_shape const&, yaml_node const& node, reader& in) -> std::optional<std::string>
        {
            auto value = in.text(node);
            if(!value)
                return value;
            if(auto expected = objection(*value); !expected.empty())
            {
                in.wrong(node, in.shown(node) + " cannot stand here", std::move(expected));
                return std::nullopt;
            }
            return value;
        },
        [](std::string const& s) { return s; });
}

template <class E>
struct choices_of : std::vector<std::pair<std::string_view, E>>
{
    using std::vector<std::pair<std::string_view, E>>::vector;
    [[nodiscard]] std::vector<std::string_view> words() const
    {
        std::vector<std::string_view> out;
        for(auto const& [word, value] : *this)
            out.push_back(word);
        return out;
    }
};

template <class T, class M, class E = typename unwrapped<M>::type>
key_of<T> choice(std::string_view name, M T::*member, choices_of<std::type_identity_t<E>> const& known,
                 std::string_view doc)
{
    return value_key(
        name, member, {.type = value_shape::kind::choice, .choices = known.words()}, doc,
        [known](value_shape const& shape, yaml_node const& node, reader& in) -> std::optional<E>
        {
            if(auto const at = read_choice(shape, node, in))
                return known[*at].second;
            return std::nullopt;
        },
        [known](E value)
        {
            for(auto const& [word, meaning] : known)
                if(meaning == value)
                    return std::string{word};
            return std::string{};
        });
}

/// A list of texts, or a single one. `objection` says what would have been right, empty when an item is all right.
template <class T>
key_of<T> texts(std::string_view name, std::vector<std::string> T::*member, std::string_view doc,
                std::string_view note = {}, std::string (*objection)(std::string_view) = nullptr)
{
    value_shape const item{.type = value_shape::kind::text, .note = note};
    return custom<T>(name, {.type = value_shape::kind::list, .parts = {item}}, {}, doc,
                     [member, item, objection](T& into, yaml_node const& node, reader& in)
                     {
                         (into.*member).clear();
                         read_list(node,
                                   [&](yaml_node const& each)
                                   {
                                       auto value = in.text(each, item.wanted());
                                       if(!value)
                                           return;
                                       if(auto expected = objection ? objection(*value) : std::string{};
                                          !expected.empty())
                                           in.wrong(each, in.shown(each) + " cannot stand here", std::move(expected));
                                       else
                                           (into.*member).push_back(*std::move(value));
                                   });
                     });
}

/// A nested map.
template <class T, class M>
key_of<T> one(std::string_view name, M T::*member, section_of<typename unwrapped<M>::type> const& keys,
              std::string_view doc)
{
    return custom<T>(name, {.type = value_shape::kind::section, .members = &keys}, {}, doc,
                     [member, &keys](T& into, yaml_node const& node, reader& in)
                     {
                         if constexpr(std::is_same_v<M, typename unwrapped<M>::type>)
                             read(keys, into.*member, node, in);
                         else
                         {
                             if(!(into.*member))
                                 (into.*member).emplace();
                             read(keys, *(into.*member), node, in);
                         }
                     });
}

/// A nested map that switches something on by being there; `on` and `off` alone will do, and `enabled:` inside it.
template <class T, class M>
key_of<T> switched(std::string_view name, M T::*member, section_of<M> const& keys, std::string_view doc)
{
    value_shape what{
        .type = value_shape::kind::either,
        .parts = {{.type = value_shape::kind::flag}, {.type = value_shape::kind::section, .members = &keys}}};
    return custom<T>(name, std::move(what), M{}.enabled ? "on" : "off", doc,
                     [member, &keys](T& into, yaml_node const& node, reader& in)
                     {
                         auto& part = into.*member;
                         if(node.is_scalar())
                         {
                             if(auto const on = read_flag(node, in))
                                 part.enabled = *on;
                             return;
                         }
                         part.enabled = true;
                         read(keys, part, node, in);
                     });
}

/// A list of maps.
template <class T, class M>
key_of<T> many(std::string_view name, std::vector<M> T::*member, section_of<M> const& keys, std::string_view doc)
{
    value_shape what{.type = value_shape::kind::list,
                     .parts = {{.type = value_shape::kind::section, .members = &keys}}};
    return custom<T>(name, std::move(what), {}, doc,
                     [member, &keys](T& into, yaml_node const& node, reader& in)
                     {
                         read_list(node,
                                   [&](yaml_node const& each)
                                   {
                                       M item{};
                                       read(keys, item, each, in);
                                       (into.*member).push_back(std::move(item));
                                   });
                     });
}

} // namespace errata
