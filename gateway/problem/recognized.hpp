#pragma once

#include "problem/document.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace errata
{

/// Where a field error's field lives in the request.
enum class field_location : std::uint8_t
{
    content,
    query,
    path,
    header,
    cookie,
    unknown
};

/// One field error as the upstream told it. Empty views mean "not given".
struct field_error
{
    std::string_view field; ///< path as dotted text ("items.0.sku"), without a leading body/query/... location
    field_location in = field_location::content;
    std::string_view detail;      ///< the sentence
    std::string_view code;        ///< textual form of the code
    std::string_view code_source; ///< the code as JSON text ("\"BLANK\"" or "42"); empty when there is none

    friend bool operator==(field_error const&, field_error const&) = default;
};

/// What a duration found in a body is measured in.
enum class hint_unit : std::uint8_t
{
    seconds,
    milliseconds,
    duration_text,
    epoch,
    date_text,
    unknown
};

/// A retry hint found in the body, as written; the retry decision interprets it.
struct body_hint
{
    std::string_view text;
    hint_unit unit = hint_unit::unknown;
    bool declared = false; ///< the dialect declares the unit (a guessed unit never lengthens a wait)
};

/// What recognition took out of an upstream's error. All views point into the document, its arena or static text.
/// Nothing here has passed the leak guard yet.
struct recognized
{
    std::string_view dialect;        ///< name of the dialect, "generic" or "none"
    std::string_view dialect_at;     ///< file:line:column of a dialect of the user's own
    unsigned confidence = 0;         ///< percent
    std::string_view detail;         ///< the one sentence; empty when upstream gave none
    std::string_view title;          ///< RFC 9457 title or an equivalent short heading
    std::string_view type;           ///< RFC 9457 type URI
    std::string_view instance;       ///< RFC 9457 instance
    std::string_view code;           ///< textual form of the most specific code
    std::string_view code_source;    ///< the same as JSON text, original type kept; empty when none
    std::string_view canonical_code; ///< the code as it goes out, from the guard
    std::string_view help;           ///< http(s) documentation link
    std::string_view request_id;     ///< from the body or a field of the head
    std::vector<field_error> errors;
    std::vector<body_hint> hints;
    std::string_view oauth_error, oauth_description, oauth_uri; ///< RFC 6749 5.2 members, when it is that shape
    bool problem_document = false;                              ///< the body already is an RFC 9457 problem
    bool is_error = true;                                       ///< false when nothing in a success body says error
    std::vector<document::index> consumed; ///< nodes that the members above stand for; the rest is `details`

    void clear();
};

} // namespace errata
