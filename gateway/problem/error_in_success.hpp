#pragma once

#include "problem/document.hpp"
#include "problem/recognized.hpp"

namespace errata
{

/// Does the body of an answer with a success status say that it failed? An `error` that is not empty, `ok: false`, a
/// SOAP or XML-RPC fault, a status of failure, errors without data.
[[nodiscard]] bool says_error(document const& doc, recognized const& found);

} // namespace errata
