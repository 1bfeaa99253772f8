// How addresses, URLs, status ranges and field values are written in the configuration.
#include "routing/settings.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>

namespace errata
{
namespace
{
bool is_address_letter(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.' ||
           c == '%';
}

bool is_host_letter(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
           c == '_';
}

bool all_of(std::string_view text, bool (*good)(char) noexcept) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), good);
}

/// Splits "host:port" or "[v6]:port"; port is left alone where there is none.
bool split_authority(std::string_view text, std::string& host, std::optional<std::uint16_t>& port)
{
    std::string_view name = text, rest;
    if(text.starts_with('['))
    {
        auto const close = text.find(']');
        if(close == std::string_view::npos)
            return false;
        name = text.substr(1, close - 1);
        rest = text.substr(close + 1);
        if(!all_of(name, is_address_letter) || name.find(':') == std::string_view::npos)
            return false;
    }
    else if(auto const colon = text.find(':'); colon != std::string_view::npos)
    {
        name = text.substr(0, colon);
        rest = text.substr(colon);
    }
    host = name;
    if(rest.empty())
        return true;
    auto const number = parse_number(rest.substr(1));
    if(rest.front() != ':' || !number || *number > 65'535)
        return false;
    port = static_cast<std::uint16_t>(*number);
    return true;
}
} // namespace

bool parse_address(std::string_view text, std::string& host, std::uint16_t& port)
{
    if(text.starts_with("unix:"))
    {
        host = text;
        return text.size() > 6 && text.size() < 108 + 5 && text[5] == '/'; // sun_path holds 108 bytes
    }
    std::optional<std::uint16_t> found;
    auto const all = text.starts_with(':') ? "0.0.0.0" + std::string{text} : std::string{text};
    auto const literal = all.starts_with("localhost:") ? "127.0.0.1" + all.substr(9) : all;
    if(!split_authority(literal, host, found) || !found)
        return false;
    port = *found;
    return all_of(host, is_address_letter) &&
           (host.find('.') != std::string::npos || host.find(':') != std::string::npos);
}

std::optional<endpoint_config> parse_endpoint(std::string_view url)
{
    endpoint_config out;
    out.url = url;
    if(url.starts_with("unix:"))
    {
        out.unix_path = url.starts_with("unix://") ? url.substr(7) : url.substr(5);
        if(out.unix_path.size() < 2 || out.unix_path.size() >= 108 || out.unix_path.front() != '/')
            return std::nullopt;
        return out;
    }
    if(url.starts_with("https://"))
        out.tls = true;
    else if(!url.starts_with("http://"))
        return std::nullopt;
    auto authority = url.substr(out.tls ? 8 : 7);
    if(authority.ends_with('/'))
        authority.remove_suffix(1);
    std::optional<std::uint16_t> port;
    if(!split_authority(authority, out.host, port) || port == 0)
        return std::nullopt;
    if(!all_of(out.host, is_host_letter) && out.host.find(':') == std::string::npos)
        return std::nullopt;
    if(out.host.size() > 253)
        return std::nullopt;
    out.port = port.value_or(out.tls ? 443 : 80);
    return out;
}

bool parse_statuses(std::string_view text, std::vector<unsigned>& into)
{
    unsigned first = 0, last = 0;
    if(text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5')
    {
        first = static_cast<unsigned>(text[0] - '0') * 100;
        last = first + 99;
    }
    else
    {
        auto const dash = text.find('-');
        auto const from = parse_number(text.substr(0, dash));
        auto const to = dash == std::string_view::npos ? from : parse_number(text.substr(dash + 1));
        if(!from || !to || *from < 100 || *to > 599 || *from > *to)
            return false;
        first = static_cast<unsigned>(*from);
        last = static_cast<unsigned>(*to);
    }
    for(auto status = first; status <= last; ++status)
        into.push_back(status);
    return true;
}

std::string objection_to_pem(std::string_view file)
{
    errno = 0;
    std::ifstream in{std::string(file), std::ios::binary};
    std::string start(65'536, '\0');
    in.read(start.data(), static_cast<std::streamsize>(start.size()));
    if(in.gcount() <= 0)
        return fmt::format("a PEM file that can be read ({})", errno ? std::strerror(errno) : "it is empty");
    return start.find("-----BEGIN ") == std::string::npos ? "a PEM file, with -----BEGIN in it" : "";
}

bool is_field_value(std::string_view text) noexcept
{
    return std::none_of(text.begin(), text.end(),
                        [](char c)
                        {
                            auto const u = static_cast<unsigned char>(c);
                            return (u < 0x20 && c != '\t') || u == 0x7f;
                        });
}

value_shape status_list_shape()
{
    return {.type = value_shape::kind::list,
            .parts = {{.type = value_shape::kind::text, .note = "a status such as 503, 502-504 or 5xx"}}};
}

void read_statuses(std::vector<unsigned>& into, yaml_node const& node, reader& in)
{
    into.clear();
    read_list(node,
              [&](yaml_node const& each)
              {
                  auto const text = in.text(each);
                  if(text && !parse_statuses(*text, into))
                      in.wrong(each, in.shown(each) + " is no status", "a status such as 503, 502-504 or 5xx");
              });
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
}

} // namespace errata
