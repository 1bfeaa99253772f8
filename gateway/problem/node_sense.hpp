#pragma once

#include "problem/document.hpp"
#include "problem/key_meaning.hpp"
#include "problem/wording.hpp"

namespace errata
{

// What a node's name means and what its text looks like. Many readers ask the same of the same node, and the answer
// costs as much as parsing it did: it is worked out once and kept with the node.

[[nodiscard]] inline key_sense meaning_of(document::ref const& member) noexcept
{
    auto& seen = member.seen();
    if(!seen.has_key)
    {
        auto const before = member.namesake(); // the entries of a list have the same members
        seen.key = before ? before.seen().key : meaning_of(member.name());
        seen.has_key = true;
    }
    return seen.key;
}

[[nodiscard]] inline wording wording_of(document::ref const& scalar) noexcept
{
    auto& seen = scalar.seen();
    if(!seen.has_text)
    {
        auto const before = scalar.alike(); // and often the same complaints
        seen.text = before ? before.seen().text : wording_of(scalar.text());
        seen.has_text = true;
    }
    return seen.text;
}

/// True for a text that a person would say: a sentence, a word or a phrase, rather than a symbol or data.
[[nodiscard]] inline bool says_something(document::ref const& value) noexcept
{
    if(!value.is_string())
        return false;
    auto const seen = wording_of(value);
    return seen == wording::sentence || seen == wording::word || seen == wording::phrase;
}

} // namespace errata
