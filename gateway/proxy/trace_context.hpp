#pragma once

#include <optional>
#include <string_view>

namespace errata
{

/// The ids in a W3C traceparent field. The gateway passes the field on and starts no trace of its own: a new one would
/// have to say "not sampled", and services behind it that leave the decision to their caller would record nothing.
struct trace_context
{
    std::string_view trace_id, span_id;
};

/// Nothing when the field is not valid (W3C Trace Context 3.2.2).
[[nodiscard]] std::optional<trace_context> parse_traceparent(std::string_view value) noexcept;

} // namespace errata
