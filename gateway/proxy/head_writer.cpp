#include "proxy/head_writer.hpp"

#include "problem/status.hpp"

#include <algorithm>
#include <array>

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

/// All lines of one field as one list value; usually there is one line and nothing is copied.
std::string_view joined(head const& from, field_id id, std::string& memory)
{
    if(!from.has(id))
        return {};
    memory.clear();
    auto const first = from.value(id);
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
    auto const theirs = [&](field_id id, std::string_view ours)
    {
        auto const value = e.trusted ? from.value(id) : std::string_view{};
        return value.empty() ? ours : value;
    };
    auto const before = e.trusted ? joined(from, field_id::x_forwarded_for, memory) : std::string_view{};
    bool const known = !e.client_address.empty(); // a Unix socket's client has none
    if(known || !before.empty())
        out.add("X-Forwarded-For: ", before, before.empty() || !known ? "" : ", ", e.client_address, "\r\n");
    out.add("X-Forwarded-Proto: ", theirs(field_id::x_forwarded_proto, e.client_tls ? "https" : "http"), "\r\n");
    if(auto const host = theirs(field_id::x_forwarded_host, e.client_host); !host.empty())
        out.add_field("X-Forwarded-Host", host);
    if(!e.trusted || !from.has(field_id::forwarded))
        return;
    // RFC 7239: an element of ours behind what trusted proxies said.
    bool const bare = e.client_address.find(':') == std::string_view::npos;
    out.add("Forwarded: ", joined(from, field_id::forwarded, memory), bare ? ", for=" : ", for=\"[",
            known ? e.client_address : "unknown", // RFC 7239 6.2
            bare ? "" : "]\"", e.client_tls ? ";proto=https\r\n" : ";proto=http\r\n");
}

/// Copies lines of a head. Those that lie behind one another in the read buffer, written as we would write them, go in
/// one piece.
class line_copier
{
public:
    explicit line_copier(out_buffer& out) noexcept : out_(out) {}

    void add(field const& f)
    {
        auto const* const value = f.name.data() + f.name.size() + 2;
        if(f.value.data() != value || value[-1] != ' ') // other white space, or none
        {
            finish();
            out_.add_field(f.name, f.value);
            return;
        }
        if(f.name.data() != end_ + 2)
        {
            finish();
            begin_ = f.name.data();
        }
        end_ = value + f.value.size();
    }
    void finish()
    {
        if(begin_ == end_)
            return;
        out_.add({begin_, end_}, "\r\n");
        begin_ = end_ = &nothing;
    }

private:
    static constexpr char nothing = 0;
    out_buffer& out_;
    char const* begin_ = &nothing;
    char const* end_ = &nothing;
};

/// Fields of a request that are ours to write or to leave out.
field_set rewritten(request_edits const& e)
{
    using enum field_id;
    field_set out{host, via, x_forwarded_for, x_forwarded_proto, x_forwarded_host, forwarded, x_request_id};
    if(!e.trusted)
        out.add(x_forwarded_port);
    if(e.stream_chunked)
        out.add(content_length);
    if(e.failed_requests)
        out.add(x_failed_requests);
    if(!e.max_forwards.empty())
        out.add(max_forwards);
    if(!e.traceparent.empty())
    {
        out.add(traceparent);
        out.add(tracestate); // of a trace that we do not continue
    }
    return out;
}

/// The same name to whoever takes an underscore for a dash, as CGI and its descendants do (RFC 3875 4.1.18).
bool reads_alike(std::string_view a, std::string_view b)
{
    auto const plain = [](char c) { return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::ranges::equal(a, b, {}, plain, plain);
}

/// Copies the fields that go on to the next hop, but for `ours`, what the route edits, and those that are `withheld`.
void copy_fields(head const& from, field_set ours, field_edits const* edits, std::span<std::string const> withheld,
                 out_buffer& out)
{
    auto const* const replacing = replaces_fields(edits) ? edits : nullptr;
    line_copier lines(out);
    for(std::size_t i = 0; i < from.fields.size(); ++i)
    {
        auto const& f = from.fields[i];
        if(ours.has(from.ids[i]) || from.is_hop_by_hop(i) || (replacing && edited(*replacing, f.name)))
            continue;
        if(std::ranges::any_of(withheld, [&](auto const& name) { return reads_alike(f.name, name); }))
            continue;
        lines.add(f);
    }
    lines.finish();
}

} // namespace

void write_request_head(head const& from, request_edits const& e, out_buffer& out)
{
    out.add(from.method, " ", e.target, " HTTP/1.1\r\nHost: ", e.host, "\r\n");
    copy_fields(from, rewritten(e), e.edits, e.withheld, out);
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
    auto const before = joined(from, field_id::via, memory);
    out.add("Via: ", before, before.empty() ? "" : ", ", from.minor == 0 ? "1.0 " : "1.1 ", e.via, "\r\n");
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
    auto const digit = [](unsigned n) { return static_cast<char>('0' + n % 10); };
    std::array const code{digit(status / 100), digit(status / 10), digit(status), ' '};
    out.add("HTTP/1.1 ", std::string_view(code.data(), code.size()), reason, "\r\n");
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
    add_status_line(from.status, from.reason, out);
    // RFC 9110 8.6: a 204 announces no content, not even none.
    bool const no_length = e.chunked || from.status == 204;
    copy_fields(from, no_length ? field_set{field_id::content_length} : field_set{}, e.edits, {}, out);
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
    copy_fields(from, {field_id::content_length}, nullptr, {}, out);
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
