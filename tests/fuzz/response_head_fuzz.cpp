#include "against_beast.hpp"

using namespace errata;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const bytes{reinterpret_cast<char const*>(data), size};
    head whole;
    auto const result = response_parser{}.parse(bytes, {}, "GET", whole);
    require(result.consumed <= size);

    response_parser piecewise;
    head pieces;
    parse_result last;
    for(std::size_t n = 1; n <= size && last.status == parse_status::need_more; n += 1 + n / 16)
        last = piecewise.parse(bytes.substr(0, n), {}, "GET", pieces);
    if(last.status == parse_status::need_more)
        last = piecewise.parse(bytes, {}, "GET", pieces);
    // A head that will fail may be known to do so earlier in one piece than in many; a good one is good either way.
    require((last.status == parse_status::complete) == (result.status == parse_status::complete));
    require(last.consumed == result.consumed);

    if(result.status != parse_status::complete)
        return 0;
    require(whole.status >= 100 && whole.status <= 599);
    require(whole.ids.size() == whole.fields.size());
    agree_with_beast<false>(bytes.substr(0, result.consumed), whole);
    return 0;
}
