#pragma once

#include "problem/arena.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <string_view>

namespace errata
{

enum class decode_error
{
    unknown_coding,
    malformed,
    too_large
};

/// Undoes the content codings of a complete body (RFC 9110 8.4.1): gzip, x-gzip, deflate (zlib-wrapped and raw), br,
/// zstd, identity, stacked in any order up to four deep. `too_large` when any layer's output would pass `limit` bytes:
/// then `prefix`, if given, gets what had been decoded of the outermost layer so far, so that a page can still be read
/// from its start. The result lies in `memory`, or is `body` itself when there is nothing to undo.
[[nodiscard]] boost::system::result<std::string_view, decode_error> decode_content(std::string_view body,
                                                                                   std::string_view content_encoding,
                                                                                   std::size_t limit, arena& memory,
                                                                                   std::string_view* prefix = nullptr);

} // namespace errata
