#include "problem/upstream_advice.hpp"

namespace errata
{

retry_advice advise_on_upstream(unsigned status, hints const& read, request_facts const& request,
                                retry_policy const& retry, double random)
{
    return advise({.status = status,
                   .cause = {},
                   .idempotent = is_idempotent(request.method),
                   .idempotency_key = find(request.fields, "Idempotency-Key") != nullptr,
                   .acted = request.acted,
                   .failures = failures_reported(request.fields, retry),
                   .upstream = read,
                   .known_wait = {},
                   .random = random},
                  retry);
}

bool is_gateways_own(unsigned status) noexcept
{
    return status < 100 || status > 599 || status == 407;
}

failure_report own_failure_for(unsigned status) noexcept
{
    failure_report report{};
    report.what = status == 407 ? failure::proxy_auth : failure::malformed_response;
    // RFC 9209 2.3.5: received-status is the status code that was received, and only 407 is one.
    if(status == 407)
        report.received_status = status;
    return report;
}

} // namespace errata
