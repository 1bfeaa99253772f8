#include "problem/charset.hpp"
#include "problem/document_builder.hpp"
#include "problem/field.hpp"
#include "problem/html_reader.hpp"
#include "problem/json_reader.hpp"
#include "problem/media_type.hpp"
#include "problem/text_reader.hpp"
#include "problem/xml_reader.hpp"

namespace errata
{
namespace
{
/// HTML, XML, or neither. A page labelled text/html may begin with bare text or with tags that nobody knows.
bool read_markup(std::string_view all, std::string_view type, document_builder& out, arena& memory)
{
    auto const text = trimmed(all);
    bool const labelled_html = iequals(type, "text/html"), labelled_xml = iends_with(type, "xml");
    bool const page = text.starts_with('<') ? starts_html(text, labelled_xml) : labelled_html && has_html_tags(text);
    if(!page && text.starts_with('<') && read_xml(text, labelled_xml, out, memory))
    {
        if(!labelled_html || !out.is_cut())
            return true;
        out.clear();
    }
    else if(!page)
        return false;
    read_html(all, out, memory);
    return true;
}

/// A document behind something else: a program's warnings printed before it, a status line or a sentence that quotes
/// it. Only where it then goes on to the very end.
bool read_json_behind(std::string_view all, std::string_view type, document_builder& out, arena& memory)
{
    auto const text = trimmed(all);
    bool const labelled = iends_with(type, "json");
    auto const at = text.find("{\"");
    if(at == std::string_view::npos || at == 0 || !text.ends_with('}') || (text.starts_with('<') && !labelled))
        return false;
    auto const rest = text.substr(at);
    if(read_json(rest, false, out, memory) && out.node(0).source == rest)
        return true;
    out.clear();
    return false;
}

void read_text(std::string_view all, std::string_view type, document_builder& out, arena& memory)
{
    if(is_binary(all))
        return out.is(document::form::binary, all);
    if(read_form(all, iequals(type, "application/x-www-form-urlencoded"), out, memory))
        return;
    if(read_pairs(all, out) || read_record(all, out))
        return;
    out.is(document::form::text, all);
    out.add_string(document::none, {}, trimmed(all));
}
} // namespace

void document::read(std::string_view body, std::string_view content_type, limits const& bounds, arena& text)
{
    clear();
    document_builder out{*this, bounds};
    auto const type = essence(content_type);
    auto const all = to_utf8(body, content_type, text);
    auto const json = skip_json_prefix(all);
    if(json.empty())
        return out.is(form::empty, all);
    if(!read_json(json, iends_with(type, "json"), out, text) && !read_json_behind(all, type, out, text) &&
       !read_markup(all, type, out, text))
        read_text(all, type, out, text);
}

} // namespace errata
