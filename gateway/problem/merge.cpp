#include "problem/merge.hpp"

#include "problem/render.hpp"
#include "problem/status.hpp"

#include <algorithm>
#include <array>

namespace errata
{
namespace
{
using kind = document::kind;

constexpr std::size_t merged_limit = 256 * 1024;

bool is_our_retry(document::ref retry) noexcept
{
    auto const allowed = retry.is_object() ? retry.member("allowed") : document::ref{};
    return allowed && allowed.type() == kind::boolean;
}

/// An upstream's own `origin` or `retry` may stand where ours would; then the instance is what one of us made of the
/// request's id.
bool is_our_mark(document::ref object) noexcept
{
    constexpr std::string_view scheme = "urn:uuid:";
    auto const retry = object.member("retry");
    auto const origin = object.member("origin").text();
    if((origin == "gateway" || origin == "upstream") && is_our_retry(retry))
        return true;
    auto const instance = object.member("instance").text(), id = object.member("request_id").text();
    return retry && object.member("origin") && instance.starts_with(scheme) && instance.substr(scheme.size()) == id;
}

/// Does the upstream's `retry` say what was decided?
bool agrees(document::ref retry, retry_advice const& advice) noexcept
{
    if(!is_our_retry(retry) || (retry.member("allowed").text() == "true") != advice.allowed)
        return false;
    auto const after = retry.member("after");
    return advice.allowed && advice.after ? after && after.integer() == advice.seconds() : !after;
}

/// Appends one canonical member by name, if the problem has it.
void write_member(std::string_view name, problem const& p, json_writer& json)
{
    if(name == "type")
        json.string("type", p.type);
    else if(name == "title")
        json.string("title", p.title);
    else if(name == "status")
        json.number("status", p.status);
    else if(name == "detail")
        json.string_unless_empty("detail", p.detail);
    else if(name == "instance")
        json.string_unless_empty("instance", p.instance);
    else if(name == "code")
        json.string("code", p.code);
    else if(name == "errors" && !p.errors.empty())
    {
        json.key("errors");
        write_errors(p.errors, json);
    }
    else if(name == "help")
        json.string_unless_empty("help", p.help);
    else if(name == "retry")
    {
        json.key("retry");
        write_retry(p, json);
    }
    else if(name == "origin")
        json.string("origin", name_of(p.origin));
    else if(name == "request_id")
        json.string_unless_empty("request_id", p.request_id);
    else if(name == "upstream_code" && !p.upstream_code.empty())
        json.raw("upstream_code", p.upstream_code);
    else if(name == "upstream_request_id")
        json.string_unless_empty("upstream_request_id", p.upstream_request_id);
    else if(name == "trace_id")
        json.string_unless_empty("trace_id", p.trace_id);
}

/// The documented order. `details` is not among them: the upstream's own object holds what it would hold.
constexpr std::array<std::string_view, 14> members{"type",
                                                   "title",
                                                   "status",
                                                   "detail",
                                                   "instance",
                                                   "code",
                                                   "errors",
                                                   "help",
                                                   "retry",
                                                   "origin",
                                                   "request_id",
                                                   "upstream_code",
                                                   "upstream_request_id",
                                                   "trace_id"};

/// One of us has written what was missing: its mark, and every member that none of us leaves out, of whatever type.
bool is_complete(document const& doc) noexcept
{
    // Not `code`: a body of AWS gets none, see is_free.
    constexpr std::array<std::string_view, 3> always{"type", "title", "status"};
    auto const root = doc.root();
    return bears_our_mark(doc) &&
           std::ranges::all_of(always, [root](std::string_view name) { return static_cast<bool>(root.member(name)); });
}

/// May the member be added? Not where its name is taken, nor where clients would read it instead of the upstream's: the
/// SDKs of AWS look for `code` before they look for `__type`.
bool is_free(std::string_view name, document::ref root, remainder const& left) noexcept
{
    auto const theirs = root.member(name);
    return (!theirs || left.is_gone(theirs.id())) && !(name == "code" && root.member("__type"));
}

void write_missing(problem const& p, document const& doc, remainder const& left, json_writer& json)
{
    // What one of us has completed stays as it is: two gateways in a row do not differ from one.
    if(is_complete(doc))
        return;
    auto const root = doc.root();
    // A detail that was only read from a title that says no more than the status does tells nothing.
    auto const says_nothing = p.detail == title_of(p.status) && root.member("title");
    for(auto const name : members)
        if(is_free(name, root, left) && !(name == "detail" && says_nothing))
            write_member(name, p, json);
}

/// RFC 9457 3.1: a member of the wrong type is as good as none.
bool is_well_typed(document::ref member) noexcept
{
    auto const name = member.name();
    auto const text = name == "type" || name == "title" || name == "detail" || name == "instance";
    return !text || member.is_string();
}

/// Is this member of the upstream's document written anew?
bool is_ours(document::ref m, problem const& p, remainder const& left, decided_members const& decided) noexcept
{
    auto const name = m.name();
    // RFC 9457 3.1.4 and 5: a status member that contradicts the status line misleads.
    if(name == "status" || !is_well_typed(m))
        return true;
    if(name == "detail")
        return decided.detail || left.is_hidden(m.id());
    if(name == "retry")
        return is_our_retry(m) && !agrees(m, p.retry);
    return (name == "title" && decided.title) || (name == "code" && decided.code);
}
} // namespace

bool bears_our_mark(document const& doc) noexcept
{
    auto const root = doc.root();
    return doc.shape() == document::form::json && !doc.cut() && root.is_object() && is_our_mark(root);
}

bool is_canonical_document(document const& doc) noexcept
{
    auto const root = doc.root();
    return root.member("type").is_string() && root.member("title").is_string() && root.member("status").is_number() &&
           root.member("code").is_string() && bears_our_mark(doc); // last, as it costs most
}

bool is_canonical_envelope(document const& doc) noexcept
{
    auto const root = doc.root();
    if(doc.shape() != document::form::json || doc.cut() || !root.is_object() || root.size() != 1)
        return false;
    auto const error = root.member("error");
    return error.is_object() && error.member("code").is_string() && error.member("message").is_string() &&
           error.member("origin").is_string() && error.member("retry").is_object() &&
           is_our_retry(error.member("retry"));
}

void write_merged(problem const& p, document const& doc, remainder const& left, decided_members const& decided,
                  std::string& out)
{
    auto const root = doc.root();
    json_writer json{out};
    json.open_object();
    for(auto m = root.child(); m; m = m.next())
    {
        auto const name = m.name();
        if(is_ours(m, p, left, decided))
        {
            write_member(name, p, json);
            continue;
        }
        if(left.is_gone(m.id()))
            continue;
        json.foreign_key(name);
        bool truncated = false;
        left.write_node(m.id(), merged_limit, json, truncated);
    }
    write_missing(p, doc, left, json);
    json.close_object();
}

void write_compatible(problem const& p, document const& doc, remainder const& left, std::string& out)
{
    auto const root = doc.root();
    auto const whole = root.source();
    auto const* at = whole.data();
    // Nodes stand in the order of the text, so what is to be hidden comes from left to right.
    for(document::index i = 0; i < doc.size(); ++i)
    {
        auto const source = doc[i].source;
        if(!left.is_hidden(i) || doc[i].type != kind::string || source.empty())
            continue;
        out.append(at, source.data());
        out += "\"[redacted]\"";
        at = source.data() + source.size();
    }
    out.append(at, whole.data() + whole.size());
    if(!root.is_object())
        return;
    out.pop_back();
    while(!out.empty() && (out.back() == ' ' || out.back() == '\n' || out.back() == '\r' || out.back() == '\t'))
        out.pop_back();
    json_writer json{out};
    write_missing(p, doc, left, json);
    json.close_object();
}

} // namespace errata
