#pragma once

#include "problem/document.hpp"
#include "problem/recognize.hpp"
#include "problem/recognized.hpp"

#include <string_view>

namespace errata
{

/// The upstream's own id of the request, from the field that names it best; empty when there is none.
[[nodiscard]] std::string_view request_id_of(field_list fields);

/// May `request_id_of` take the request's id from this field?
[[nodiscard]] bool is_request_id_field(field const& f);

/// Recognises the OAuth shapes (RFC 6749 5.2, RFC 6750 3, RFC 9449 7.1): `error` beside `error_description` or
/// `error_uri`, a Bearer or DPoP challenge with an `error`, or a registered code with 400, 401 or 403. Fills the OAuth
/// members and, where nothing better was found, code and detail.
void read_oauth(document const& doc, answer_facts const& head, arena& memory, recognized& out);

/// Takes a code that is only in the head (AWS's x-amzn-ErrorType, Azure's x-ms-error-code).
void read_code_field(field_list fields, arena& memory, recognized& out);

} // namespace errata
