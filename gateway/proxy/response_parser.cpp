#include "proxy/head_syntax.hpp"

namespace errata
{
namespace
{
using namespace syntax;

constexpr defect too_large{failure::response_headers_too_large, "the header section is too large"};

defect malformed(std::string_view detail) noexcept
{
    return {failure::malformed_response, detail};
}

defect bad_framing(std::string_view detail) noexcept
{
    return {failure::framing, detail};
}

parse_result refused(defect const& d) noexcept
{
    return {parse_status::failed, 0, d.why, d.detail};
}

/// HTTP-version SP 3DIGIT SP [ reason-phrase ] (RFC 9112 4). Whatever is not that is no answer: passing it on would
/// make the client guess, as HTTP/0.9 did.
maybe_defect read_status_line(std::string_view line, head& out)
{
    auto const version = read_version(line.substr(0, 8));
    if(!version || version->major != 1)
        return malformed("not an HTTP/1.x status line");
    if(line.size() < 13 || line[8] != ' ' || !is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11]) ||
       line[12] != ' ')
        return malformed("malformed status line");
    out.minor = version->minor == 0 ? 0 : 1;
    out.status = static_cast<unsigned>((line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0'));
    if(out.status < 100 || out.status > 599) // RFC 9110 15
        return malformed("status code outside 100 to 599");
    out.reason = line.substr(13);
    return {};
}

/// RFC 9112 6.3, rules 1 and 2: these end with the head, whatever their fields say.
bool has_no_content(unsigned status, std::string_view method) noexcept
{
    return status < 200 || status == 204 || status == 304 || method == "HEAD";
}

maybe_defect decide_response_framing(std::string_view method, head& out)
{
    switch(read_framing(out))
    {
    case declared::nothing:
        out.body = framing::until_close;
        break;
    case declared::length:
        out.body = framing::length;
        break;
    case declared::chunked:
        out.body = framing::chunked;
        break;
    case declared::bad_length:
        return bad_framing("Content-Length is not one decimal number");
    case declared::both:
        return bad_framing("both Content-Length and Transfer-Encoding are present");
    case declared::coding_in_1_0:
        return bad_framing("Transfer-Encoding in an HTTP/1.0 response");
    case declared::bad_coding:
        return bad_framing("Transfer-Encoding is not a list with chunked at its end");
    case declared::no_chunked:
    case declared::other_coding:
        return defect{failure::transfer_coding, "only the transfer coding chunked is implemented"};
    }
    if(has_no_content(out.status, method))
        out.body = framing::none;
    else if(out.body == framing::until_close)
        out.keep_alive = false;
    return {};
}

parse_result read_response(std::string_view bytes, head_limits const& limits, std::string_view method, head& out)
{
    auto const line = find_line_end(bytes, 0);
    if(line.status == line_status::bad)
        return refused(malformed(not_a_line));
    if(line.status == line_status::need_more)
        return {};
    if(auto const bad = read_status_line(bytes.substr(0, line.at), out))
        return refused(*bad);

    auto const section = index_fields(bytes, line.at + 2, limits.fields, out);
    if(section.status == line_status::bad)
        return refused(
            {section.too_many ? failure::response_headers_too_large : failure::malformed_response, section.detail});
    if(section.status == line_status::need_more)
        return {};
    if(section.end > limits.bytes)
        return refused(too_large);
    read_connection(out);
    if(auto const bad = decide_response_framing(method, out))
        return refused(*bad);
    return {parse_status::complete, section.end, {}, {}};
}
} // namespace

parse_result response_parser::parse(std::string_view bytes, head_limits const& limits, std::string_view method,
                                    head& out)
{
    if(scanner_.fresh() || scanner_.scan(bytes))
    {
        out.clear();
        out.request = false;
        auto const result = read_response(bytes, limits, method, out);
        if(result.status != parse_status::need_more)
        {
            reset();
            return result;
        }
        scanner_.scan(bytes);
    }
    return incomplete(bytes, limits, out);
}

/// Garbage is refused at its first byte: whoever speaks another protocol may be waiting for us.
parse_result response_parser::incomplete(std::string_view bytes, head_limits const& limits, head& out)
{
    constexpr std::string_view beginning = "HTTP/1.";
    auto const line = scanner_.first_line();
    if(bytes.substr(0, beginning.size()) != beginning.substr(0, bytes.size()))
        return refused(malformed("not an HTTP/1.x status line"));
    if(line != 0 && !start_line_seen_)
    {
        start_line_seen_ = true;
        if(auto const bad = read_status_line(bytes.substr(0, line - 2), out))
            return refused(*bad);
    }
    if(bytes.size() > limits.bytes)
        return refused(too_large);
    return {};
}

} // namespace errata
