#include "proxy/error_samples.hpp"

#include "problem/json_writer.hpp"
#include "problem/leak_guard.hpp"
#include "problem/node_sense.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

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

void write(document::ref node, std::size_t depth, json_writer& json)
{
    switch(node.type())
    {
    case document::kind::null:
        return json.raw("null");
    case document::kind::boolean:
        return json.raw(R"("boolean")");
    case document::kind::number:
        return json.raw(R"("number")");
    case document::kind::string:
    {
        constexpr std::size_t most_digits = 20;
        json.raw("\"text of ");
        auto* const at = json.room(most_digits);
        json.wrote(std::to_chars(at, at + most_digits, node.text().size()).ptr);
        return json.put('"');
    }
    case document::kind::object:
    case document::kind::array:
        break;
    }
    bool const object = node.is_object();
    json.put(object ? '{' : '[');
    std::size_t shown = 0;
    for(auto child = node.child(); child; child = child.next())
    {
        if(shown == (object ? most_members : most_elements) || depth == most_depth ||
           json.size() > error_samples::text_limit / 2)
            break;
        ++shown;
        object ? json.foreign_key(may_show(child) ? child.name() : "[name]") : json.separate();
        write(child, depth + 1, json);
    }
    if(shown < node.size())
    {
        object ? json.key("...") : json.separate();
        json.raw(std::to_string(node.size() - shown));
    }
    json.put(object ? '}' : ']');
}
} // namespace

error_sample* error_samples::next(error_kind const& kind, wall_clock::time_point now)
{
    auto alike = std::size_t{kind.status} * 1000 + kind.upstream_status;
    for(auto const text : {kind.route, kind.code})
        alike = alike * 31 + std::hash<std::string_view>{}(text);
    auto& seen = taken_[alike % taken_.size()];
    if(seen.kind != alike || now < seen.since || now - seen.since >= std::chrono::seconds{1})
        seen = {alike, now, 0};
    if(seen.count == most_alike)
        return nullptr;
    ++seen.count;
    if(ring_.size() < most)
    {
        newest_ = ring_.size();
        return &ring_.emplace_back();
    }
    newest_ = (newest_ + 1) % most;
    return &ring_[newest_];
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
    json_writer json{out};
    write(doc.root(), 0, json);
}

} // namespace errata
