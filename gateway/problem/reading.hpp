#pragma once

#include "problem/normalize.hpp"

namespace errata
{

/// What happened while an upstream's body was read.
struct reading
{
    std::string_view trouble; ///< RFC 9209 token when the body could not be read, or not whole
    unsigned leaks = 0;       ///< found in the texts that were recognised
};

/// Decodes, parses, recognises and guards an upstream's body: fills `work.doc` and `work.found`. What may not be shown
/// is out of every text of `work.found` afterwards; the document still holds it.
reading read_error(upstream_answer const& reply, error_policy const& errors, workspace& work);

/// Only decodes and parses, for bodies that may be no error.
reading read_body(upstream_answer const& reply, error_policy const& errors, workspace& work);

/// Recognises and guards what `read_body` read; `status` is what recognition is told.
unsigned recognize_body(upstream_answer const& reply, unsigned status, error_policy const& errors, workspace& work);

} // namespace errata
