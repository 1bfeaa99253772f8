#pragma once

#include "problem/document_builder.hpp"

namespace errata
{

/// Reads `text` (UTF-8) as JSON into `out` and returns true, or leaves `out` empty and returns false when it is none.
///
/// What parses is taken as it stands: every `source` is a slice of `text`. What does not is repaired once into `memory`
/// (see json_repair.hpp) and read again; what then breaks off keeps the members read so far and counts as cut, provided
/// that there are some: `[error] no such file` is a line of text. Bytes after a complete object or array are tolerated
/// (JSON lines, a page glued on behind); a bare string, number or literal must be all there is.
/// `labelled`: the media type says JSON, so that a torn array is believed.
[[nodiscard]] bool read_json(std::string_view text, bool labelled, document_builder& out, arena& memory);

/// Where JSON starts behind white space, an anti-hijacking prefix (`)]}'`, `while(1);`, `for(;;);`), a JSONP callback
/// or an event-stream `data:`; `text` itself, white space skipped, when there is none of these.
[[nodiscard]] std::string_view skip_json_prefix(std::string_view text) noexcept;

} // namespace errata
