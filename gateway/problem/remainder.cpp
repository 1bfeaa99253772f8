#include "problem/remainder.hpp"

#include "problem/json_writer.hpp"
#include "problem/leak_guard.hpp"

#include <algorithm>
#include <string>

namespace errata
{
namespace
{
using index = document::index;
using kind = document::kind;

constexpr std::uint8_t gone = 1;    ///< consumed or not to be shown, with all below it
constexpr std::uint8_t touched = 2; ///< something below is gone
constexpr std::uint8_t holds = 4;   ///< something below is left
constexpr std::uint8_t emptied = 8; ///< touched, and nothing below is left

bool is_container(document::node const& n) noexcept
{
    return n.type == kind::object || n.type == kind::array;
}
/// `code`, `status`, `statusCode`, `http_status`, `errorCode`, and `"message": "404"` ...
bool may_name_the_status(std::string_view name) noexcept
{
    return iends_with(name, "code") || iends_with(name, "status") || iends_with(name, "message") ||
           iends_with(name, "error");
}
} // namespace

remainder::remainder(document const& doc, nodes consumed, nodes dropped, exclusions const& out,
                     std::vector<std::uint8_t>& marks)
    : doc_(doc), marks_(marks)
{
    marks_.assign(doc.size(), 0);
    for(auto const some : {consumed, dropped})
        for(auto const i : some)
            if(i < marks_.size())
                marks_[i] = gone;
    mark(out);
    settle();
}

/// A node stands after its parent, so one pass carries the marks down.
void remainder::mark(exclusions const& out)
{
    auto const status = std::to_string(out.status);
    auto const repeats = [&](document::node const& n)
    {
        return n.text.size() == status.size() && n.text == status
                   ? may_name_the_status(n.name)
                   : n.type == kind::string && !n.text.empty() && n.text == out.detail;
    };
    auto const shows = [&](document::node const& n)
    {
        return (!n.name.empty() && is_internal_name(n.name)) ||
               (n.type == kind::string && (is_secret(n.name, n.text) || is_place_in_program(n.name, n.text) ||
                                           errata::leaks(n.text, out.of_server_error)));
    };
    auto const size = static_cast<index>(marks_.size());
    for(index i = 0; i < size; ++i)
    {
        auto const& n = doc_[i];
        bool const below_gone = n.parent != document::none && (marks_[n.parent] & gone);
        if(!(marks_[i] & gone) && (below_gone || (i > 0 && out.status && repeats(n))))
            marks_[i] = gone;
        else if(!(marks_[i] & gone) && out.leaks && shows(n))
        {
            marks_[i] = gone;
            ++leaks_;
        }
    }
}

/// From the leaves up: which containers are incomplete, and which have nothing left in them.
void remainder::settle()
{
    for(auto i = static_cast<index>(marks_.size()); i-- > 0;)
    {
        auto const parent = doc_[i].parent;
        if(parent != document::none && (marks_[parent] & gone))
            continue;
        if((marks_[i] & touched) && !(marks_[i] & holds))
            marks_[i] |= emptied;
        if(parent != document::none)
            marks_[parent] |= is_gone(i) ? touched : (marks_[i] & touched) | holds;
    }
}

bool remainder::is_gone(index node) const noexcept
{
    return marks_[node] & (gone | emptied);
}

bool remainder::is_hidden(index node) const noexcept
{
    return marks_[node] & gone;
}

bool remainder::is_whole(index node) const noexcept
{
    return !(marks_[node] & (gone | touched)) && !doc_[node].source.empty();
}

index remainder::only_child(index node) const noexcept
{
    index only = document::none;
    for(auto i = doc_[node].child; i != document::none; i = doc_[i].next)
    {
        if(is_gone(i))
            continue;
        if(only != document::none)
            return document::none;
        only = i;
    }
    return only;
}

index remainder::unwrapped() const noexcept
{
    index node = 0;
    while((marks_[node] & touched) || doc_[node].source.empty())
    {
        // A list stays a list, unless it is the whole document.
        auto const only = node == 0 || doc_[node].type == kind::object ? only_child(node) : document::none;
        if(only == document::none || !is_container(doc_[only]))
            break;
        // A wrapper that lost members to the canonical ones says nothing by its name, and `details` is what we call it
        // too.
        auto const& name = doc_[only].name;
        if(!(marks_[only] & touched) && !iequals(name, "details") && !iequals(name, "detail"))
            break;
        node = only;
    }
    return node;
}

void remainder::write_node(index node, std::size_t limit, json_writer& json, bool& truncated, std::size_t levels) const
{
    auto const& n = doc_[node];
    auto const any_is_right = levels == any_depth || !is_container(n);
    if(any_is_right && is_whole(node) && n.source.size() + json.size() <= limit)
        return json.raw(n.source);
    if(!is_container(n))
        return json.quote(n.text);
    auto const object = n.type == kind::object;
    json.put(object ? '{' : '[');
    for(auto i = n.child; i != document::none; i = doc_[i].next)
    {
        if(is_gone(i))
            continue;
        auto const& child = doc_[i];
        auto const needed =
            child.name.size() + (is_container(child) ? 2 : std::max(child.source.size(), child.text.size()));
        if(json.size() + needed > limit || (is_container(child) && levels == 0))
        {
            truncated = true;
            continue;
        }
        object ? json.foreign_key(child.name) : json.separate();
        write_node(i, limit, json, truncated, levels == any_depth ? any_depth : levels - 1);
    }
    json.put(object ? '}' : ']');
}

std::string_view remainder::write(std::size_t limit, std::string& out) const
{
    out.clear();
    if(doc_.size() == 0 || is_gone(0))
        return {};
    auto const node = unwrapped();
    if(is_whole(node) && doc_[node].source.size() <= limit && !doc_.cut() && !doc_.deep())
        return doc_[node].source;
    bool truncated = doc_.cut();
    if(!is_container(doc_[node]) && doc_[node].text.size() > limit)
        return out = R"({"truncated":true})";
    // What is quoted is read again by a second gateway: no deeper than that one reads.
    auto const levels = doc_.deep() ? doc_.max_depth() - document::wrappers - 1 : any_depth;
    {
        json_writer json{out};
        write_node(node, limit, json, truncated, levels);
    }
    if(!truncated)
        return out;
    if(doc_[node].count == 0) // whose slice may hold white space
        return out = R"({"truncated":true})";
    if(out.front() != '{')
        out = "{\"items\":" + out + "}";
    out.pop_back();
    json_writer{out}.boolean("truncated", true);
    out += '}';
    return out;
}

} // namespace errata
