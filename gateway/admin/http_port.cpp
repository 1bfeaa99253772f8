#include "admin/http_port.hpp"

#include "proxy/listener.hpp"
#include "proxy/spawn.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <openssl/crypto.h>

namespace errata
{
namespace
{
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;

using stream = beast::basic_stream<net::generic::stream_protocol, executor>;
constexpr net::as_tuple_t<net::use_awaitable_t<executor>> await{};
constexpr std::size_t most_connections = 64, most_body = 64 * 1024;
constexpr std::uint32_t most_head = 16 * 1024;
constexpr std::chrono::seconds patience{15};
constexpr std::chrono::milliseconds accept_pause{50};

bool is_loopback(std::string const& address)
{
    if(address.starts_with("unix:"))
        return true;
    error_code ec;
    auto const parsed = net::ip::make_address(address, ec);
    return !ec && parsed.is_loopback();
}

/// The host of a Host or Origin value names this machine.
bool names_loopback(std::string_view host)
{
    if(auto const scheme = host.find("://"); scheme != std::string_view::npos)
        host.remove_prefix(scheme + 3);
    auto const end = host.starts_with('[') ? host.find(']') + 1 : host.find(':');
    host = host.substr(0, end);
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host.starts_with("127.");
}

char from_hex(char high, char low)
{
    auto const digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    return static_cast<char>(digit(high) << 4 | digit(low));
}

std::string decoded(std::string_view text)
{
    std::string out;
    for(std::size_t i = 0; i < text.size(); ++i)
        if(text[i] == '%' && i + 2 < text.size() && std::isxdigit(static_cast<unsigned char>(text[i + 1])) &&
           std::isxdigit(static_cast<unsigned char>(text[i + 2])))
        {
            out += from_hex(text[i + 1], text[i + 2]);
            i += 2;
        }
        else
            out += text[i] == '+' ? ' ' : text[i];
    return out;
}

admin_request read(http::request<http::string_body>&& from)
{
    admin_request out;
    auto const target = std::string_view(from.target().data(), from.target().size());
    auto const question = target.find('?');
    out.path = decoded(target.substr(0, question));
    auto rest = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    while(!rest.empty())
    {
        auto const part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        auto const equals = part.find('=');
        out.query.emplace_back(decoded(part.substr(0, equals)),
                               equals == std::string_view::npos ? std::string{} : decoded(part.substr(equals + 1)));
    }
    out.method = from.method_string();
    out.accept = from[http::field::accept];
    out.body = std::move(from.body());
    return out;
}

admin_answer refusal(unsigned status, std::string_view sentence)
{
    admin_answer out{.status = status};
    out.body.append(R"({"error":")").append(sentence).append("\"}\n");
    if(status == 401)
        out.fields.emplace_back("WWW-Authenticate", "Bearer realm=\"errata\"");
    return out;
}
} // namespace

std::string_view admin_request::parameter(std::string_view name) const noexcept
{
    for(auto const& [key, value] : query)
        if(key == name)
            return value;
    return {};
}

