#include "proxy/exchange.hpp"

#include "problem/catalog.hpp"
#include "problem/status.hpp"
#include "proxy/session.hpp"

#include <array>

// Answers that are no errors and need no upstream.

namespace errata
{

/// The documents behind our `type` URIs are served here where the configuration says so.
bool exchange::asks_for_catalog() const
{
    auto const& where = gen_->config->catalog_path;
    auto const& r = request();
    return !where.empty() && r.path_and_query.starts_with(where) && (r.method == "GET" || r.method == "HEAD");
}

task<> exchange::send_catalog()
{
    auto const& where = gen_->config->catalog_path;
    auto name = request().path_and_query.substr(where.size());
    name = name.substr(0, name.find('?'));
    auto const page = catalog(name, where, request().value(field_id::accept));
    auto const length = std::to_string(page.body.size());
    std::array const fields{field{"Content-Type", page.media_type}, field{"Content-Length", length},
                            field{"Vary", "Accept"}, field{"X-Content-Type-Options", "nosniff"},
                            field{"X-Request-Id", request_id_}};
    status_ = 200;
    if(content_unread())
    {
        keep_ = false;
        linger_ = true;
    }
    out_.clear();
    write_answer_head(status_, reason_of(status_), fields, edits(), out_);
    if(request().method != "HEAD")
    {
        out_.add(page.body);
        notes_.content_out = page.body.size();
    }
    send_queue out;
    out.add(out_.view());
    if(!client_.client().send_now(out))
        co_await deliver(out);
}

/// The last hop that an OPTIONS may take is this one (RFC 9110 7.6.2).
task<> exchange::answer_options()
{
    field const allow[] = {{"Allow", ordinary_methods}};
    co_await send_no_content(allow);
}

task<> exchange::send_no_content(field_list fields)
{
    status_ = 204;
    if(content_unread())
    {
        keep_ = false;
        linger_ = true;
    }
    out_.clear();
    write_answer_head(status_, reason_of(status_), fields, edits(), out_);
    send_queue out;
    out.add(out_.view());
    if(!client_.client().send_now(out))
        co_await deliver(out);
}

} // namespace errata
