#include "command/demo_dead_ends.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>

#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <string_view>

namespace errata
{
namespace
{
using tcp = net::ip::tcp;
using udp = net::ip::udp;

template <auto Free>
struct freed
{
    template <class T>
    void operator()(T* p) const noexcept
    {
        Free(p);
    }
};
using tls_context = std::unique_ptr<SSL_CTX, freed<SSL_CTX_free>>;
using tls_session = std::unique_ptr<SSL, freed<SSL_free>>;

/// With a certificate that nobody but itself has signed, made anew.
tls_context self_signed()
{
    std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>> const key(EVP_EC_gen("P-256"));
    std::unique_ptr<X509, freed<X509_free>> const made(X509_new());
    auto* const name = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("demo"), -1, -1, 0);
    X509_set_issuer_name(made.get(), name);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 24L * 3600);
    X509_set_pubkey(made.get(), key.get());
    X509_sign(made.get(), key.get(), EVP_sha256());
    tls_context context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), made.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    return context;
}

tcp::endpoint any_port()
{
    return {net::ip::address_v4::loopback(), 0};
}

template <class Socket>
std::string place(Socket const& s)
{
    return "127.0.0.1:" + std::to_string(s.local_endpoint().port());
}
} // namespace

demo_dead_ends::demo_dead_ends(net::io_context& io, std::uint16_t plain)
    : io_(io), refusing_(io.get_executor(), any_port()), filler_(io.get_executor()), full_(io.get_executor()),
      alerting_(io.get_executor(), any_port()), untrusted_(io.get_executor(), any_port()),
      silent_(io.get_executor(), any_port()), names_(io.get_executor(), udp::endpoint(any_port().address(), 0))
{
    // A backlog of 0 holds one connection; while it is full the kernel drops every further SYN.
    full_.open(tcp::v4());
    full_.bind(any_port());
    full_.listen(0);
    filler_.connect(full_.local_endpoint());
    all_ = {
        {"/dns/unknown", "http://nowhere.test", "a name that does not exist", "502 UPSTREAM_DNS_ERROR"},
        {"/dns/silent", "http://silent.test", "a name server that does not answer", "504 UPSTREAM_DNS_TIMEOUT"},
        {"/refuse", "http://" + place(refusing_), "every connect is refused", "502 UPSTREAM_REFUSED"},
        {"/unreachable", "http://255.255.255.255", "an address without a way to it", "502 UPSTREAM_UNREACHABLE"},
        {"/unanswered", "http://" + place(full_), "no connect is answered", "504 UPSTREAM_CONNECT_TIMEOUT"},
        {"/tls/alert", "https://" + place(alerting_), "refuses every TLS handshake", "502 UPSTREAM_TLS_ALERT"},
        {"/tls/certificate", "https://" + place(untrusted_), "a certificate that nobody knows",
         "502 UPSTREAM_TLS_CERTIFICATE"},
        {"/tls/none", "https://127.0.0.1:" + std::to_string(plain), "no TLS where TLS is expected",
         "502 UPSTREAM_TLS_PROTOCOL"},
        {"/tls/silent", "https://" + place(silent_), "never answers a TLS handshake", "504 UPSTREAM_TLS_TIMEOUT"},
    };
    net::co_spawn(io_, accept(alerting_, &demo_dead_ends::alert), net::detached);
    net::co_spawn(io_, accept(untrusted_, &demo_dead_ends::show_own_certificate), net::detached);
    net::co_spawn(io_, accept(silent_, &demo_dead_ends::say_nothing), net::detached);
    net::co_spawn(io_, know_no_name(), net::detached);
}

demo_dead_ends::~demo_dead_ends() = default;

std::string demo_dead_ends::name_server() const
{
    return place(names_);
}

void demo_dead_ends::stop()
{
    error_code ignored;
    for(auto* const a : {&alerting_, &untrusted_, &silent_})
        a->close(ignored);
    names_.close(ignored);
    for(auto& c : clients_)
        c.shutdown(tcp::socket::shutdown_both, ignored);
}

task<> demo_dead_ends::accept(tcp_acceptor& at, ending how)
{
    constexpr std::size_t most_clients = 100;
    while(at.is_open())
    {
        auto [ec, socket] = co_await at.async_accept(nothrow);
        if(ec || clients_.size() >= most_clients)
            continue;
        clients_.push_back(std::move(socket));
        auto const c = std::prev(clients_.end());
        net::co_spawn(io_, (this->*how)(c), [this, c](std::exception_ptr) { clients_.erase(c); });
    }
}

task<> demo_dead_ends::alert(client c)
{
    constexpr std::string_view handshake_failure{"\x15\x03\x03\0\x02\x02\x28", 7}; // RFC 8446 6.2
    std::array<char, 4096> hello;
    co_await c->async_read_some(net::buffer(hello), nothrow);
    co_await net::async_write(*c, net::buffer(handshake_failure.data(), handshake_failure.size()), nothrow);
}

task<> demo_dead_ends::show_own_certificate(client c)
{
    auto const context = self_signed();
    tls_session const session(SSL_new(context.get()));
    auto* const in = BIO_new(BIO_s_mem());
    auto* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(session.get(), in, out); // owns both
    std::array<char, 4096> piece;
    for(;;)
    {
        auto const wanted = SSL_get_error(session.get(), SSL_accept(session.get()));
        char* bytes = nullptr;
        auto const size = BIO_get_mem_data(out, &bytes);
        co_await net::async_write(*c, net::buffer(bytes, static_cast<std::size_t>(size)), nothrow);
        BIO_reset(out);
        if(wanted != SSL_ERROR_WANT_READ)
            co_return;
        auto const [ec, n] = co_await c->async_read_some(net::buffer(piece), nothrow);
        if(ec)
            co_return;
        BIO_write(in, piece.data(), static_cast<int>(n));
    }
}

task<> demo_dead_ends::say_nothing(client c)
{
    std::array<char, 4096> unread;
    for(error_code ec; !ec;)
        std::tie(ec, std::ignore) = co_await c->async_read_some(net::buffer(unread), nothrow);
}

/// A query with its header turned into an answer (RFC 1035 4.1.1): recursion available, no such name.
task<> demo_dead_ends::know_no_name()
{
    constexpr std::size_t header = 12;
    constexpr std::string_view silent = "\x06silent"; // a label with its length
    std::array<char, 1500> query;
    udp::endpoint from;
    while(names_.is_open())
    {
        auto const [ec, n] = co_await names_.async_receive_from(net::buffer(query), from, nothrow);
        if(ec || n < header || std::string_view(query.data() + header, n - header).starts_with(silent))
            continue;
        query[2] = static_cast<char>(query[2] | 0x80);
        query[3] = static_cast<char>(0x80 | 3);
        error_code ignored;
        names_.send_to(net::buffer(query.data(), n), from, 0, ignored);
    }
}

} // namespace errata
