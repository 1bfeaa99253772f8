#pragma once

#include "proxy/request_id.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace errata
{

/// The ids in a W3C traceparent field.
struct trace_context
{
    std::string_view trace_id, span_id;
};

/// Nothing when the field is not valid (W3C Trace Context 3.2.2).
[[nodiscard]] std::optional<trace_context> parse_traceparent(std::string_view value) noexcept;

/// A new trace: the text of its traceparent field, and views into it.
class started_trace
{
public:
    /// `sampled`: services behind the gateway that leave the decision to their caller record it.
    trace_context start(id_source& ids, bool sampled) noexcept;
    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

private:
    std::array<char, 55> text_;
};

} // namespace errata
