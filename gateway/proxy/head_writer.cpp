#include "proxy/head_writer.hpp"

#include "problem/status.hpp"

namespace errata
{
namespace
{

bool named(std::vector<std::string> const& names, std::string_view name)
{
    for(auto const& n : names)
        if(iequals(n, name))
            return true;
    return false;
}

bool named(std::vector<std::pair<std::string, std::string>> const& fields, std::string_view name)
{
    for(auto const& f : fields)
        if(iequals(f.first, name))
            return true;
    return false;
}

/// The route replaces or removes fields at all.
bool replaces_fields(field_edits const* edits)
{
    return edits && (!edits->set.empty() || !edits->remove.empty());
}

/// The route replaces or removes this field.
bool edited(field_edits const& edits, std::string_view name)
{
    return named(edits.set, name) || named(edits.remove, name);
}

void add_edits(field_edits const* edits, out_buffer& out)
{
    if(!edits)
        return;
    for(auto const& [name, value] : edits->set)
        out.add_field(name, value);
    for(auto const& [name, value] : edits->add)
        out.add_field(name, value);
}

void add_list_field(std::string_view name, std::string_view before, std::string_view member, out_buffer& out)
{
    out.add(name);
    out.add(": ");
    if(!before.empty())
    {
        out.add(before);
        out.add(", ");
    }
    out.add(member);
    out.add("\r\n");
}

/// All lines of one field as one list value; usually there is one line and nothing is copied.
std::string_view joined(head const& from, field_id id, std::string& memory)
{
    auto const first = from.value(id);
    memory.clear();
    for(std::size_t i = 0, seen = 0; i < from.fields.size(); ++i)
    {
        if(from.ids[i] != id)
            continue;
        if(++seen == 2)
            memory = first;
        if(seen >= 2)
            memory.append(", ").append(from.fields[i].value);
    }
    return memory.empty() ? first : std::string_view(memory);
}

void add_forwarded(head const& from, request_edits const& e, out_buffer& out)
{
    std::string memory;
    bool const kept = e.trusted;
    add_list_field("X-Forwarded-For",
                   kept && from.has(field_id::x_forwarded_for) ? joined(from, field_id::x_forwarded_for, memory) : "",
                   e.client_address, out);
    auto const one = [&](field_id id, std::string_view name, std::string_view ours)
    {
        auto const theirs = kept ? from.value(id) : std::string_view{};
        if(auto const value = theirs.empty() ? ours : theirs; !value.empty())
            out.add_field(name, value);
    };
    one(field_id::x_forwarded_proto, "X-Forwarded-Proto", e.client_tls ? "https" : "http");
    one(field_id::x_forwarded_host, "X-Forwarded-Host", e.client_host);
    if(!kept || !from.has(field_id::forwarded))
        return;
    // RFC 7239: an element of ours behind what trusted proxies said.
    out.add("Forwarded: ");
    out.add(joined(from, field_id::forwarded, memory));
    out.add(e.client_address.find(':') == std::string_view::npos ? ", for=" : ", for=\"[");
    out.add(e.client_address);
    out.add(e.client_address.find(':') == std::string_view::npos ? "" : "]\"");
    out.add(e.client_tls ? ";proto=https\r\n" : ";proto=http\r\n");
}

/// Fields of a request that are ours to write or to leave out.
bool rewritten(field_id id, request_edits const& e)
{
    switch(id)
    {
    case field_id::host:
    case field_id::via:
    case field_id::x_forwarded_for:
    case field_id::x_forwarded_proto:
    case field_id::x_forwarded_host:
    case field_id::forwarded:
    case field_id::x_request_id:
        return true;
    case field_id::x_forwarded_port:
        return !e.trusted;
    case field_id::content_length:
        return e.stream_chunked;
    case field_id::x_failed_requests:
        return e.failed_requests.has_value();
    case field_id::max_forwards:
        return !e.max_forwards.empty();
    case field_id::traceparent:
    case field_id::tracestate: // of a trace that we do not continue
        return !e.traceparent.empty();
    default:
        return false;
    }
}

} // namespace

void write_request_head(head const& from, request_edits const& e, out_buffer& out)
{
    bool const replaces = replaces_fields(e.edits);
    out.add(from.method);
    out.add(" ");
    out.add(e.target);
    out.add(" HTTP/1.1\r\nHost: ");
    out.add(e.host);
    out.add("\r\n");
    for(std::size_t i = 0; i < from.fields.size(); ++i)
    {
        auto const& f = from.fields[i];
        auto const id = from.ids[i];
        if(id != field_id::other && rewritten(id, e))
            continue;
        if(from.is_hop_by_hop(i) || (replaces && edited(*e.edits, f.name)))
            continue;
        if(!e.subject_field.empty() && iequals(f.name, e.subject_field))
            continue;
        out.add_field(f.name, f.value);
    }
    if(e.stream_chunked)
        out.add("Transfer-Encoding: chunked\r\n");
    if(from.has(field_id::te) && has_token(from.fields, "te", "trailers"))
        out.add("TE: trailers\r\nConnection: TE\r\n");
    else if(!e.upgrade.empty())
    {
        out.add("Connection: Upgrade\r\n");
        out.add_field("Upgrade", e.upgrade);
    }
    std::string memory;
    out.add("Via: ");
    if(from.has(field_id::via))
    {
        out.add(joined(from, field_id::via, memory));
        out.add(", ");
    }
    out.add(from.minor == 0 ? "1.0 " : "1.1 ");
    out.add(e.via);
    out.add("\r\n");
    add_forwarded(from, e, out);
    out.add_field("X-Request-Id", e.request_id);
    if(!e.traceparent.empty())
        out.add_field("traceparent", e.traceparent);
    if(e.failed_requests)
    {
        out.add("X-Failed-Requests: ");
        out.add(*e.failed_requests);
        out.add("\r\n");
    }
    if(!e.max_forwards.empty())
        out.add_field("Max-Forwards", e.max_forwards);
    if(!e.subject.empty())
        out.add_field(e.subject_field, e.subject);
    add_edits(e.edits, out);
    out.add("\r\n");
}

namespace
{

void add_status_line(unsigned status, std::string_view reason, out_buffer& out)
{
    out.add("HTTP/1.1 ");
    out.add(status);
    out.add(" ");
    out.add(reason);
    out.add("\r\n");
}

void add_connection(response_edits const& e, out_buffer& out)
{
    if(!e.upgrade.empty())
    {
        out.add("Connection: Upgrade\r\n");
        out.add_field("Upgrade", e.upgrade);
    }
    else if(e.close)
        out.add("Connection: close\r\n");
    else if(e.client_minor == 0)
        out.add("Connection: keep-alive\r\n");
}

} // namespace

void write_response_head(head const& from, response_edits const& e, out_buffer& out)
{
    bool const replaces = replaces_fields(e.edits);
    add_status_line(from.status, from.reason, out);
    for(std::size_t i = 0; i < from.fields.size(); ++i)
    {
        auto const& f = from.fields[i];
        if(from.is_hop_by_hop(i) || (replaces && edited(*e.edits, f.name)))
            continue;
        // RFC 9110 8.6: a 204 announces no content, not even none.
        if(from.ids[i] == field_id::content_length && (e.chunked || from.status == 204))
            continue;
        out.add_field(f.name, f.value);
    }
    if(e.chunked)
        out.add("Transfer-Encoding: chunked\r\n");
    if(!from.has(field_id::date))
        out.add_field("Date", e.date);
    if(!from.has(field_id::x_request_id) && !e.request_id.empty())
        out.add_field("X-Request-Id", e.request_id);
    if(e.extra)
        out.add_field(e.extra->name, e.extra->value);
    add_connection(e, out);
    add_edits(e.edits, out);
    out.add("\r\n");
}

void write_interim_head(head const& from, out_buffer& out)
{
    add_status_line(from.status, from.reason, out);
    for(std::size_t i = 0; i < from.fields.size(); ++i)
        if(!from.is_hop_by_hop(i) && from.ids[i] != field_id::content_length)
            out.add_field(from.fields[i].name, from.fields[i].value);
    out.add("\r\n");
}

void write_answer_head(unsigned status, std::string_view reason, field_list fields, response_edits const& e,
                       out_buffer& out)
{
    add_status_line(status, reason, out);
    bool dated = false;
    bool const replaces = replaces_fields(e.edits);
    for(auto const& f : fields)
    {
        if(replaces && edited(*e.edits, f.name))
            continue;
        dated = dated || iequals(f.name, "date");
        out.add_field(f.name, f.value);
    }
    if(e.chunked)
        out.add("Transfer-Encoding: chunked\r\n");
    if(!dated)
        out.add_field("Date", e.date);
    add_connection(e, out);
    add_edits(e.edits, out);
    out.add("\r\n");
}

} // namespace errata
