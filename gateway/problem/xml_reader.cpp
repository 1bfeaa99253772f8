#include "problem/xml_reader.hpp"

#include "problem/text_reader.hpp"
#include "problem/utf8.hpp"

#include <pugixml.hpp>

#include <algorithm>

namespace errata
{
namespace
{
using index = document::index;
using kind = document::kind;

std::string_view local_name(std::string_view name) noexcept
{
    auto const colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_text(pugi::xml_node const& n) noexcept
{
    return n.type() == pugi::node_pcdata || n.type() == pugi::node_cdata;
}

bool is_namespace_declaration(std::string_view name) noexcept
{
    return name == "xmlns" || name.starts_with("xmlns:");
}

/// Writes the parsed elements to the neutral tree. Recursive: as deep as the document's limit allows and no deeper.
class xml_walk
{
public:
    xml_walk(document_builder& out, arena& memory) noexcept : out_(out), memory_(memory) {}

    void elements(pugi::xml_node const& parent, index at, std::size_t depth)
    {
        for(auto const& n : parent)
        {
            if(out_.full())
                return out_.cut();
            if(n.type() == pugi::node_element)
                element(n, at, depth);
            else if(auto const text = readable(n.value()); is_text(n) && !text.empty())
                out_.add_string(at, "#text", text);
        }
    }

private:
    void element(pugi::xml_node const& n, index parent, std::size_t depth)
    {
        auto const name = local_name(n.name());
        if(is_plain(n))
        {
            out_.add_string(parent, name, joined_text(n));
            return;
        }
        auto const at = out_.add(parent, kind::object, name, {});
        out_.reached(depth + 1);
        if(depth == out_.max_depth())
            return out_.cut();
        attributes(n, at);
        elements(n, at, depth + 1);
    }

    /// The parser turns `&#xD800;` into bytes that are no UTF-8.
    std::string_view readable(std::string_view text) { return repaired_utf8(trimmed(text), memory_); }

    static bool is_plain(pugi::xml_node const& n) noexcept
    {
        for(auto const& a : n.attributes())
            if(!is_namespace_declaration(a.name()))
                return false;
        return std::all_of(n.begin(), n.end(), is_text);
    }

    /// The text of an element that has nothing else: usually one run, more when CDATA sections interrupt it.
    std::string_view joined_text(pugi::xml_node const& n)
    {
        auto const first = n.first_child();
        if(!first || !first.next_sibling())
            return readable(first.value());
        std::size_t size = 0;
        for(auto const& run : n)
            size += std::string_view{run.value()}.size();
        auto* const out = memory_.allocate(size);
        auto* end = out;
        for(auto const& run : n)
        {
            std::string_view const text{run.value()};
            end = std::copy(text.begin(), text.end(), end);
        }
        return readable({out, size});
    }

    void attributes(pugi::xml_node const& n, index at)
    {
        for(auto const& a : n.attributes())
        {
            if(is_namespace_declaration(a.name()))
                continue;
            if(out_.full())
                return out_.cut();
            auto const name = local_name(a.name());
            auto* const marked = memory_.allocate(name.size() + 1);
            *marked = '@';
            std::copy(name.begin(), name.end(), marked + 1);
            out_.add_string(at, {marked, name.size() + 1}, readable(a.value()));
        }
    }

    document_builder& out_;
    arena& memory_;
};

/// So much of `text` that the parser's own tree stays in proportion to ours.
std::string_view bounded(std::string_view text, std::size_t most_tags) noexcept
{
    std::size_t at = 0;
    while(most_tags-- > 0)
    {
        at = text.find('<', at);
        if(at == std::string_view::npos)
            return text;
        ++at;
    }
    return text.substr(0, at - 1);
}
} // namespace

bool read_xml(std::string_view text, bool labelled, document_builder& out, arena& memory)
{
    constexpr std::size_t tags_per_node = 3; // start, end, and a comment now and then
    auto const part = bounded(text, tags_per_node * out.max_nodes() + 16);
    // Parsed in place: names and texts of the tree are views into the copy. The parser ends it by overwriting the last
    // byte, which must not be one of a text that breaks off.
    auto* const copy = memory.allocate(part.size() + 1);
    *std::replace_copy(part.begin(), part.end(), copy, '\0', ' ') = ' ';
    pugi::xml_document parsed;
    auto const flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_wconv_attribute;
    auto const result = parsed.load_buffer_inplace(copy, part.size() + 1, flags, pugi::encoding_utf8);
    bool const claimed = labelled || text.starts_with("<?xml") || text.find("</") != std::string_view::npos;
    if(parsed.first_child().empty() || (!result && !claimed))
        return false;

    auto const root = out.add(document::none, kind::object, {}, {});
    xml_walk{out, memory}.elements(parsed, root, 1);
    if(!result || part.size() < text.size())
        out.cut();
    out.is(document::form::xml, text);
    return true;
}

} // namespace errata
