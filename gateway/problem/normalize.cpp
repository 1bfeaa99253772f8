#include "problem/normalize.hpp"

#include "problem/accepted.hpp"
#include "problem/answer_fields.hpp"
#include "problem/json_text.hpp"
#include "problem/known_errors.hpp"
#include "problem/media_type.hpp"
#include "problem/merge.hpp"
#include "problem/negotiation.hpp"
#include "problem/remainder.hpp"
#include "problem/render.hpp"
#include "problem/rules.hpp"
#include "problem/status.hpp"
#include "problem/success.hpp"
#include "problem/treatment.hpp"
#include "problem/upstream_advice.hpp"

#include <algorithm>

namespace errata
{
namespace
{
constexpr std::size_t details_limit = 32 * 1024;
constexpr std::size_t longest_upstream_code = 1024;

/// One upstream error on its way to the client: read, corrected by rules, judged, written.
class normalizer
{
public:
    normalizer(upstream_answer const& reply, request_facts const& request, error_policy const& errors,
               retry_policy const& retry, identity const& self, wall_clock::time_point now, double random,
               workspace& work) noexcept
        : reply_(reply), request_(request), errors_(errors), retry_(retry), self_(self), now_(now), random_(random),
          work_(work)
    {
    }

    /// An answer with an error status.
    answer error()
    {
        out_.status = reply_.status;
        if(work_.known)
            return conclude(work_.known->read(reply_, errors_, work_.fresh));
        read_error(reply_, errors_, work_.fresh);
        return conclude(work_.fresh);
    }

    /// A success that may hide an error: nothing is touched unless a condition holds.
    answer success()
    {
        if(!reply_.complete)
            return untouched(reply_);
        auto& read = work_.fresh;
        read_body(reply_, errors_, read);
        auto const* const rule = read.trouble.empty() ? errors_.success->match(read.doc) : nullptr;
        if(!rule && reply_.status == 202 && errors_.mode == error_mode::rewrite)
            return accepted(reply_, errors_, now_, work_);
        if(!rule)
            return untouched(reply_);
        // Recognised as an error of some status first: the table needs the code to say which.
        recognize_body(reply_, rule->status, errors_, read);
        out_.status = rule->status_for(read.found.code);
        recognize_body(reply_, out_.status, errors_, read);
        return conclude(read);
    }

private:
    answer const& conclude(reading& read)
    {
        work_.read = read_ = &read;
        found_ = &read.found;
        apply_rules();
        decide();
        write();
        return out_;
    }

    [[nodiscard]] document const& doc() const noexcept { return read_->doc; }

    void apply_rules()
    {
        if(!errors_.rules)
            return;
        auto const* const rule = errors_.rules->find(out_.status, reply_.fields, doc(), *found_, work_.memory);
        if(!rule)
            return;
        out_.rule = rule;
        set_ = &rule->set;
        out_.status = set_->status.value_or(out_.status);
        // What was read stays as it is: it may be the reading of the next answer, too.
        auto& found = work_.corrected;
        if(set_->scrub)
            found.clear();
        else
            found = *found_;
        found_ = &found;
        for(auto const& name : set_->drop)
            drop(name, found);
        if(set_->detail)
            found.detail = *set_->detail;
    }

    void drop(std::string_view name, recognized& found)
    {
        auto const root = doc().root();
        if(auto const node = name.starts_with('/') ? root.at(name) : root.member(name))
            removed_.push_back(node.id());
        if(name == "detail")
            found.detail = {};
        else if(name == "errors")
            found.errors.clear();
        else if(name == "help")
            found.help = {};
        else if(name == "upstream_request_id")
            found.request_id = {};
    }

    [[nodiscard]] bool dropped(std::string_view name) const noexcept
    {
        return set_ && std::ranges::find(set_->drop, name) != set_->drop.end();
    }

