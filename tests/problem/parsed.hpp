#pragma once

#include "problem/document.hpp"

#include <string>

namespace errata
{

/// A body, read, with the memory that its texts live in.
struct parsed
{
    arena memory;
    document doc;

    explicit parsed(std::string_view body, std::string_view type = {}, document::limits limits = {})
    {
        doc.read(body, type, limits, memory);
    }

    document::ref at(std::string_view pointer) const { return doc.root().at(pointer); }
};

/// The tree on one line: `{name:text,list:[a,b]}`.
inline std::string outline(document::ref const& r)
{
    if(!r)
        return {};
    auto s = std::string{r.name()};
    if(!s.empty())
        s += ':';
    if(!r.is_container())
        return s + std::string{r.text()};
    s += r.is_object() ? '{' : '[';
    for(auto c = r.child(); c; c = c.next())
        s += outline(c) + (c.next() ? "," : "");
    return s + (r.is_object() ? '}' : ']');
}

} // namespace errata
