#include "problem/recognize.hpp"

#include "problem/by_meaning.hpp"
#include "problem/dialect.hpp"
#include "problem/error_in_success.hpp"
#include "problem/head_facts.hpp"
#include "problem/wording.hpp"

#include <algorithm>

namespace errata
{

namespace
{

/// RFC 9457 3: the media type says so, or the members that nobody else sends together.
bool is_problem_document(document const& doc, answer_facts const& head)
{
    auto const root = doc.root();
    if(!root.is_object() || doc.shape() != document::form::json || doc.cut())
        return false;
    auto const type = value_of(head.fields, "Content-Type");
    if(iends_with(trimmed(type.substr(0, type.find(';'))), "problem+json"))
        return true;
    return root.member("type").is_string() && root.member("title").is_string() &&
           root.member("status").integer() == head.status;
}

void read_body(document const& doc, answer_facts const& head, arena& memory, recognized& out)
{
    switch(doc.shape())
    {
    case document::form::json:
    case document::form::xml:
    case document::form::form_encoded:
        read_by_meaning(doc, head, memory, out);
        break;
    case document::form::html:
        read_page(doc, head, memory, out);
        break;
    case document::form::text:
        doc.root().is_string() ? read_text(doc, head, memory, out) : read_by_meaning(doc, head, memory, out);
        break;
    case document::form::empty:
    case document::form::binary:
        break;
    }
}

bool says_nothing(recognized const& found)
{
    return found.detail.empty() && found.code.empty() && found.errors.empty() && found.title.empty();
}

} // namespace

void recognized::clear()
{
    // The vectors keep their capacity for the next answer.
    recognized empty;
    empty.errors.swap(errors);
    empty.hints.swap(hints);
    empty.consumed.swap(consumed);
    empty.errors.clear();
    empty.hints.clear();
    empty.consumed.clear();
    *this = std::move(empty);
}

void recognize(document const& doc, answer_facts const& head, dialect_table const& dialects, arena& memory,
               recognized& out)
{
    out.clear();
    read_body(doc, head, memory, out);
    out.dialect = says_nothing(out) ? "none" : "generic";
    out.confidence = out.detail.empty() ? (out.code.empty() ? 0 : 50) : 70;
    out.problem_document = is_problem_document(doc, head);
    if(auto const* known = dialects.match(doc, head))
        apply(*known, doc, out, memory);
    read_oauth(doc, head, memory, out);
    read_code_field(head.fields, memory, out);
    if(out.request_id.empty())
        out.request_id = request_id_of(head.fields);
    out.is_error = head.status >= 400 || says_error(doc, out);
    std::sort(out.consumed.begin(), out.consumed.end());
    out.consumed.erase(std::unique(out.consumed.begin(), out.consumed.end()), out.consumed.end());
}

dialect_table const& builtin_dialects()
{
    static dialect_table const table = []
    {
        dialect_table built;
        built.add_builtin();
        return built;
    }();
    return table;
}

} // namespace errata
