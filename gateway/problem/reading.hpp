#pragma once

#include "problem/document.hpp"
#include "problem/policy.hpp"
#include "problem/recognized.hpp"

namespace errata
{

/// An upstream's answer: final head without hop-by-hop fields, body without transfer coding.
struct upstream_answer
{
    unsigned status = 0;
    field_list fields;
    std::string_view body;
    bool complete = true;     ///< false: cut off, over the cap or too slow (`trouble` says which)
    std::string_view trouble; ///< RFC 9209 token for an incomplete body
};

/// What of an upstream's context the canonical members do not hold.
struct rest_of_error
{
    bool found = false;
    unsigned leaks = 0;       ///< what was left out because it may not be shown
    std::string_view details; ///< JSON; empty: nothing
    std::string written;      ///< where `details` may lie
};

/// What an upstream's error says, and what that lies in. Views point into it and into the answer. Depends on nothing
/// but the answer and the policy, so that one reading does for all answers alike (known_errors.hpp).
struct reading
{
    arena memory;
    document doc;
    recognized found;
    std::string_view trouble; ///< RFC 9209 token when the body could not be read, or not whole
    unsigned leaks = 0;       ///< found in the texts that were recognised
    bool canonical = false;   ///< one of us has written it
    rest_of_error rest;       ///< where no rule has a say; for whoever needs it first to find
};

/// Decodes, parses, recognises and guards an upstream's body. What may not be shown is out of every text of
/// `out.found` afterwards; the document still holds it.
void read_error(upstream_answer const& reply, error_policy const& errors, reading& out);

/// Only decodes and parses, for bodies that may be no error.
void read_body(upstream_answer const& reply, error_policy const& errors, reading& out);

/// Recognises and guards what `read_body` read; `status` is what recognition is told.
void recognize_body(upstream_answer const& reply, unsigned status, error_policy const& errors, reading& out);

} // namespace errata
