#include "against_beast.hpp"

#include <string>

using namespace errata;

namespace
{
std::string written(head const& h)
{
    auto out = std::string{h.method} + ' ' + std::string{h.target} + (h.minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for(auto const& f : h.fields)
        out.append(f.name).append(": ").append(f.value).append("\r\n");
    return out + "\r\n";
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const bytes{reinterpret_cast<char const*>(data), size};
    head whole;
    auto const result = request_parser{}.parse(bytes, {}, whole);
    require(result.consumed <= size);

    request_parser piecewise;
    head pieces;
    parse_result last;
    for(std::size_t n = 1; n <= size && last.status == parse_status::need_more; n += 1 + n / 16)
        last = piecewise.parse(bytes.substr(0, n), {}, pieces);
    if(last.status == parse_status::need_more)
        last = piecewise.parse(bytes, {}, pieces);
    // A head that will fail may be known to do so earlier in one piece than in many; a good one is good either way.
    require((last.status == parse_status::complete) == (result.status == parse_status::complete));
    require(last.consumed == result.consumed);

    if(result.status != parse_status::complete)
        return 0;
    require(whole.ids.size() == whole.fields.size());
    require(whole.body == framing::none ||
            whole.has(field_id::content_length) != whole.has(field_id::transfer_encoding));
    auto const head_bytes = bytes.substr(0, result.consumed);
    agree_with_beast<true>(head_bytes.substr(head_bytes[0] == '\r' ? 2 : 0), whole);

    head again;
    auto const rewritten = written(whole);
    require(request_parser{}.parse(rewritten, {1 << 20, 8192, 100}, again).status == parse_status::complete);
    require(again.fields == whole.fields && again.body == whole.body && again.authority == whole.authority);
    return 0;
}
