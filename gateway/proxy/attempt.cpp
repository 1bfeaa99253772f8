#include "proxy/attempt.hpp"

#include "proxy/shard.hpp"
#include "proxy/tls.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cctype>

namespace errata
{

attempt::~attempt()
{
    discard();
}

void attempt::begin(upstream& service, endpoint& to)
{
    service_ = &service;
    to_ = &to;
    fault_.reset();
    stopped_.reset();
    details_.clear();
    text_.clear();
    error_ = {};
    stage_ = stage::choose;
    reused_ = received_ = sent_ = false;
}

void attempt::refuse(failure why)
{
    to_ = nullptr;
    fault_ = why;
    stopped_.reset();
    details_.clear();
    text_.clear();
    error_ = {};
    stage_ = stage::choose;
    reused_ = received_ = sent_ = false;
}

bool attempt::reuse()
{
    link_ = to_->idle.take();
    reused_ = link_ != nullptr;
    if(reused_)
        service_->counted->count(upstream_happening::pool_hit);
    return reused_;
}

task<> attempt::open()
{
    service_->counted->count(upstream_happening::pool_miss);
    stage_ = stage::resolve;
    auto const& times = service_->config().timeouts;
    if(!to_->addresses.empty())
        co_await connect(to_->addresses);
    else
    {
        auto const found =
            co_await home_.names().lookup(to_->config.host, service_->config().dns_refresh, times.connect);
        if(stopped_)
            fail(*stopped_);
        else if(!found)
        {
            fail(found.why);
            service_->counted->count(upstream_happening::dns_failed);
            if(!found.rcode.empty())
                details_ = "rcode=\"" + std::string(found.rcode) + '"';
        }
        else
        {
            std::vector<peer_address> addresses;
            for(auto const& a : found.addresses)
                addresses.push_back({net::ip::tcp::endpoint(a, to_->config.port), a.to_string()});
            interleave_families(addresses);
            co_await connect(addresses);
        }
    }
    if(!fault_ && to_->config.tls)
        co_await secure();
    connected_at_ = steady_clock::now();
    service_->counted->count(fault_ ? upstream_happening::connect_failed : upstream_happening::connected);
}

task<> attempt::connect(std::span<peer_address const> addresses)
{
    stage_ = stage::connect;
    connect_race race(home_.sockets(), home_.wheel());
    racing_ = &race;
    auto ended = co_await race.run(addresses, service_->config().timeouts.connect);
    racing_ = nullptr;
    if(stopped_)
        co_return fail(*stopped_);
    if(!ended.socket)
    {
        fail(ended.late ? failure::connect_timeout : classify_connect(ended.error));
        if(ended.late)
            text_ = "no answer to connect";
        else
        {
            text_ = ended.to->text;
            error_ = ended.error;
        }
        co_return;
    }
    link_ = to_->idle.fresh();
    link_->wire.open(std::move(*ended.socket));
}

failure attempt::classify_connect(error_code ec) const noexcept
{
    if(ec == net::error::connection_refused || ec == boost::system::errc::no_such_file_or_directory)
        return failure::connect_refused; // a Unix socket that is not there refuses too
    if(ec == net::error::timed_out)
        return failure::connect_timeout;
    if(ec == net::error::no_descriptors || ec == net::error::no_memory ||
       ec == boost::system::errc::too_many_files_open_in_system)
        return failure::overloaded;
    if(ec == net::error::connection_reset || ec == net::error::connection_aborted)
        return failure::connect_refused;
    return failure::unreachable;
}

task<> attempt::secure()
{
    stage_ = stage::tls;
    auto* const ssl = service_->tls() ? service_->tls()->connect(to_->config.host) : nullptr;
    if(!ssl)
    {
        fail(failure::internal);
        co_return;
    }
    link_->wire.limit(service_->config().timeouts.tls, failure::tls_timeout);
    bool const secured = co_await link_->wire.handshake(ssl);
    link_->wire.lift();
    if(secured)
        co_return;
    if(link_->wire.stopped())
    {
        fail(link_->wire.reason());
        co_return;
    }
    auto const verdict = judge_handshake(ssl, link_->wire.tls_error());
    text_ = std::string(link_->wire.tls_problem());
    switch(verdict.what)
    {
    case tls_failure::certificate:
        fail(failure::tls_certificate);
        break;
    case tls_failure::alert:
        fail_by_alert(verdict.alert);
        break;
    case tls_failure::protocol:
        fail(failure::tls_protocol);
        break;
    }
}

void attempt::fail_by_alert(int alert)
{
    fail(failure::tls_alert);
    details_ = "alert-id=" + std::to_string(alert);
}

bool attempt::ask(std::string_view head, std::string_view content)
{
    stage_ = stage::send;
    sent_ = true;
    out_ = {};
    out_.add(head);
    out_.add(content);
    return link_->wire.send_now(out_);
}

task<> attempt::send_rest()
{
    co_await link_->wire.send_rest(out_, service_->config().timeouts.write, failure::write_timeout);
}

void attempt::expect(milliseconds patience)
{
    link_->wire.limit(patience, failure::response_timeout);
    expect_head();
}

bool attempt::settled(std::string_view method)
{
    auto& wire = link_->wire;
    while(!head_settled(method))
    {
        wire.arm();
        if(wire.pending())
            return false;
    }
    wire.lift();
    return true;
}

task<> attempt::round_trip(std::string_view head, std::string_view content, std::string_view method,
                           milliseconds patience)
{
    if(!ask(head, content))
        co_await send_rest();
    expect(patience);
    while(!settled(method))
        co_await arrival();
}

task<> attempt::read_head(std::string_view method)
{
    expect_head();
    while(!head_settled(method))
        co_await link_->wire.more();
}

void attempt::expect_head()
{
    stage_ = stage::head;
    link_->parser.reset();
}

bool attempt::head_settled(std::string_view method)
{
    auto& wire = link_->wire;
    if(!wire.in().empty())
    {
        received_ = true;
        head_limits const limits{service_->config().head_bytes, 0, 1000};
        auto const parsed = link_->parser.parse(wire.in().data(), limits, method, link_->answer);
        if(parsed.status == parse_status::complete)
        {
            wire.in().consume(parsed.consumed);
            return true;
        }
        if(parsed.status == parse_status::failed)
        {
            text_ = parsed.detail;
            fail(parsed.why);
            describe_head();
            return true;
        }
    }
    if(!wire.stopped() && wire.state() == transport::condition::open)
        return false;
    note_end();
    return true;
}

/// Proxy-Status parameters about a head that cannot be accepted (RFC 9209 2.3.20 to 2.3.25).
void attempt::describe_head()
{
    if(fault_ == failure::response_headers_too_large)
        details_ = "header-section-size=" + std::to_string(link_->wire.in().size());
    if(fault_ != failure::transfer_coding)
        return;
    auto const codings = link_->answer.value(field_id::transfer_encoding);
    auto const first = codings.substr(0, codings.find_first_of(",; "));
    if(is_token(first) && std::isalpha(static_cast<unsigned char>(first[0]))) // a token of RFC 8941 begins so
        details_ = "coding=" + std::string(first);
}

void attempt::note_end()
{
    auto const& wire = link_->wire;
    if(wire.stopped())
    {
        auto const why = wire.reason();
        // Silence after the first byte is another failure than silence from the start.
        fail(why == failure::response_timeout && received_ ? failure::read_timeout : why);
        return;
    }
    error_ = wire.error();
    if(!error_)
        text_ = "closed";
    if(auto const alert = alert_of(wire.tls_error()); alert && !received_ && !reused_ && refuses_certificate(*alert))
    {
        // In TLS 1.3 our handshake is over before the server has looked at our certificate (RFC 8446 4.4.2.4).
        error_ = {};
        text_ = std::string(wire.tls_problem());
        fail_by_alert(*alert);
    }
    else if(received_)
        fail(failure::incomplete);
    else
        fail(reused_ ? failure::closed_idle : failure::closed);
}

std::string_view attempt::fault_text()
{
    if(auto const ec = std::exchange(error_, {}))
        text_ += (text_.empty() ? "" : ": ") + ec.message();
    return text_;
}

execution attempt::acted() const noexcept
{
    if(!sent_)
        return execution::no;
    return fault_ ? trait(*fault_).acted : execution::yes;
}

void attempt::stop(failure why)
{
    stopped_ = why;
    if(racing_)
        racing_->stop();
    if(link_)
        link_->wire.stop(why);
}

void attempt::give_back(bool reusable)
{
    if(!link_)
        return;
    auto& wire = link_->wire;
    ++link_->exchanges;
    if(reusable && wire.usable() && wire.state() == transport::condition::open && wire.in().empty())
        to_->idle.put(std::move(link_));
    else
        to_->idle.retire(std::move(link_));
}

void attempt::discard()
{
    racing_ = nullptr;
    if(link_)
        to_->idle.retire(std::move(link_));
}

} // namespace errata
