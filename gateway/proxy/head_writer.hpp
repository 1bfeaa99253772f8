#pragma once

#include "proxy/head.hpp"
#include "proxy/out_buffer.hpp"
#include "routing/snapshot.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace errata
{

/// What a request head upstream has beside the client's end-to-end fields.
struct request_edits
{
    std::string_view target;         ///< origin-form as it goes upstream
    std::string_view host;           ///< value of Host
    std::string_view via;            ///< our token in Via (RFC 9110 7.6.3)
    std::string_view client_address; ///< for X-Forwarded-For; empty: of a Unix socket
    std::string_view client_host;    ///< authority the client asked for, for X-Forwarded-Host
    bool client_tls = false;
    bool trusted = false; ///< the peer's own forwarding fields are kept and appended to
    std::string_view request_id;
    std::optional<unsigned> failed_requests; ///< replaces X-Failed-Requests
    bool stream_chunked = false;             ///< the content goes out chunked
    std::string_view max_forwards;           ///< decremented; empty: the client's field stays
    std::string_view upgrade;                ///< protocol to switch to; empty: none
    std::string_view subject_field, subject; ///< of the verified client certificate; empty: none was shown
    std::span<std::string const> withheld;   ///< names of fields that are never taken from a client
    std::string_view traceparent;            ///< of a trace that begins here: replaces the client's; empty: none
    field_edits const* edits = nullptr;
};

/// Writes the head for the upstream: always framed by us, hop-by-hop fields and what Connection nominates left out.
void write_request_head(head const& from, request_edits const& edits, out_buffer& out);

/// What an answer's head to the client has beside the upstream's end-to-end fields.
struct response_edits
{
    unsigned client_minor = 1;
    bool close = false;           ///< the connection ends with this answer
    bool chunked = false;         ///< we frame the content as chunked
    std::string_view request_id;  ///< added when upstream sent none
    std::string_view date;        ///< added when missing (RFC 9110 6.6.1)
    std::string_view upgrade;     ///< 101: the protocol
    field const* extra = nullptr; ///< one more field (Retry-After on a 202)
    field_edits const* edits = nullptr;
};

/// Writes an upstream's head for the client.
void write_response_head(head const& from, response_edits const& edits, out_buffer& out);

/// Writes an interim (1xx) head for the client.
void write_interim_head(head const& from, out_buffer& out);

/// Writes the head of an answer whose end-to-end fields are complete (from the core).
void write_answer_head(unsigned status, std::string_view reason, field_list fields, response_edits const& edits,
                       out_buffer& out);

} // namespace errata