    void decide()
    {
        auto const& found = *found_;
        out_.read = read_hints(reply_.fields, found.hints, now_);
        out_.retry = advise_on_upstream(out_.status, out_.read, request_, retry_, random_);
        if(set_ && (set_->retry_allowed || set_->retry_after))
            overrule(out_.retry);
        out_.dialect = found.dialect;
        out_.dialect_at = found.dialect_at;
        out_.confidence = found.confidence;
        out_.unrecognised =
            doc().shape() != document::form::empty && (found.dialect.empty() || found.dialect == "none");
        if(!read_->trouble.empty())
            out_.cause = failure::body_not_decodable;
    }

    void overrule(retry_advice& advice) const
    {
        advice.allowed = set_->retry_allowed.value_or(true);
        advice.why = "a rule says so";
        advice.setting = {};
        advice.exhausted = advice.scheduled = advice.refused_as_unsafe = advice.zero = false;
        advice.source = hint_kind::policy_default;
        if(!advice.allowed)
            advice.after.reset();
        else if(set_->retry_after)
            advice.after = set_->retry_after;
        else if(!advice.after)
            advice.after = out_.read.wait.value_or(retry_.base);
    }

    // From here on: what goes out.

    void write()
    {
        auto form = negotiate(errors_, request_.fields);
        if(scrubbed())
            form.body = body_policy::canonical;
        merges_ = merges();
        auto const& rest = rest_of(form);
        auto const p = model(rest);
        out_.code = p.code;
        out_.leaks = read_->leaks + rest.leaks;
        auto const same = !write_body(p, form);
        if(errors_.mode == error_mode::observe)
            return observe(same);
        write_fields(p, form, same);
    }

    /// Where the content is not kept and no rule has a say, the reading alone decides what is left, so it is found
    /// once.
    rest_of_error const& rest_of(representation const& form)
    {
        auto const kept = form.body == body_policy::compatible || merges_;
        auto& rest = kept || set_ ? work_.rest : read_->rest;
        if(rest.found)
            return rest;
        auto const consumed = kept ? remainder::nodes{} : remainder::nodes{found_->consumed};
        remainder::exclusions out{guards(), out_.status >= 500 || reply_.status >= 500};
        if(!kept)
        {
            out.status = reply_.status;
            out.detail = found_->detail;
        }
        auto const& left = left_.emplace(doc(), consumed, removed_, out, work_.marks);
        rest.found = true;
        rest.leaks = left.leaks();
        rest.details = !kept && has_context() ? left.write(details_limit, rest.written) : std::string_view{};
        return rest;
    }

    void observe(bool same)
    {
        out_.would_rewrite = !same;
        out_.instead = work_.body;
        out_.status = reply_.status;
        out_.fields = reply_.fields;
        out_.body = reply_.body;
    }

    [[nodiscard]] bool scrubbed() const noexcept { return set_ && set_->scrub; }
    [[nodiscard]] bool guards() const noexcept { return errors_.exposed != expose::all; }

    /// The upstream's own RFC 9457 document, ours among them, is kept and completed.
    [[nodiscard]] bool merges() const noexcept
    {
        auto const& doc = read_->doc;
        return !scrubbed() && read_->trouble.empty() && errors_.exposed != expose::none &&
               doc.shape() == document::form::json && !doc.cut() && doc.root().is_object() &&
               errors_.render == rendering::problem && (found_->problem_document || read_->canonical);
    }

    problem model(rest_of_error const& rest)
    {
        auto const& found = *found_;
        problem p;
        p.status = out_.status;
        p.title = set_ && set_->title && !set_->title->empty() ? std::string_view{*set_->title} : title_of(out_.status);
        p.detail = found.detail;
        p.errors = found.errors;
        p.help = found.help;
        p.origin = error_origin::upstream;
        p.request_id = request_.request_id;
        p.trace_id = request_.trace_id;
        p.instance = dropped("instance") ? std::string_view{} : instance_of(request_.request_id, work_.memory);
        p.retry = out_.retry;
        p.tries = request_.tries;
        p.upstream_request_id = found.request_id != request_.request_id ? found.request_id : std::string_view{};
        p.oauth_error = found.oauth_error;
        p.oauth_description = found.oauth_description;
        p.oauth_uri = found.oauth_uri;
        name_code(p);
        p.type = type_of(errors_.type_base, p.code, work_.memory);
        p.details = rest.details;
        return p;
    }

