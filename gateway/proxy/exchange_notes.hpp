#pragma once

#include "problem/normalize.hpp"
#include "proxy/net.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace errata
{

/// What log and metrics want to know of an exchange and nobody else does: when it was where, how much it carried and,
/// on errors, what was told. Texts are copies, since an answer's memory serves other exchanges while it is being sent;
/// their capacity is reused.
struct exchange_notes
{
    steady_time first_asked{}; ///< begin of the first attempt
    steady_time asked{};       ///< begin of the last one
    steady_time headed{};      ///< when the head of the final answer, or the failure, was there
    bool in_pieces = false;    ///< the answer was not handed over in one go: time after its head is not ours
    std::uint64_t content_in = 0, content_out = 0;

    bool advised = false; ///< an answer of the core went out: the members below are set
    unsigned upstream_status = 0;
    unsigned leaks = 0;
    retry_advice retry;
    std::string code, dialect, upstream_request_id;
    std::string_view treatment; ///< of an upstream's error: rewritten, observed; empty: passed on
    std::string_view trouble;   ///< RFC 9209 error type of an upstream's body that could not be used

    void clear()
    {
        first_asked = asked = headed = {};
        in_pieces = advised = false;
        content_in = content_out = 0;
        upstream_status = leaks = 0;
        code.clear();
        dialect.clear();
        upstream_request_id.clear();
        treatment = trouble = {};
    }
};

} // namespace errata
