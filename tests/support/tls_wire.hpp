#pragma once

#include "support/wire.hpp"

#include <openssl/ssl.h>

#include <string>
#include <string_view>

namespace errata::test
{

/// Certificates that a test makes for itself with the openssl program, in a directory that goes with it.
class certificate_maker
{
public:
    certificate_maker();
    ~certificate_maker();
    certificate_maker(certificate_maker const&) = delete;
    certificate_maker& operator=(certificate_maker const&) = delete;

    /// The authority that signs; clients and gateways trust this file.
    [[nodiscard]] std::string ca() const { return file("ca.pem"); }
    /// Makes <name>.pem and <name>.key. `names` as in subjectAltName: "DNS:a.example,IP:127.0.0.1"; `days` may be
    /// negative: expired.
    void make(std::string const& name, std::string const& names, std::string const& subject = "/CN=test",
              int days = 30) const;
    /// The same, signed by itself.
    void make_untrusted(std::string const& name, std::string const& names) const;
    [[nodiscard]] std::string certificate(std::string const& name) const { return file(name + ".pem"); }
    [[nodiscard]] std::string key(std::string const& name) const { return file(name + ".key"); }
    [[nodiscard]] std::string file(std::string const& name) const { return directory_ + '/' + name; }

private:
    void openssl(std::string const& arguments) const;
    std::string directory_;
};

/// A TLS session over a wire, as blunt as that: blocking, no verification unless asked for.
class tls_wire
{
public:
    struct options
    {
        std::string certificate, key; ///< what we show
        std::string ca;               ///< server: clients must show a certificate of this authority
        std::string name;             ///< client: SNI
        int least_version = 0;        ///< TLS1_VERSION...; 0: the library's
        int most_version = 0;
        SSL_SESSION* resume = nullptr;
    };

    /// Handshakes as a server or client. Throws broken_wire when it fails.
    [[nodiscard]] static tls_wire accept(wire&& below, options const& how);
    [[nodiscard]] static tls_wire connect(wire&& below, options const& how);
    tls_wire(tls_wire&& other) noexcept;
    tls_wire& operator=(tls_wire&&) = delete;
    ~tls_wire();

    void send(std::string_view bytes);
    /// The records that `send` would send, to be sent in pieces.
    [[nodiscard]] std::string sealed(std::string_view bytes);
    void send_sealed(std::string_view records) { below_.send(records); }
    [[nodiscard]] std::string read_until(std::string_view end);
    /// All bytes until the end; `ended_in_order` then says whether it was a close_notify.
    [[nodiscard]] std::string read_all();
    [[nodiscard]] bool ended_in_order() const noexcept { return in_order_; }
    void finish();                  ///< close_notify and FIN
    void drop() { below_.close(); } ///< FIN without close_notify: a truncation

    [[nodiscard]] bool resumed() const;
    [[nodiscard]] std::string version() const;
    [[nodiscard]] std::string peer_subject() const; ///< empty: it showed no certificate
    [[nodiscard]] std::string asked_name() const;   ///< SNI that a client asked for
    /// To be resumed by another connection; whoever takes it frees it.
    [[nodiscard]] SSL_SESSION* session() const;

private:
    tls_wire(wire&& below, SSL_CTX* context, SSL* ssl) noexcept : below_(std::move(below)), context_(context), ssl_(ssl)
    {
    }
    static tls_wire shake(wire&& below, options const& how, bool server);
    bool fill();

    wire below_;
    SSL_CTX* context_ = nullptr;
    SSL* ssl_ = nullptr;
    std::string received_;
    bool in_order_ = false;
};

} // namespace errata::test
