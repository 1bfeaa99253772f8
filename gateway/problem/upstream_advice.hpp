#pragma once

#include "problem/normalize.hpp"

namespace errata
{

/// The retry decision on an upstream's own error.
[[nodiscard]] retry_advice advise_on_upstream(unsigned status, hints const& read, request_facts const& request,
                                              retry_policy const& retry, double random);

/// True for statuses that no upstream may send to our client: outside 100..599 (RFC 9110 15), and 407, which concerns
/// our own hop (RFC 9110 15.5.8).
[[nodiscard]] bool is_gateways_own(unsigned status) noexcept;
[[nodiscard]] failure_report own_failure_for(unsigned status) noexcept;

/// The answer as it came.
[[nodiscard]] answer untouched(upstream_answer const& reply);

} // namespace errata