bool same_secret(std::string_view given, std::string_view wanted) noexcept
{
    return given.size() == wanted.size() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

admin_access access_of(port_config const& config, bool telemetry)
{
    admin_access out;
    out.token = config.token;
    out.free = {"/livez", "/readyz"};
    bool const local = is_loopback(config.address);
    bool const certificates = config.tls && !config.tls->client_ca.empty() && config.tls->client_required;
    out.refuse_all = !telemetry && !local && config.token.empty() && !certificates;
    out.check_origin = !telemetry && local && config.token.empty() && !config.address.starts_with("unix:");
    return out;
}

struct http_port::shared
{
    admin_access access;
    admin_handler handler;
    std::shared_ptr<ssl::context> tls;
    std::size_t connections = 0;

    [[nodiscard]] std::optional<admin_answer> refuse(http::request<http::string_body> const& r) const;
    template <class Stream>
    static task<> converse(std::shared_ptr<shared> self, Stream& wire, stream& socket);
    static task<> serve(std::shared_ptr<shared> self, stream_socket socket);
};

std::optional<admin_answer> http_port::shared::refuse(http::request<http::string_body> const& r) const
{
    auto const path = r.target().substr(0, r.target().find('?'));
    if(std::find(access.free.begin(), access.free.end(), std::string_view(path.data(), path.size())) !=
       access.free.end())
        return std::nullopt;
    if(access.refuse_all)
        return refusal(401, "this port is open to other machines and has no token");
    if(!access.token.empty())
    {
        auto const given = std::string_view(r[http::field::authorization].data(), r[http::field::authorization].size());
        constexpr std::string_view scheme = "Bearer ";
        if(given.size() <= scheme.size() || !beast::iequals(given.substr(0, scheme.size()), scheme) ||
           !same_secret(given.substr(scheme.size()), access.token))
            return refusal(401, "a bearer token is required");
    }
    // Without a token, whoever is on this machine may ask, but not a web page that happens to be open on it (a foreign
    // Origin) nor a foreign name that was made to point here (DNS rebinding).
    if(access.check_origin)
    {
        auto const origin = r.find(http::field::origin);
        auto const host = r[http::field::host];
        if((origin != r.end() && !names_loopback({origin->value().data(), origin->value().size()})) ||
           !names_loopback({host.data(), host.size()}))
            return refusal(403, "ask by a loopback name");
    }
    return std::nullopt;
}

template <class Stream>
task<> http_port::shared::converse(std::shared_ptr<shared> self, Stream& wire, stream& socket)
{
    beast::flat_buffer buffer(most_head + most_body);
    for(bool open = true; open;)
    {
        http::request_parser<http::string_body> parser;
        parser.header_limit(most_head);
        parser.body_limit(most_body);
        socket.expires_after(patience);
        auto const [bad, n] = co_await http::async_read(wire, buffer, parser, await);
        if(bad)
            co_return;
        auto request = parser.release();
        open = request.keep_alive();
        bool const head = request.method() == http::verb::head;
        auto answer = self->refuse(request);
        if(!answer)
        {
            if(head)
                request.method(http::verb::get);
            answer = co_await self->handler(read(std::move(request)));
        }
        http::response<http::string_body> out{static_cast<http::status>(answer->status), 11};
        out.set(http::field::content_type, answer->type);
        out.set(http::field::cache_control, "no-store");
        out.set("X-Content-Type-Options", "nosniff");
        for(auto const& [name, value] : answer->fields)
            out.set(name, value);
        out.keep_alive(open);
        out.body() = std::move(answer->body);
        out.prepare_payload();
        if(head)
            out.body().clear();
        socket.expires_after(patience);
        auto const [broken, m] = co_await http::async_write(wire, out, await);
        if(broken)
            co_return;
    }
    error_code ignored;
    socket.socket().shutdown(net::socket_base::shutdown_send, ignored);
}

task<> http_port::shared::serve(std::shared_ptr<shared> self, stream_socket socket)
{
    stream plain(std::move(socket));
    if(!self->tls)
        co_return co_await converse(self, plain, plain);
    beast::ssl_stream<stream&> secured(plain, *self->tls);
    plain.expires_after(patience);
    auto const [bad] = co_await secured.async_handshake(ssl::stream_base::server, await);
    if(!bad)
        co_await converse(self, secured, plain);
}

http_port::http_port(net::io_context& control, port_config config, admin_access access, admin_handler handler)
    : config_(std::move(config)), shared_(std::make_shared<shared>()), acceptor_(control.get_executor()),
      socket_(control.get_executor()), pause_(control.get_executor())
{
    shared_->access = std::move(access);
    shared_->handler = std::move(handler);
}

http_port::~http_port() = default;

boost::system::result<void, std::string> http_port::open()
{
    if(config_.tls)
    {
        auto const& files = config_.tls->certificates.front();
        auto made = std::make_shared<ssl::context>(ssl::context::tls_server);
        error_code ec;
        made->use_certificate_chain_file(files.certificate, ec);
        if(!ec)
            made->use_private_key_file(files.key, ssl::context::pem, ec);
        if(!ec && !config_.tls->client_ca.empty())
        {
            made->load_verify_file(config_.tls->client_ca, ec);
            made->set_verify_mode(ssl::verify_peer |
                                  (config_.tls->client_required ? ssl::verify_fail_if_no_peer_cert : 0));
        }
        if(ec)
            return "cannot use the files of " + config_.address + ": " + ec.message();
        shared_->tls = std::move(made);
    }
    listener_config bound;
    bound.address = config_.address;
    bound.port = config_.port;
    auto const opened = open_listening_socket(bound, true);
    if(!opened)
        return opened.error();
    bool const is_unix = bound.address.starts_with("unix:");
    if(!is_unix)
        bound.port = bound_port(*opened);
    int const family = is_unix ? AF_UNIX : bound.address.find(':') == std::string::npos ? AF_INET : AF_INET6;
    error_code ec;
    acceptor_.assign({family, is_unix ? 0 : IPPROTO_TCP}, *opened, ec);
    address_ = is_unix             ? bound.address
               : family == AF_INET ? bound.address + ':' + std::to_string(bound.port)
                                   : '[' + bound.address + "]:" + std::to_string(bound.port);
    accept();
    return {};
}

void http_port::close()
{
    error_code ignored;
    acceptor_.close(ignored);
}

void http_port::try_again()
{
    pause_.expires_after(accept_pause);
    pause_.async_wait(
        [this](error_code ec)
        {
            if(!ec)
                accept();
        });
}

void http_port::accept()
{
    acceptor_.async_accept(socket_,
                           [this](error_code ec)
                           {
                               if(ec == net::error::operation_aborted)
                                   return;
                               auto fresh = std::exchange(socket_, stream_socket(acceptor_.get_executor()));
                               if(ec) // no descriptor left: there may be one later
                                   return try_again();
                               accept(); // first: whatever becomes of this connection, the next is waited for
                               if(shared_->connections < most_connections)
                               {
                                   ++shared_->connections;
                                   spawn(
                                       acceptor_.get_executor().context(),
                                       [s = shared_, c = std::move(fresh)]() mutable
                                       { return shared::serve(s, std::move(c)); },
                                       [s = shared_](std::exception_ptr const& bug)
                                       {
                                           --s->connections;
                                           if(bug)
                                               spdlog::critical("an exception ended a connection to the admin port");
                                       });
                               }
                           });
}

} // namespace errata
