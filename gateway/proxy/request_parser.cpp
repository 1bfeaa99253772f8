#include "proxy/authority.hpp"
#include "proxy/head_syntax.hpp"

#include <array>

namespace errata
{
namespace
{
using namespace syntax;

constexpr std::size_t longest_method = 32;

constexpr defect too_large{failure::request_headers_too_large, "the header section is too large"};

constexpr auto target_chars = []
{
    // Beyond RFC 3986 the printable characters that clients send unescaped anyway ({ } | [ ] " ...): origin servers
    // accept them and they are passed on as they are. A fragment never belongs in a request (RFC 9112 3.2).
    std::array<bool, 256> table{};
    for(unsigned char c = 0x21; c < 0x7f; ++c)
        table[c] = c != '#';
    return table;
}();

defect malformed(std::string_view detail) noexcept
{
    return {failure::malformed_request, detail};
}

parse_result refused(defect const& d) noexcept
{
    return {parse_status::failed, 0, d.why, d.detail};
}

maybe_defect read_method(std::string_view method, head& out)
{
    if(!is_token(method))
        return malformed("the method is not a token");
    // RFC 9112 3: a method longer than any that is implemented is answered with 501.
    if(method.size() > longest_method)
        return defect{failure::not_implemented, "the method is too long"};
    out.method = method;
    return {};
}

maybe_defect read_request_version(std::string_view text, head& out)
{
    auto const version = read_version(text);
    if(!version)
        return malformed("the request line does not end in an HTTP version");
    if(version->major != 1)
        return defect{failure::http_version, "only HTTP/1.x is served here"};
    out.minor = version->minor == 0 ? 0 : 1; // RFC 9110 2.5: a higher minor version is read as the highest one known
    return {};
}

/// method SP request-target SP HTTP-version (RFC 9112 3), single spaces only.
maybe_defect read_request_line(std::string_view line, head_limits const& limits, head& out)
{
    auto const first = line.find(' ');
    auto const last = line.rfind(' ');
    if(auto const bad = read_method(line.substr(0, first), out))
        return bad;
    if(first == std::string_view::npos || first == last)
        return malformed("the request line has no target or no version");
    out.target = line.substr(first + 1, last - first - 1);
    if(out.target.size() > limits.target)
        return defect{failure::uri_too_long, "the request target is too long"};
    if(auto const bad = read_request_version(line.substr(last + 1), out))
        return bad;
    if(out.target.empty())
        return malformed("the request target is empty");
    for(char const c : out.target)
        if(!target_chars[static_cast<unsigned char>(c)])
            return malformed("the request target holds a character that is not allowed there");
    return {};
}

maybe_defect route_by(std::string_view text, std::string_view complaint, head& out)
{
    auto const a = read_authority(text);
    if(!a)
        return malformed(complaint);
    out.host = a->host;
    out.authority = a->normalized;
    return {};
}

/// The scheme and "://" at the front of an absolute-form target, 0 when it is none of http and https.
std::size_t scheme_length(std::string_view target) noexcept
{
    for(std::string_view const scheme : {"http://", "https://"})
        if(iequals(target.substr(0, scheme.size()), scheme))
            return scheme.size();
    return 0;
}

maybe_defect read_absolute_form(head& out)
{
    auto const scheme = scheme_length(out.target);
    if(scheme == 0)
        return malformed("the request target has no form that is known");
    auto const rest = out.target.substr(scheme);
    auto const path = std::min(rest.find_first_of("/?"), rest.size());
    if(auto const bad = route_by(rest.substr(0, path), "the authority of the request target is not valid", out))
        return bad;
    if(path == rest.size())
        out.path_and_query = out.method == "OPTIONS" ? "*" : "/"; // RFC 9112 3.2.1, 3.2.4
    else if(rest[path] == '/')
        out.path_and_query = rest.substr(path);
    else
        out.path_and_query = out.rebuilt_target.assign(1, '/').append(rest.substr(path));
    return {};
}

/// The four forms of RFC 9112 3.2; the authority of the target wins over Host.
maybe_defect read_target(head& out)
{
    if(out.method == "CONNECT")
    {
        auto const bad = route_by(out.target, "the target of CONNECT is not host:port", out);
        if(!bad && out.authority.size() == out.host.size())
            return malformed("the target of CONNECT has no port");
        return bad;
    }
    if(out.target[0] == '/')
    {
        out.path_and_query = out.target;
        return {};
    }
    if(out.target == "*")
    {
        if(out.method != "OPTIONS")
            return malformed("the target * is for OPTIONS only");
        out.path_and_query = out.target;
        return {};
    }
    return read_absolute_form(out);
}

/// RFC 9112 3.2: exactly one valid Host in HTTP/1.1, at most one in HTTP/1.0, also where the target has an authority.
maybe_defect check_host(head& out)
{
    if(!out.has(field_id::host))
    {
        if(out.minor >= 1)
            return malformed("the Host field is missing");
        return {};
    }
    unsigned count = 0;
    for(auto const id : out.ids)
        count += id == field_id::host;
    if(count > 1)
        return malformed("there is more than one Host field");

    auto const from_target = out.authority;
    auto const name_from_target = out.host;
    if(auto const bad = route_by(out.value(field_id::host), "the Host field is not valid", out))
        return bad;
    if(!from_target.empty())
    {
        out.authority = from_target;
        out.host = name_from_target;
    }
    return {};
}

maybe_defect decide_request_framing(head& out)
{
    switch(read_framing(out))
    {
    case declared::nothing:
        out.body = framing::none;
        return {};
    case declared::length:
        out.body = framing::length;
        return {};
    case declared::chunked:
        out.body = framing::chunked;
        return {};
    case declared::bad_length:
        return malformed("Content-Length is not one decimal number");
    case declared::both:
        return malformed("both Content-Length and Transfer-Encoding are present");
    case declared::coding_in_1_0:
        return malformed("Transfer-Encoding in an HTTP/1.0 request");
    case declared::bad_coding:
        return malformed("Transfer-Encoding is not a list with chunked at its end");
    case declared::no_chunked:
        return malformed("Transfer-Encoding does not end in chunked");
    case declared::other_coding:
        return defect{failure::not_implemented, "only the transfer coding chunked is implemented"};
    }
    return malformed("unknown framing");
}

/// RFC 9110 10.1.1: expectations in HTTP/1.0 and those without content are ignored.
maybe_defect check_expect(head& out)
{
    if(!out.has(field_id::expect) || out.minor == 0)
        return {};
    for(std::size_t i = 0; i < out.fields.size(); ++i)
    {
        if(out.ids[i] != field_id::expect)
            continue;
        auto members = out.fields[i].value;
        for(auto m = next_member(members); !m.empty(); m = next_member(members))
            if(!iequals(m, "100-continue"))
                return defect{failure::expectation_failed, "only the expectation 100-continue is known"};
        out.expect_continue = out.body == framing::chunked || out.content_length > 0;
    }
    return {};
}

/// What the fields mean, once they are all there.
maybe_defect read_meaning(head& out)
{
    if(auto const bad = read_target(out))
        return bad;
    if(auto const bad = check_host(out))
        return bad;
    read_connection(out);
    if(auto const bad = decide_request_framing(out))
        return bad;
    return check_expect(out);
}

parse_result read_request(std::string_view bytes, head_limits const& limits, head& out)
{
    auto const line = find_line_end(bytes, 0);
    if(line.status == line_status::bad)
        return refused(malformed(not_a_line));
    if(line.status == line_status::need_more)
        return {};
    if(auto const bad = read_request_line(bytes.substr(0, line.at), limits, out))
        return refused(*bad);

    auto const section = index_fields(bytes, line.at + 2, limits.fields, out);
    if(section.status == line_status::bad)
        return refused(
            {section.too_many ? failure::request_headers_too_large : failure::malformed_request, section.detail});
    if(section.status == line_status::need_more)
        return {};
    if(section.end > limits.bytes)
        return refused(too_large);
    if(auto const bad = read_meaning(out))
        return refused(*bad);
    return {parse_status::complete, section.end, {}, {}};
}
} // namespace

parse_result request_parser::parse(std::string_view bytes, head_limits const& limits, head& out)
{
    auto const skipped = std::size_t{bytes.substr(0, 2) == "\r\n" ? 2u : 0u};
    auto const text = bytes.substr(skipped);
    if(bytes == "\r")
        return {};
    if(scanner_.fresh() || scanner_.scan(text))
    {
        out.clear();
        auto result = read_request(text, limits, out);
        if(result.status != parse_status::need_more)
        {
            reset();
            if(result.status == parse_status::complete)
                result.consumed += skipped;
            return result;
        }
        scanner_.scan(text);
    }
    return incomplete(text, limits, out);
}

/// What can be refused already, before the rest comes: a client that waits for an answer to HTTP/0.9 never sends it.
parse_result request_parser::incomplete(std::string_view bytes, head_limits const& limits, head& out)
{
    auto const line = scanner_.first_line();
    if(line == 0 && bytes.size() > limits.target + longest_method + sizeof "  HTTP/1.1\r\n")
        return refused({failure::uri_too_long, "the request line is too long"});
    if(line != 0 && !start_line_seen_)
    {
        start_line_seen_ = true;
        if(auto const bad = read_request_line(bytes.substr(0, line - 2), limits, out))
            return refused(*bad);
    }
    if(bytes.size() > limits.bytes)
        return refused(too_large);
    return {};
}

} // namespace errata
