#include "support/message.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <regex>

namespace errata::test
{
namespace
{
bool same(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

void read_field(std::string const& line, message& out)
{
    static std::regex const form("([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\\x01-\\x08\\x0a-\\x1f\\x7f]*)");
    std::smatch m;
    if(!std::regex_match(line, m, form))
        throw broken_wire("not a field line: " + line);
    out.fields.emplace_back(m[1], m[2]);
}

void read_start_line(std::string const& line, message& out)
{
    static std::regex const status_line("HTTP/1\\.1 ([1-5][0-9][0-9]) [^\\x01-\\x08\\x0a-\\x1f\\x7f]*");
    static std::regex const request_line("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/1\\.1");
    std::smatch m;
    out.start_line = line;
    if(std::regex_match(line, m, status_line))
        out.status = static_cast<unsigned>(std::stoul(m[1]));
    else if(std::regex_match(line, m, request_line))
    {
        out.method = m[1];
        out.target = m[2];
    }
    else
        throw broken_wire("not a start line: " + line);
}

std::uint64_t number(std::string_view text, int base)
{
    std::uint64_t n = 0;
    auto const r = std::from_chars(text.data(), text.data() + text.size(), n, base);
    if(text.empty() || r.ec != std::errc{} || r.ptr != text.data() + text.size())
        throw broken_wire("not a number: " + std::string(text));
    return n;
}

void read_chunks(wire& from, message& out)
{
    for(;;)
    {
        auto const line = from.read_until("\r\n");
        auto const size = number(std::string_view(line).substr(0, line.find_first_of(";\r")), 16);
        if(size == 0)
            break;
        out.body += from.read_exactly(size);
        if(from.read_exactly(2) != "\r\n")
            throw broken_wire("junk after a chunk");
    }
    for(auto line = from.read_until("\r\n"); line != "\r\n"; line = from.read_until("\r\n"))
        out.trailers += line;
}

void read_body(wire& from, message& out, bool until_close)
{
    if(out.count("Transfer-Encoding") + out.count("Content-Length") > 1)
        throw broken_wire("ambiguous framing");
    try
    {
        if(out.has("Transfer-Encoding"))
        {
            if(!same(out.value("Transfer-Encoding"), "chunked"))
                throw broken_wire("unknown transfer coding");
            out.chunked = true;
            read_chunks(from, out);
        }
        else if(out.has("Content-Length"))
            out.body = from.read_exactly(number(out.value("Content-Length"), 10));
        else if(until_close)
        {
            out.body = from.read_all();
            out.complete = !from.was_reset();
        }
    }
    catch(broken_wire const& e)
    {
        if(!std::string_view(e.what()).starts_with("the connection ended"))
            throw;
        out.complete = false;
        if(!out.chunked)
            out.body = from.read_all();
    }
    out.reset = from.was_reset();
}
} // namespace

unsigned message::count(std::string_view name) const
{
    return static_cast<unsigned>(
        std::count_if(fields.begin(), fields.end(), [&](auto const& f) { return same(f.first, name); }));
}

std::string message::value(std::string_view name) const
{
    std::string out;
    for(auto const& [n, v] : fields)
        if(same(n, name))
            out += out.empty() ? v : ", " + v;
    return out;
}

message parse_head(std::string const& head)
{
    message out;
    std::size_t at = 0;
    for(std::size_t end = 0; (end = head.find("\r\n", at)) != at; at = end + 2)
    {
        if(end == std::string::npos)
            throw broken_wire("unfinished head: " + head);
        auto const line = head.substr(at, end - at);
        if(at == 0)
            read_start_line(line, out);
        else
            read_field(line, out);
    }
    return out;
}

message read_request_head(wire& from)
{
    auto out = parse_head(from.read_until("\r\n\r\n"));
    if(out.method.empty())
        throw broken_wire("not a request: " + out.start_line);
    return out;
}

message read_request(wire& from)
{
    auto out = read_request_head(from);
    read_body(from, out, false);
    return out;
}

message read_response_head(wire& from)
{
    auto out = parse_head(from.read_until("\r\n\r\n"));
    if(out.status == 0)
        throw broken_wire("not a response: " + out.start_line);
    return out;
}

message read_response(wire& from, std::string_view method)
{
    auto out = read_response_head(from);
    if(out.status >= 200 && out.status != 204 && out.status != 304 && method != "HEAD")
        read_body(from, out, true);
    return out;
}

std::string response(std::string const& status, std::string const& body, std::string const& fields)
{
    return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

std::string chunk(std::string_view data)
{
    char size[20];
    auto const n = std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    return std::string(size, static_cast<std::size_t>(n)).append(data).append("\r\n");
}

} // namespace errata::test