    /// Pages and plain text hold no structure; `none` shows nothing of it; after a scrub there is none.
    [[nodiscard]] bool has_context() const noexcept
    {
        auto const shape = doc().shape();
        return !scrubbed() && !dropped("details") && errors_.exposed != expose::none &&
               (shape == document::form::json || shape == document::form::xml || shape == document::form::form_encoded);
    }

    void name_code(problem& p)
    {
        auto const& found = *found_;
        if(set_ && set_->code)
            p.code = *set_->code;
        else if(auto const mapped = errors_.codes.find(found.code);
                mapped != errors_.codes.end() && !found.code.empty())
            p.code = mapped->second;
        else
            p.code = found.canonical_code;
        if(p.code.empty())
            p.code = default_code(out_.status);
        if(dropped("upstream_code") || scrubbed())
            return;
        // What another gateway of our kind read of it before is the original.
        auto const original = read_->canonical ? doc().root().member("upstream_code") : document::ref{};
        if(original && !original.is_container())
            p.upstream_code = original.source();
        else if(!found.code.empty() && p.code != found.code)
            p.upstream_code = upstream_code();
    }

    /// As JSON in the upstream's own type; one that is no JSON (a header's, an XML document's) is a string.
    [[nodiscard]] std::string_view upstream_code()
    {
        auto const& found = *found_;
        if(found.code_source.size() > longest_upstream_code || found.code.size() > longest_upstream_code)
            return {};
        if(!found.code_source.empty())
            return found.code_source;
        return quoted(found.code, work_.memory);
    }

    /// False when the body that the upstream sent may go out as it is.
    bool write_body(problem const& p, representation const& form)
    {
        auto& body = work_.body;
        auto const& doc = read_->doc;
        auto const compatible = form.body == body_policy::compatible;
        if(errors_.render == rendering::envelope && is_canonical_envelope(doc) && !scrubbed())
            body = doc.text();
        else if(compatible && keeps_json())
            write_compatible(p, doc, *left_, body), kept_json_ = true;
        else if(compatible && keeps_xml())
            body = reply_.body, kept_xml_ = true;
        else if(merges_)
            write_merged(p, doc, *left_, decided(), body);
        else
            render(p, errors_, body);
        return body != reply_.body;
    }

    /// A compatible route passes on every JSON value that could be checked for leaks as a whole.
    [[nodiscard]] bool keeps_json() const noexcept
    {
        auto const& doc = read_->doc;
        return doc.shape() == document::form::json && !doc.cut() && !doc.root().source().empty() &&
               read_->trouble.empty() && errors_.exposed != expose::none;
    }

    /// An error document of a storage service too, if there is nothing to take out of it.
    [[nodiscard]] bool keeps_xml() const noexcept
    {
        return is_storage_error(reply_.fields) && doc().shape() == document::form::xml && !doc().cut() &&
               read_->trouble.empty() && out_.leaks == 0 && errors_.exposed != expose::none;
    }

    [[nodiscard]] decided_members decided() const
    {
        auto const mapped = errors_.codes.contains(found_->code);
        return {set_ && set_->title, set_ && set_->detail, mapped || (set_ && set_->code)};
    }

