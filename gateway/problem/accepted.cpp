#include "problem/accepted.hpp"

#include "problem/answer_fields.hpp"
#include "problem/reading.hpp"
#include "problem/upstream_advice.hpp"

namespace errata
{

answer accepted(upstream_answer const& reply, error_policy const& errors, wall_clock::time_point now, workspace& work)
{
    auto out = untouched(reply);
    if(!reply.complete || reply.body.size() > accepted_peek || find(reply.fields, "Retry-After"))
        return out;
    auto& read = work.fresh;
    read_body(reply, errors, read);
    if(!read.trouble.empty() || read.doc.cut())
        return out;
    auto const hint = read.doc.root().member("retry_after");
    if(!hint)
        return out;
    // What cannot be a wait is counted as one that nobody can read.
    auto const text = hint.is_container() ? std::string_view{} : hint.text();
    std::vector<body_hint> const body{{text, hint_unit::seconds, true}};
    out.read = read_hints({}, body, now);
    if(!out.read.wait)
        return out;
    retry_advice advice;
    advice.allowed = true;
    advice.after = out.read.wait;
    work.fields.assign(reply.fields.begin(), reply.fields.end());
    work.fields.push_back({"Retry-After", decimal(advice.seconds(), work.memory)});
    out.fields = work.fields;
    return out;
}

} // namespace errata
