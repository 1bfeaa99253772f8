#include "routing/pem_key.hpp"
#include "routing/settings.hpp"

namespace errata
{
namespace
{
template <class T>
key_of<T> address(std::string_view doc)
{
    value_shape what{.type = value_shape::kind::text,
                     .note = "an address such as 0.0.0.0:8080, [::]:8080 or unix:/run/errata.sock"};
    return custom<T>("address", what, {}, doc,
                     [what](T& into, yaml_node const& node, reader& in)
                     {
                         auto const text = in.text(node, what.wanted());
                         if(text && !parse_address(*text, into.address, into.port))
                             in.wrong(node, in.shown(node) + " is no address to listen on", what.wanted());
                     })
        .required_key();
}

section_of<certificate_files> const& certificate_keys()
{
    static section_of<certificate_files> const keys{
        "certificate",
        "A certificate with its key.",
        {
            pem_file("certificate", &certificate_files::certificate, "File with the certificate and its chain.")
                .required_key(),
            pem_file("key", &certificate_files::key, "File with the private key.").required_key(),
        }};
    return keys;
}

section_of<listener_limits> const& limit_keys()
{
    static section_of<listener_limits> const keys{
        "limits",
        "What one client may ask for. What is larger is answered with 431, 414 or 413.",
        {
            size("head", &listener_limits::head_bytes, "Request line and fields together.", {1024, 1 << 20}),
            size("target", &listener_limits::target_bytes, "Request target.", {256, 1 << 20}),
            number("fields", &listener_limits::fields, "Number of request fields.", {10, 1000}),
            size("body", &listener_limits::body_bytes,
                 "Request body; off: no limit. A route's `max_body` goes before it."),
            number("connections", &listener_limits::connections,
                   "Client connections at a time; 0: from the descriptor limit."),
            number("connections_per_client", &listener_limits::connections_per_client,
                   "The same for one client address; 0: no limit."),
        }};
    return keys;
}

section_of<listener_timeouts> const& timeout_keys()
{
    static section_of<listener_timeouts> const keys{
        "listener timeouts",
        "How long a client may take.",
        {
            duration("head", &listener_timeouts::head, "Until a request head is complete; then 408.", {1, 3'600'000}),
            duration("idle", &listener_timeouts::idle, "Between two requests on a connection.", {1, 86'400'000}),
            duration("body", &listener_timeouts::body, "Between two pieces of a request body; then 408.",
                     {1, 86'400'000}),
            duration("write", &listener_timeouts::write, "Until the client takes the next piece of an answer.",
                     {1, 86'400'000}),
            duration("tls", &listener_timeouts::tls, "For the TLS handshake.", {1, 3'600'000}),
            duration("tunnel", &listener_timeouts::tunnel, "Silence on a tunnel (WebSocket) or event stream.",
                     {1, 86'400'000}),
            number("min_rate", &listener_timeouts::min_rate,
                   "Bytes per second that a request body must keep, the first two seconds aside; then 408. 0: off."),
        }};
    return keys;
}
} // namespace

section_of<listener_tls> const& listener_tls_keys()
{
    static section_of<listener_tls> const keys{
        "tls",
        "TLS towards clients.",
        {
            many("certificates", &listener_tls::certificates, certificate_keys(),
                 "The first is the default, the others are chosen by SNI.")
                .required_key(),
            pem_file("client_ca", &listener_tls::client_ca,
                     "Certificates that client certificates must be signed by (mTLS)."),
            flag("client_required", &listener_tls::client_required,
                 "With `client_ca`: refuse clients without a certificate."),
            text("subject_field", &listener_tls::subject_field,
                 "Request field that carries the verified subject upstream."),
        }};
    return keys;
}

section_of<listener_config> const& listener_keys()
{
    static section_of<listener_config> const keys{
        "listener",
        "An address on which clients are served.",
        {
            address<listener_config>("Where to listen."),
            one("tls", &listener_config::tls, listener_tls_keys(), "Serve TLS here."),
            one("limits", &listener_config::limits, limit_keys(), "What one client may ask for."),
            one("timeouts", &listener_config::timeouts, timeout_keys(), "How long a client may take."),
        }};
    return keys;
}

section_of<port_config> const& port_keys()
{
    static section_of<port_config> const keys{
        "port",
        "The admin port (everything) or the telemetry port (only /livez, /readyz and /metrics).",
        {
            address<port_config>("Where to listen. The admin port off loopback needs a token or client certificates."),
            text("token", &port_config::token, "Bearer token that requests must carry.").secret_key(),
            one("tls", &port_config::tls, listener_tls_keys(), "Serve TLS here."),
        }};
    return keys;
}

} // namespace errata
