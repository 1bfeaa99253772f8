#include "problem/answer_fields.hpp"
#include "problem/negotiation.hpp"
#include "problem/treatment.hpp"
#include "problem/upstream_advice.hpp"

namespace errata
{
namespace
{
/// The type that the GET answer would have, as far as the head tells.
std::string_view head_type(upstream_answer const& reply, representation const& form)
{
    auto const upstreams = value_of(reply.fields, "Content-Type");
    if(form.body == body_policy::compatible && (is_json_type(upstreams) || is_storage_error(reply.fields)))
        return upstreams;
    return media_type(form.plain_json);
}

/// RFC 9110 8.6: what the upstream says of the length of its own body is not true of the one that GET would bring.
void rewrite_head_of_head(upstream_answer const& reply, request_facts const& request, error_policy const& errors,
                          field_changes& changes, workspace& work)
{
    auto const form = negotiate(errors, request.fields);
    changes.new_body = true;
    changes.hide_internals = errors.exposed != expose::all;
    changes.vary_accept = form.varies;
    work.fields.push_back({"Content-Type", head_type(reply, form)});
}
} // namespace

answer untouched(upstream_answer const& reply)
{
    answer out;
    out.status = reply.status;
    out.fields = reply.fields;
    out.body = reply.body;
    return out;
}

answer normalize_head(upstream_answer const& reply, request_facts const& request, error_policy const& errors,
                      retry_policy const& retry, identity const& self, wall_clock::time_point now, double random,
                      workspace& work)
{
    work.clear();
    auto out = untouched(reply);
    if(errors.mode == error_mode::rewrite && is_gateways_own(reply.status))
        return answer_failure(own_failure_for(reply.status), request, errors, retry, self, now, random, work);
    auto const how = treatment_of(reply.status, reply.fields, request.method, errors);
    if(reply.status < 400 || how == treatment::none)
        return out;

    out.read = read_hints(reply.fields, {}, now);
    out.retry = advise_on_upstream(reply.status, out.read, request, retry, random);
    if(errors.mode == error_mode::observe)
        return out;
    field_changes changes;
    changes.status = reply.status;
    changes.retry = &out.retry;
    changes.flag = retry.flag;
    if(retry.rate_limit_fields)
        changes.quota_reset = out.read.quota_reset;
    changes.challenge = errors.challenge;
    changes.allow = errors.allow;
    changes.request_id = request.request_id;
    if(how == treatment::body && request.method == "HEAD")
        rewrite_head_of_head(reply, request, errors, changes, work);
    auto const findings = copy_fields(reply.fields, changes, work.fields, work.memory);
    out.missing_challenge = findings.missing_challenge;
    out.missing_allow = findings.missing_allow;
    if(changes.new_body)
        add_proxy_status({.error = {}, .extra = {}, .received_status = reply.status, .details = {}}, self, work.fields,
                         work.memory);
    out.rewritten = changes.new_body;
    out.fields = work.fields;
    return out;
}

} // namespace errata
