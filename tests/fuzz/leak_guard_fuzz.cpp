#include "problem/leak_guard.hpp"

#include "require.hpp"

using namespace errata;

/// The first byte says whether this is a server error.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if(size == 0)
        return 0;
    bool const server_error = data[0] % 2 == 0;
    auto const text = as_text(data + 1, size - 1);
    arena memory;
    auto const kept = guard(text, server_error, memory);

    REQUIRE(kept.text.size() <= text.size());
    REQUIRE((kept.removed > 0) == leaks(text, server_error));
    REQUIRE(kept.removed > 0 || (kept.text.data() == text.data() && kept.text.size() == text.size()));
    REQUIRE(!leaks(kept.text, server_error));
    (void)is_internal_name(text);
    return 0;
}
