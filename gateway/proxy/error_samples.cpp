#include "proxy/error_samples.hpp"

#include "problem/json_writer.hpp"
#include "problem/leak_guard.hpp"
#include "problem/node_sense.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace errata
{
namespace
{
constexpr std::size_t most_members = 32, most_depth = 8, longest_name = 48;
constexpr std::size_t most_elements = 2; ///< of a list: the others look alike

std::string_view form_name(document::form shape)
{
    switch(shape)
    {
    case document::form::empty:
        return "empty";
    case document::form::json:
        return "json";
    case document::form::xml:
        return "xml";
    case document::form::html:
        return "html";
    case document::form::text:
        return "text";
    case document::form::form_encoded:
        return "form";
    case document::form::binary:
        return "binary";
    }
    return {};
}

/// A name that we know is no data.
bool may_show(document::ref member)
{
    auto const name = member.name();
    if(meaning_of(member).exact)
        return true;
    auto const digits = std::count_if(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    return name.size() <= longest_name && digits < 5 && name.find('@') == std::string_view::npos && !leaks(name, true);
}

void write(document::ref node, std::size_t depth, std::string& out)
{
    switch(node.type())
    {
    case document::kind::null:
        out += "null";
        return;
    case document::kind::boolean:
        out += R"("boolean")";
        return;
    case document::kind::number:
        out += R"("number")";
        return;
    case document::kind::string:
    {
        std::array<char, 32> text{"\"text of "};
        auto* end = std::to_chars(&text[9], &text[text.size() - 1], node.text().size()).ptr;
        *end++ = '"';
        out.append(text.data(), static_cast<std::size_t>(end - text.data()));
        return;
    }
    case document::kind::object:
    case document::kind::array:
        break;
    }
    bool const object = node.is_object();
    out += object ? '{' : '[';
    std::size_t shown = 0;
    for(auto child = node.child(); child; child = child.next())
    {
        if(shown == (object ? most_members : most_elements) || depth == most_depth ||
           out.size() > error_samples::text_limit / 2)
            break;
        if(shown++)
            out += ',';
        if(object)
        {
            json_writer{out}.quote(may_show(child) ? child.name() : "[name]");
            out += ':';
        }
        write(child, depth + 1, out);
    }
    if(shown < node.size())
        out.append(shown ? "," : "").append(object ? R"("...":)" : "").append(std::to_string(node.size() - shown));
    out += object ? '}' : ']';
}
} // namespace

error_sample& error_samples::next()
{
    if(ring_.size() < most)
    {
        newest_ = ring_.size();
        return ring_.emplace_back();
    }
    newest_ = (newest_ + 1) % most;
    return ring_[newest_];
}

std::vector<error_sample> error_samples::all() const
{
    std::vector<error_sample> out;
    for(std::size_t i = 0; i < ring_.size(); ++i)
        out.push_back(ring_[(newest_ + ring_.size() - i) % ring_.size()]);
    return out;
}

void write_skeleton(document const& doc, std::string& out)
{
    out.assign(form_name(doc.shape()));
    if(!doc.root())
        return;
    out += ' ';
    write(doc.root(), 0, out);
}

} // namespace errata
