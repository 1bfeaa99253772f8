#include "command/sample.hpp"

#include <boost/json.hpp>

#include <array>

namespace errata
{
namespace
{
namespace json = boost::json;

std::string_view trimmed(std::string_view s) noexcept
{
    while(!s.empty() && (s.front() == ' ' || s.front() == '\t'))
        s.remove_prefix(1);
    while(!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r'))
        s.remove_suffix(1);
    return s;
}

int base64_digit(char c) noexcept
{
    if(c >= 'A' && c <= 'Z')
        return c - 'A';
    if(c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if(c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/// RFC 4648 4 and 5; line breaks and padding are skipped.
std::string from_base64(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    unsigned bits = 0, held = 0;
    for(char const c : text)
    {
        auto const digit = base64_digit(c);
        if(digit < 0)
            continue;
        bits = (bits << 6) | static_cast<unsigned>(digit);
        if(held += 6; held >= 8)
        {
            held -= 8;
            bytes += static_cast<char>((bits >> held) & 0xff);
        }
    }
    return bytes;
}

std::string text_of(json::value const& v)
{
    return v.is_string() ? std::string{v.get_string()} : json::serialize(v);
}

void add_field(std::string_view name, json::value const& value, sample& out)
{
    if(is_hop_field(name) || value.is_null())
        return;
    if(auto const* const list = value.if_array())
        for(auto const& v : *list)
            out.fields.emplace_back(name, text_of(v));
    else
        out.fields.emplace_back(name, std::string{trimmed(text_of(value))});
}

void read_body(json::object const& line, sample& out)
{
    if(auto const* const encoded = line.if_contains("body_b64"); encoded && encoded->is_string())
        out.body = from_base64(encoded->get_string());
    else if(auto const* const body = line.if_contains("body"); body && !body->is_null())
        out.body = text_of(*body);
}
} // namespace

std::pair<std::string, std::string> split_field(std::string_view line)
{
    auto const colon = line.find(':');
    if(colon == std::string_view::npos || colon == 0)
        return {};
    return {std::string{trimmed(line.substr(0, colon))}, std::string{trimmed(line.substr(colon + 1))}};
}

bool is_hop_field(std::string_view name) noexcept
{
    constexpr std::array names{"Connection", "Keep-Alive", "Proxy-Connection",  "TE",
                               "Trailer",    "Upgrade",    "Transfer-Encoding", "Content-Length"};
    for(auto const* const n : names)
        if(iequals(name, n))
            return true;
    return false;
}

boost::system::result<sample, sample_mistake> read_sample(std::string_view text)
{
    boost::system::error_code ec;
    json::monotonic_resource memory;
    auto const parsed = json::parse(json::string_view{text.data(), text.size()}, ec, &memory);
    if(ec || !parsed.is_object())
        return sample_mistake{"not a JSON object"};
    auto const& line = parsed.get_object();
    sample out;
    if(auto const* const id = line.if_contains("id"))
        out.id = json::serialize(*id);
    auto const* const status = line.if_contains("status");
    if(!status || !status->is_number())
        return sample_mistake{"no status"};
    out.status = status->to_number<unsigned>(ec);
    if(ec)
        return sample_mistake{"the status is no whole number"};
    if(auto const* const fields = line.if_contains("headers"); fields && fields->is_object())
        for(auto const& f : fields->get_object())
            add_field({f.key().data(), f.key().size()}, f.value(), out);
    if(auto const* const method = line.if_contains("method"); method && method->is_string())
        out.method = std::string{method->get_string()};
    read_body(line, out);
    return out;
}

} // namespace errata
