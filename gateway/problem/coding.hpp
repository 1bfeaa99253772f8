#pragma once

#include "problem/arena.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace errata
{

/// Where a decoder writes: grows in `memory` by doubling, never past `limit` bytes.
class decoded_output
{
public:
    decoded_output(std::size_t first_size, std::size_t limit, arena& memory);

    /// Room for more bytes, growing when there is none; empty at the limit.
    [[nodiscard]] std::span<char> room();
    void wrote(std::size_t size) noexcept { size_ += size; }
    [[nodiscard]] std::string_view text() const noexcept { return {begin_, size_}; }

private:
    arena& memory_;
    std::size_t limit_, capacity_, size_ = 0;
    char* begin_;
};

/// How decoding one layer ended. All but `whole` leave in the output what had been decoded until then.
enum class coding_end : std::uint8_t
{
    whole,
    cut, ///< the input ended too early
    malformed,
    too_large
};

/// One content coding each (RFC 1952; RFC 1950 and 1951; RFC 7932; RFC 8878). Bytes behind a complete stream are
/// ignored.
[[nodiscard]] coding_end decode_gzip(std::string_view in, decoded_output& out);
[[nodiscard]] coding_end decode_deflate(std::string_view in, decoded_output& out);
[[nodiscard]] coding_end decode_brotli(std::string_view in, decoded_output& out);
[[nodiscard]] coding_end decode_zstd(std::string_view in, decoded_output& out);

} // namespace errata
