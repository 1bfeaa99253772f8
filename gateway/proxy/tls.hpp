#pragma once

#include "routing/snapshot.hpp"

#include <boost/system/result.hpp>

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errata
{

/// TLS towards clients: the certificates of one listener, chosen by SNI; sessions are resumed by tickets. Immutable;
/// shared by all shards (OpenSSL's contexts are safe for that). A reload makes a new one.
class server_tls
{
public:
    ~server_tls();
    /// Loads every file; the error says which one and why.
    [[nodiscard]] static boost::system::result<std::shared_ptr<server_tls>, std::string>
    load(listener_tls const& config);

    /// A new connection's state, ready to accept; null when memory is out.
    [[nodiscard]] SSL* accept() const;
    [[nodiscard]] listener_tls const& config() const noexcept { return config_; }

private:
    struct entry
    {
        std::vector<std::string> names; ///< lower case, maybe "*.example.com"
        SSL_CTX* context;
    };
    server_tls() = default;
    static int choose(SSL* ssl, int* alert, void* self);
    listener_tls config_;
    std::vector<entry> entries_;
};

/// TLS towards an upstream: verification, client certificate, SNI.
class client_tls
{
public:
    ~client_tls();
    [[nodiscard]] static boost::system::result<std::shared_ptr<client_tls>, std::string>
    load(upstream_tls const& config);

    /// A new connection's state, ready to connect to an endpoint of that host name or address.
    [[nodiscard]] SSL* connect(std::string const& host) const;

private:
    client_tls() = default;
    upstream_tls config_;
    SSL_CTX* context_ = nullptr;
};

/// The verified subject of the client's certificate as RFC 2253 text; empty when it sent none.
[[nodiscard]] std::string peer_subject(SSL* ssl);

/// True when the certificate that we showed on this connection is for that host (RFC 9110 4.3.4), or none is named.
[[nodiscard]] bool certificate_covers(SSL* ssl, std::string_view host);

/// Why a handshake with an upstream failed: what the other side's alert or our own verification says.
enum class tls_failure : unsigned char
{
    alert,
    certificate,
    protocol
};
struct tls_verdict
{
    tls_failure what = tls_failure::protocol;
    int alert = -1; ///< the alert's number when `what` is alert
};
/// `tls_error`: the packed OpenSSL error that ended the handshake.
[[nodiscard]] tls_verdict judge_handshake(SSL* ssl, unsigned long tls_error);
/// The number of the alert that a packed OpenSSL error stands for.
[[nodiscard]] std::optional<int> alert_of(unsigned long tls_error) noexcept;
/// True for alerts by which a server refuses the client's certificate, or to go without one (RFC 8446 6.2).
[[nodiscard]] bool refuses_certificate(int alert) noexcept;

} // namespace errata
