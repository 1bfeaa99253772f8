#include "problem/decode.hpp"

#include "problem/coding.hpp"
#include "problem/field.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace errata
{
namespace
{
using decoder = coding_end (*)(std::string_view, decoded_output&);

struct coding
{
    std::string_view name;
    decoder decode; ///< null: nothing to do
};

constexpr std::array codings{
    coding{"gzip", decode_gzip},
    coding{"x-gzip", decode_gzip},
    coding{"deflate", decode_deflate},
    coding{"br", decode_brotli},
    coding{"zstd", decode_zstd},
    coding{"identity", nullptr},
    // What applications put there by mistake, and every client reads as nothing.
    coding{"none", nullptr},
    coding{"utf-8", nullptr},
    coding{"utf8", nullptr},
};

constexpr std::size_t most_layers = 4;

struct layers
{
    std::array<decoder, most_layers> decode{};
    std::size_t count = 0;
};

std::optional<layers> parse(std::string_view content_encoding) noexcept
{
    layers found;
    while(!content_encoding.empty())
    {
        auto const name = trim(content_encoding.substr(0, content_encoding.find(',')));
        content_encoding.remove_prefix(std::min(content_encoding.size(), content_encoding.find(',')));
        content_encoding.remove_prefix(std::min<std::size_t>(content_encoding.size(), 1));
        if(name.empty())
            continue;
        auto const* const known =
            std::find_if(codings.begin(), codings.end(), [&](auto const& c) { return iequals(c.name, name); });
        if(known == codings.end() || (known->decode && found.count == most_layers))
            return std::nullopt;
        if(known->decode)
            found.decode[found.count++] = known->decode;
    }
    return found;
}

/// A label without the thing: somebody on the way has decoded the body and left the field. Compressed data of no coding
/// begins with an opening bracket and a readable byte, except perhaps brotli.
bool is_plain(std::string_view body, decoder decode) noexcept
{
    return decode != decode_brotli && decode != decode_deflate &&
           (body.front() == '{' || body.front() == '[' || body.front() == '<');
}

decode_error error_of(coding_end end) noexcept
{
    return end == coding_end::too_large ? decode_error::too_large : decode_error::malformed;
}
/// Compressed without saying so, or once more than said: a server that compresses in two places names it once.
std::string_view without_unnamed_gzip(std::string_view body, std::size_t limit, arena& memory)
{
    constexpr std::string_view gzip_with_deflate = "\x1F\x8B\x08";
    if(!body.starts_with(gzip_with_deflate))
        return body;
    decoded_output out{4 * body.size(), limit, memory};
    return decode_gzip(body, out) == coding_end::whole ? out.text() : body;
}
} // namespace

boost::system::result<std::string_view, decode_error> decode_content(std::string_view body,
                                                                     std::string_view content_encoding,
                                                                     std::size_t limit, arena& memory,
                                                                     std::string_view* prefix)
{
    auto const found = parse(content_encoding);
    if(!found)
        return decode_error::unknown_coding;
    auto worst = coding_end::whole;
    // The last coding of the list was applied last. What a broken layer gave is still worth decoding further.
    for(auto n = found->count; n > 0 && !body.empty(); --n)
    {
        auto const decode = found->decode[n - 1];
        if(is_plain(body, decode))
            continue;
        decoded_output out{4 * body.size(), limit, memory};
        auto const end = decode(body, out);
        worst = worst == coding_end::whole ? end : worst;
        body = out.text();
    }
    if(worst == coding_end::whole)
        return without_unnamed_gzip(body, limit, memory);
    if(prefix)
        *prefix = body;
    return error_of(worst);
}

} // namespace errata
