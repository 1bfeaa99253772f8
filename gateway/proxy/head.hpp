#pragma once

#include "problem/failure.hpp"
#include "problem/field.hpp"
#include "proxy/field_id.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace errata
{

/// How the content of a message is delimited (RFC 9112 section 6).
enum class framing : std::uint8_t
{
    none,
    length,
    chunked,
    until_close
};

/// What start line and fields say, as plain values.
struct head_facts
{
    unsigned minor = 1; ///< HTTP/1.x
    bool request = true;
    std::string_view method, target; ///< requests
    unsigned status = 0;             ///< responses
    std::string_view reason;
    field_set presence; ///< ids that occur
    framing body = framing::none;
    std::uint64_t content_length = 0; ///< for framing::length
    bool keep_alive = true;           ///< RFC 9112 9.3, from version and Connection
    bool expect_continue = false;     ///< Expect: 100-continue in an HTTP/1.1 request with content
    bool upgrade = false;             ///< Upgrade and Connection: upgrade in HTTP/1.1, not h2c
    std::string_view upgrade_protocol;
    std::string_view host;           ///< request: authority that routes (absolute-form wins over Host), without port
    std::string_view authority;      ///< the same with port, as forwarded in Host
    std::string_view path_and_query; ///< request: origin-form of the target ("*" for OPTIONS *, empty for CONNECT)
};

/// A head in place: start line and fields as views into the read buffer, valid until the exchange ends. No own storage
/// but the index, whose capacity is reused. Filled by the parsers below; `problem` and `routing` see `fields` as a
/// field_list.
struct head : head_facts
{
    std::vector<field> fields;
    std::vector<field_id> ids;               ///< parallel to fields
    std::vector<std::string_view> nominated; ///< options listed in Connection, except fields that it cannot take away
    std::string rebuilt_target;              ///< backs path_and_query for http://host?query, where "/" is missing

    [[nodiscard]] bool has(field_id id) const noexcept { return presence.has(id); }
    [[nodiscard]] std::string_view value(field_id id) const noexcept; ///< first of that id; empty when absent
    /// By id, or nominated by Connection.
    [[nodiscard]] bool is_hop_by_hop(std::size_t i) const noexcept
    {
        return (is_connection_specific(ids[i]) || !nominated.empty()) && ends_here(i);
    }
    void clear() noexcept;

private:
    [[nodiscard]] bool ends_here(std::size_t i) const noexcept;
};

struct head_limits
{
    std::size_t bytes = 64 * 1024;
    std::size_t target = 8 * 1024;
    unsigned fields = 100;
};

enum class parse_status : std::uint8_t
{
    complete,
    need_more,
    failed
};

struct parse_result
{
    parse_status status = parse_status::need_more;
    std::size_t consumed = 0;                 ///< bytes of the head, when complete
    failure why = failure::malformed_request; ///< when failed
    std::string_view detail;                  ///< static text for log and client
};

/// Remembers how far a head that comes in pieces has been looked at, so that a drip of bytes costs no more than one
/// look at each.
class head_scanner
{
public:
    /// Looks at what it has not seen yet of `bytes`, which begin with the start line. True when parsing is worth while:
    /// the head is complete, or a byte cannot be in one.
    bool scan(std::string_view bytes) noexcept;

    [[nodiscard]] bool fresh() const noexcept { return at_ == 0; }
    [[nodiscard]] std::size_t first_line() const noexcept { return first_line_; } ///< its end, 0 until it is complete
    void reset() noexcept { *this = {}; }

private:
    std::size_t at_ = 0;
    std::size_t line_ = 0;
    std::size_t first_line_ = 0;
};

/// Parses a request head at the start of `bytes` (complete head or need_more; one leading empty line is skipped, RFC
/// 9112 2.2). Strict: everything that two parsers could read differently fails, as early as it can be seen. Cheap to
/// call again with more bytes: remembers how far it has looked. The bytes may move in memory between calls.
///
/// Not built on Beast's basic_parser: that takes 3,700 instructions to index a head with six fields, this takes 2,800
/// with every check done, and HTTP/1.2, early refusal, white space and lists in framing fields would need a second
/// parser around it anyway. The fuzz targets hold Beast against it: what passes here reads the same there.
class request_parser
{
public:
    parse_result parse(std::string_view bytes, head_limits const& limits, head& out);
    void reset() noexcept { *this = {}; }

private:
    parse_result incomplete(std::string_view bytes, head_limits const& limits, head& out);

    head_scanner scanner_;
    bool start_line_seen_ = false;
};

/// The same for an upstream's answer to `method` (HEAD has no content; CONNECT is never sent).
class response_parser
{
public:
    parse_result parse(std::string_view bytes, head_limits const& limits, std::string_view method, head& out);
    void reset() noexcept { *this = {}; }

private:
    parse_result incomplete(std::string_view bytes, head_limits const& limits, head& out);

    head_scanner scanner_;
    bool start_line_seen_ = false;
};

} // namespace errata
