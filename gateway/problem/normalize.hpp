#pragma once

#include "problem/reading.hpp"

#include <optional>
#include <string>
#include <vector>

namespace errata
{

struct error_rule;
class known_errors;

/// What the core must know of the request whose answer is being written.
struct request_facts
{
    std::string_view method = "GET";
    std::string_view request_id;      ///< the gateway's
    std::string_view trace_id;        ///< of the trace that the request belongs to, if any
    field_list fields;                ///< the client's request fields (Accept, attempts, Idempotency-Key, Origin)
    unsigned tries = 1;               ///< how often the gateway tried
    execution acted = execution::yes; ///< worst over all attempts
};

/// Reused between answers: buffers keep their capacity. One per shard; not for concurrent use.
struct workspace
{
    reading fresh;                 ///< of an answer that is not known
    known_errors* known = nullptr; ///< null: every error is read anew
    reading const* read = nullptr; ///< of this answer, if its content was read
    recognized corrected;          ///< by a rule
    arena memory;
    std::vector<field> fields;
    std::string body;
    rest_of_error rest;              ///< of this answer, where a rule has a say
    std::vector<std::uint8_t> marks; ///< one per node of the document that was read
    void clear();
};

/// What the client gets, and what log and metrics want to know of it. Views live in the workspace or the inputs.
struct answer
{
    unsigned status = 0;
    field_list fields;          ///< complete end-to-end fields, Content-Type and Content-Length included where due
    std::string_view body;      ///< empty for HEAD
    bool rewritten = false;     ///< the body is ours
    bool would_rewrite = false; ///< mode observe: it would have been
    std::string_view instead;   ///< mode observe: by this body
    std::string_view code;      ///< canonical code
    std::string_view dialect, dialect_at; ///< its name, and where it stands if it is the user's own
    unsigned confidence = 0;
    unsigned leaks = 0;
    hints read;
    retry_advice retry;
    std::optional<failure> cause;
    error_rule const* rule = nullptr; ///< the one that was applied
    bool missing_challenge = false, missing_allow = false, unrecognised = false;
};

/// True when `normalize` rewrites the body of an answer with this head, or judges it in mode observe (an error that is
/// neither excluded by policy, range, stream, no-transform nor protocol). When false, `normalize_head` is enough.
[[nodiscard]] bool wants_body(unsigned status, field_list fields, std::string_view method, error_policy const& policy);

/// How many bytes of a success body `normalize` must see whole to judge it: a 202 whose JSON may hold a retry hint, or
/// a possible error inside success. 0: none. What turns out to be longer streams on untouched.
[[nodiscard]] std::size_t wants_peek(unsigned status, field_list fields, std::string_view method,
                                     error_policy const& policy);
inline constexpr std::size_t accepted_peek = 16 * 1024, success_peek = 64 * 1024;
inline constexpr std::chrono::milliseconds peek_deadline{100}; ///< how long to wait for these bytes

/// Upstream's error (or error inside success) to what the client gets. Never fails, keeps the status unless a rule says
/// otherwise.
[[nodiscard]] answer normalize(upstream_answer const& reply, request_facts const& request, error_policy const& errors,
                               retry_policy const& retry, identity const& self, wall_clock::time_point now,
                               double random, workspace& work);

/// For errors whose body is not touched: only the retry headers are put right.
[[nodiscard]] answer normalize_head(upstream_answer const& reply, request_facts const& request,
                                    error_policy const& errors, retry_policy const& retry, identity const& self,
                                    wall_clock::time_point now, double random, workspace& work);

/// Builds what is built on first use (dialects, leak patterns: tens of milliseconds), so that no client waits for it.
/// To be called once before serving.
void build_tables();

/// What a gateway's own failure adds to its row of the table.
struct failure_report
{
    failure what;
    std::optional<milliseconds> known_wait; ///< for hint_source::known_time
    std::string_view allow;                 ///< for 405
    unsigned status = 0;                    ///< overrides the row's (cooldown 429, retry_too_early)
    std::string_view proxy_status_extra;    ///< further parameters, e.g. "rcode=\"NXDOMAIN\""
    std::optional<unsigned> received_status;
    std::string_view detail; ///< replaces the row's sentence
};

/// The gateway's own failure to what the client gets, through the same model and rendering.
[[nodiscard]] answer answer_failure(failure_report const& what, request_facts const& request,
                                    error_policy const& errors, retry_policy const& retry, identity const& self,
                                    wall_clock::time_point now, double random, workspace& work);

} // namespace errata
