#include "proxy/exchange.hpp"

#include "proxy/listener.hpp"
#include "proxy/session.hpp"

#include <algorithm>

// The request as it goes upstream: its content and its head.

namespace errata
{
namespace
{
/// host[:port] of an endpoint, as its URL would say it in Host (RFC 9110 7.2).
std::string authority_of(endpoint_config const& e)
{
    if(e.host.empty())
        return "localhost"; // a Unix socket
    auto const literal = e.host.find(':') != std::string::npos && !e.host.starts_with('[');
    auto out = literal ? '[' + e.host + ']' : e.host;
    if(e.port != (e.tls ? 443 : 80))
        out += ':' + std::to_string(e.port);
    return out;
}
} // namespace

void exchange::take_content()
{
    auto& client = client_.client();
    request_content_.begin(client, request());
    whole_ = {};
    if(request_content_.whole_in_buffer())
    {
        whole_ = request_content_.take();
        return;
    }
    // The content streams through the client's read buffer; the head that everybody looks at stays where it is.
    streaming_ = true;
    client_.held().swap(client.in());
    client.in().reserve(block_pool::large);
    client.in().append(client_.held().data());
    client_.held().consume(client_.held().size());
}

void exchange::prepare_request()
{
    auto const& r = request();
    auto const& config = service_->config();
    request_edits e;
    e.via = gen_->config->self.name;
    e.client_address = client_.peer();
    e.client_host = r.authority;
    e.client_tls = client_.client().tls() != nullptr;
    e.trusted = client_.peer_trusted();
    e.request_id = request_id_;
    if(trace_begun_)
        e.traceparent = begun_.text();
    e.stream_chunked = r.body == framing::chunked;
    e.target = rewritten_target();
    e.edits = &route_->request_fields;
    if(r.upgrade && route_->allow_upgrade)
        e.upgrade = r.upgrade_protocol;
    e.withheld = gen_->config->subject_fields;
    if(auto const* tls = client_.from().tls())
    {
        e.subject_field = tls->config().subject_field;
        e.subject = client_.subject();
    }
    auto const keep_host = config.keep_host.value_or(!config.endpoints.front().tls);
    // An HTTP/1.0 request may have come without Host; an HTTP/1.1 request never goes out without (RFC 9112 3.2).
    if(keep_host && !r.authority.empty())
        e.host = r.authority;
    else
        e.host = endpoint_host_ = authority_of(config.endpoints.front());
    if(tries_ > 1 && (r.has(field_id::x_failed_requests) || config.repeat.report_upstream))
        e.failed_requests = failures_reported(r.fields, retry()) + tries_ - 1;
    if(auto const left = forwards_left())
        e.max_forwards = max_forwards_ = std::to_string(*left - 1);
    request_head_.clear();
    write_request_head(r, e, request_head_);
}

/// The target as it goes upstream: as received, unless the route rewrites the path.
std::string_view exchange::rewritten_target()
{
    auto const received = request().path_and_query;
    if(!route_->rewrite)
        return received;
    route_->rewrite->apply(path_, received.substr(std::min(received.find('?'), received.size())), target_);
    return target_;
}

} // namespace errata
