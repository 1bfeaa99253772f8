#include "problem/answer_fields.hpp"
#include "problem/negotiation.hpp"
#include "problem/normalize.hpp"
#include "problem/render.hpp"
#include "problem/status.hpp"

#include <algorithm>

namespace errata
{
namespace
{
/// What the row says holds for one try; the caller's knowledge may soften it (a deadline that struck while connecting)
/// and, after several tries, the worst of them counts.
execution worst_execution(failure_trait const& row, request_facts const& request) noexcept
{
    return request.tries > 1 ? std::max(row.acted, request.acted) : std::min(row.acted, request.acted);
}

retry_advice advise_on(failure_report const& report, unsigned status, request_facts const& request,
                       retry_policy const& retry, double random)
{
    return advise({.status = status,
                   .cause = report.what,
                   .idempotent = is_idempotent(request.method),
                   .idempotency_key = find(request.fields, "Idempotency-Key") != nullptr,
                   .acted = worst_execution(trait(report.what), request),
                   .failures = failures_reported(request.fields, retry),
                   .upstream = {},
                   .known_wait = report.known_wait,
                   .random = random},
                  retry);
}

problem problem_of(failure_report const& report, answer const& out, request_facts const& request,
                   error_policy const& errors, arena& memory)
{
    problem p;
    p.type = type_of(errors.type_base, out.code, memory);
    p.title = title_of(out.status);
    p.status = out.status;
    p.detail = report.detail.empty() ? trait(report.what).detail : report.detail;
    p.instance = instance_of(request.request_id, memory);
    p.code = out.code;
    p.request_id = request.request_id;
    p.trace_id = request.trace_id;
    p.retry = out.retry;
    p.tries = request.tries;
    return p;
}

/// RFC 9209 2.3: what the error type says more about; the report's own word goes before.
std::string_view parameters_of(failure_report const& report, answer const& out, arena& memory)
{
    if(!report.proxy_status_extra.empty() || trait(report.what).token != "http_request_error")
        return report.proxy_status_extra;
    return memory.keep("status-code=" + std::to_string(out.status));
}

void add_fields(failure_report const& report, answer const& out, problem const& p, representation const& form,
                request_facts const& request, retry_policy const& retry, identity const& self, workspace& work)
{
    auto& fields = work.fields;
    fields.push_back({"Content-Type", media_type(form.plain_json)});
    fields.push_back({"Content-Length", decimal(static_cast<long long>(work.body.size()), work.memory)});
    fields.push_back({"Cache-Control", "no-store"});
    add_retry_fields(out.retry, retry.flag != retry_flag::off, fields, work.memory);
    if(retry.rate_limit_fields && out.status == 429 && out.retry.after)
        add_rate_limit(*out.retry.after, out.retry, fields, work.memory);
    // RFC 9110 15.5.6: a 405 must carry Allow, even an empty one.
    if(out.status == 405 || !report.allow.empty())
        fields.push_back({"Allow", report.allow});
    if(form.varies)
        fields.push_back({"Vary", "Accept"});
    if(self.proxy_status)
        fields.push_back(
            {"Proxy-Status", proxy_status_value({.error = trait(report.what).token,
                                                 .extra = parameters_of(report, out, work.memory),
                                                 .received_status = report.received_status,
                                                 .details = self.proxy_status_details ? p.detail : std::string_view{}},
                                                self, work.memory)});
    if(!request.request_id.empty())
        fields.push_back({"X-Request-Id", request.request_id});
}
} // namespace

answer answer_failure(failure_report const& what, request_facts const& request, error_policy const& errors,
                      retry_policy const& retry, identity const& self, wall_clock::time_point, double random,
                      workspace& work)
{
    work.clear();
    auto const& row = trait(what.what);
    answer out;
    out.cause = what.what;
    out.status = what.status ? what.status : row.status ? row.status : 502;
    out.code = row.code.empty() ? default_code(out.status) : row.code;
    out.retry = advise_on(what, out.status, request, retry, random);
    out.rewritten = true;

    auto const p = problem_of(what, out, request, errors, work.memory);
    auto const form = negotiate(errors, request.fields);
    render(p, errors, work.body);
    add_fields(what, out, p, form, request, retry, self, work);
    out.fields = work.fields;
    if(request.method != "HEAD")
        out.body = work.body;
    return out;
}

void workspace::clear()
{
    read = nullptr;
    rest.found = false;
    memory.release();
    fields.clear();
    body.clear();
}

} // namespace errata
