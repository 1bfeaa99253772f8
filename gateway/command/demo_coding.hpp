#pragma once

#include <string>
#include <string_view>

namespace errata
{

// Content codings in the direction that the gateway itself never goes: the demo upstream sends encoded errors.

[[nodiscard]] std::string gzip(std::string_view text);
[[nodiscard]] std::string zstd(std::string_view text);
/// As one uncompressed meta-block (RFC 7932 9.2): at most 64 KiB.
[[nodiscard]] std::string brotli(std::string_view text);

} // namespace errata
