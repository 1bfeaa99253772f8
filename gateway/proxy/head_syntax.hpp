#pragma once

// The grammar that request and response heads share (RFC 9110 section 5, RFC 9112 sections 5 to 7). Internal to the
// parsers.

#include "proxy/head.hpp"

#include <optional>
#include <string_view>

namespace errata::syntax
{

/// Why a head cannot be accepted.
struct defect
{
    failure why;
    std::string_view detail;
};
using maybe_defect = std::optional<defect>;

[[nodiscard]] bool is_token_char(char c) noexcept;
[[nodiscard]] bool is_digit(char c) noexcept;

/// Takes members of a comma-separated list off its front, without white space; empty members are skipped (RFC
/// 9110 5.6.1). Empty when there are no more.
[[nodiscard]] std::string_view next_member(std::string_view& list) noexcept;

/// "HTTP/" DIGIT "." DIGIT (RFC 9112 2.3).
struct http_version
{
    unsigned major = 0;
    unsigned minor = 0;
};
[[nodiscard]] std::optional<http_version> read_version(std::string_view s) noexcept;

/// How far the lines at hand go.
enum class line_status : std::uint8_t
{
    complete,
    need_more,
    bad
};

/// Where the CRLF of a line is, searched from `at`. Any other control character but a tab is bad.
struct line_end
{
    line_status status;
    std::size_t at;
};
inline constexpr std::string_view not_a_line = "a control character or a line that does not end in CRLF";
[[nodiscard]] line_end find_line_end(std::string_view bytes, std::size_t at) noexcept;

/// Reads one field line without its CRLF; nothing when it is not one (RFC 9112 5). Its value is not searched for
/// control characters.
[[nodiscard]] std::optional<field> read_field_line(std::string_view line) noexcept;

/// Fills fields, ids and presence from the lines that begin at `at`, up to the empty line.
struct field_section
{
    line_status status;
    std::size_t end = 0;   ///< behind the empty line, when complete
    bool too_many = false; ///< why it is bad
    std::string_view detail = {};
};
[[nodiscard]] field_section index_fields(std::string_view bytes, std::size_t at, unsigned limit, head& out);

/// Fills keep_alive, nominated, upgrade and upgrade_protocol (RFC 9110 7.6.1, 7.8, RFC 9112 9.3).
void read_connection(head& out);

/// What Content-Length and Transfer-Encoding say together (RFC 9112 6.3), before the kind of message is considered.
enum class declared : std::uint8_t
{
    nothing,
    length,
    chunked,
    bad_length,    ///< not one decimal number, or several
    both,          ///< Content-Length and Transfer-Encoding
    coding_in_1_0, ///< Transfer-Encoding in an HTTP/1.0 message
    bad_coding,    ///< not a list of codings with chunked once, at the end, without parameters
    other_coding,  ///< well-formed, ends in chunked, but there are others before it
    no_chunked,    ///< well-formed, without chunked
};
[[nodiscard]] declared read_framing(head& out);

} // namespace errata::syntax