    void write_fields(problem const& p, representation const& form, bool same)
    {
        auto& fields = work_.fields;
        auto const type = content_type(p, form);
        // An equal body of the same type keeps its validators and coding: it is the upstream's own.
        auto const as_it_was = same && value_of(reply_.fields, "Content-Type") == type;
        out_.rewritten = !as_it_was;
        if(!as_it_was)
        {
            fields.push_back({"Content-Type", type});
            fields.push_back({"Content-Length", decimal(static_cast<long long>(work_.body.size()), work_.memory)});
        }
        field_changes changes;
        changes.status = out_.status;
        changes.new_body = !as_it_was;
        changes.hide_internals = guards();
        changes.scrub = scrubbed();
        changes.retry = &out_.retry;
        changes.flag = retry_.flag;
        if(retry_.rate_limit_fields)
            changes.quota_reset = out_.read.quota_reset;
        changes.challenge = errors_.challenge;
        changes.allow = errors_.allow;
        changes.request_id = request_.request_id;
        changes.vary_accept = form.varies;
        auto const findings = copy_fields(reply_.fields, changes, fields, work_.memory);
        out_.missing_challenge = findings.missing_challenge;
        out_.missing_allow = findings.missing_allow;
        add_proxy_status(status_of_hop(), self_, fields, work_.memory);
        set_fields();
        out_.fields = fields;
        out_.body = request_.method == "HEAD" ? std::string_view{} : work_.body;
    }

    [[nodiscard]] std::string_view content_type(problem const& p, representation const& form) const
    {
        auto const upstreams = value_of(reply_.fields, "Content-Type");
        if(kept_xml_)
            return upstreams;
        if(kept_json_)
        {
            // What we write is UTF-8 whatever the upstream's charset was.
            auto const charset = charset_parameter(upstreams);
            auto const utf8 = charset.empty() || iequals(charset, "utf-8") || iequals(charset, "utf8");
            return is_json_type(upstreams) && utf8 ? upstreams : "application/json";
        }
        // OAuth clients look at the type before they look for `error` (RFC 6749 5.2).
        auto const oauth = !p.oauth_error.empty() || (merges_ && doc().root().member("error").is_string());
        return media_type(form.plain_json || oauth);
    }

    [[nodiscard]] proxy_status status_of_hop() const
    {
        proxy_status status;
        status.error = read_->trouble;
        // A scrubbed answer must not say what it was.
        if(!scrubbed())
            status.received_status = reply_.status;
        return status;
    }

    void set_fields()
    {
        if(!set_)
            return;
        auto& fields = work_.fields;
        for(auto const& [name, value] : set_->fields)
        {
            std::erase_if(fields, [&wanted = name](field const& f) { return iequals(f.name, wanted); });
            if(!value.empty())
                fields.push_back({name, value});
        }
    }

    upstream_answer const& reply_;
    request_facts const& request_;
    error_policy const& errors_;
    retry_policy const& retry_;
    identity const& self_;
    wall_clock::time_point now_;
    double random_;
    workspace& work_;
    answer out_;
    reading* read_ = nullptr;
    recognized const* found_ = nullptr; ///< what was read, or what rules made of it
    error_rule::outcome const* set_ = nullptr;
    std::vector<document::index> removed_; ///< by a rule
    std::optional<remainder> left_;
    bool merges_ = false, kept_json_ = false, kept_xml_ = false;
};

} // namespace

answer normalize(upstream_answer const& reply, request_facts const& request, error_policy const& errors,
                 retry_policy const& retry, identity const& self, wall_clock::time_point now, double random,
                 workspace& work)
{
    work.clear();
    if(errors.mode == error_mode::rewrite && is_gateways_own(reply.status))
        return answer_failure(own_failure_for(reply.status), request, errors, retry, self, now, random, work);
    normalizer one{reply, request, errors, retry, self, now, random, work};
    switch(treatment_of(reply.status, reply.fields, request.method, errors))
    {
    case treatment::none:
        break;
    case treatment::accepted:
        return accepted(reply, errors, now, work);
    case treatment::success:
        return one.success();
    case treatment::body:
        if(request.method != "HEAD")
            return one.error();
        [[fallthrough]];
    case treatment::head:
        return normalize_head(reply, request, errors, retry, self, now, random, work);
    }
    return untouched(reply);
}

} // namespace errata
