#include "problem/decode.hpp"

#include "require.hpp"

using namespace errata;

/// The first line is the Content-Encoding, the rest the body.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto body = as_text(data, size);
    auto const coding = first_line(body);
    constexpr std::size_t limit = 4096;
    arena memory;
    std::string_view prefix;
    auto const decoded = decode_content(body, coding, limit, memory, &prefix);

    REQUIRE(prefix.size() <= limit);
    REQUIRE(!decoded || decoded->size() <= limit || decoded->data() == body.data());
    REQUIRE(!decoded || prefix.empty());
    return 0;
}
