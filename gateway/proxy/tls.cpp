#include "proxy/tls.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

namespace errata
{
namespace
{

std::string openssl_error()
{
    auto const e = ERR_peek_last_error();
    auto const* text = ERR_reason_error_string(e);
    ERR_clear_error();
    return text ? text : "unknown TLS error";
}

void common_options(SSL_CTX* context)
{
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1); // a record's head and content by one read
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// DNS names a certificate is for (subjectAltName, else the common name).
std::vector<std::string> names_of(X509* certificate)
{
    std::vector<std::string> names;
    if(auto* const list =
           static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)))
    {
        for(int i = 0; i < sk_GENERAL_NAME_num(list); ++i)
        {
            auto const* const name = sk_GENERAL_NAME_value(list, i);
            if(name->type == GEN_DNS)
                names.push_back(lower({reinterpret_cast<char const*>(ASN1_STRING_get0_data(name->d.dNSName)),
                                       static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}));
        }
        GENERAL_NAMES_free(list);
    }
    if(names.empty())
    {
        char text[256];
        if(X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof text) > 0)
            names.push_back(lower(text));
    }
    return names;
}

bool covers(std::string const& pattern, std::string_view host)
{
    if(pattern.starts_with("*."))
    {
        auto const dot = host.find('.');
        return dot != std::string_view::npos && host.substr(dot) == std::string_view(pattern).substr(1);
    }
    return pattern == host;
}

/// Certificate chain and key into a context; the error names the file.
std::string use_files(SSL_CTX* context, std::string const& certificate, std::string const& key)
{
    if(SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
        return "cannot use certificate " + certificate + ": " + openssl_error();
    if(SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return "cannot use key " + key + ": " + openssl_error();
    if(SSL_CTX_check_private_key(context) != 1)
        return "key " + key + " does not belong to certificate " + certificate;
    return {};
}

} // namespace

server_tls::~server_tls()
{
    for(auto const& e : entries_)
        SSL_CTX_free(e.context);
}

boost::system::result<std::shared_ptr<server_tls>, std::string> server_tls::load(listener_tls const& config)
{
    std::shared_ptr<server_tls> made(new server_tls);
    made->config_ = config;
    for(auto const& files : config.certificates)
    {
        auto* const context = SSL_CTX_new(TLS_server_method());
        made->entries_.push_back({{}, context});
        common_options(context);
        if(auto const wrong = use_files(context, files.certificate, files.key); !wrong.empty())
            return wrong;
        auto* const certificate = SSL_CTX_get0_certificate(context);
        made->entries_.back().names = names_of(certificate);
        // Resumption by tickets works across shards and costs no memory here.
        static constexpr unsigned char id[] = "errata";
        SSL_CTX_set_session_id_context(context, id, sizeof id - 1);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_num_tickets(context, 2);
        if(!config.client_ca.empty())
        {
            if(SSL_CTX_load_verify_file(context, config.client_ca.c_str()) != 1)
                return "cannot use client CA " + config.client_ca + ": " + openssl_error();
            SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(config.client_ca.c_str()));
            SSL_CTX_set_verify(
                context, SSL_VERIFY_PEER | (config.client_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
        }
        SSL_CTX_set_client_hello_cb(context, nullptr, nullptr);
        SSL_CTX_set_tlsext_servername_callback(context, &server_tls::choose);
        SSL_CTX_set_tlsext_servername_arg(context, made.get());
    }
    if(made->entries_.empty())
        return std::string("no certificate given");
    return made;
}

int server_tls::choose(SSL* ssl, int*, void* self)
{
    auto const* const asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if(!asked)
        return SSL_TLSEXT_ERR_NOACK;
    auto const host = lower(asked);
    for(auto const& e : static_cast<server_tls*>(self)->entries_)
        for(auto const& name : e.names)
            if(covers(name, host))
            {
                SSL_set_SSL_CTX(ssl, e.context);
                return SSL_TLSEXT_ERR_OK;
            }
    return SSL_TLSEXT_ERR_NOACK; // the first certificate; the client decides whether that will do
}

SSL* server_tls::accept() const
{
    auto* const ssl = SSL_new(entries_.front().context);
    if(ssl)
        SSL_set_accept_state(ssl);
    return ssl;
}

client_tls::~client_tls()
{
    SSL_CTX_free(context_);
}

boost::system::result<std::shared_ptr<client_tls>, std::string> client_tls::load(upstream_tls const& config)
{
    std::shared_ptr<client_tls> made(new client_tls);
    made->config_ = config;
    made->context_ = SSL_CTX_new(TLS_client_method());
    common_options(made->context_);
    if(config.verify)
    {
        SSL_CTX_set_verify(made->context_, SSL_VERIFY_PEER, nullptr);
        if(config.ca.empty() ? SSL_CTX_set_default_verify_paths(made->context_) != 1
                             : SSL_CTX_load_verify_file(made->context_, config.ca.c_str()) != 1)
            return "cannot use CA bundle " + config.ca + ": " + openssl_error();
    }
    if(!config.certificate.empty())
        if(auto const wrong = use_files(made->context_, config.certificate, config.key); !wrong.empty())
            return wrong;
    return made;
}

SSL* client_tls::connect(std::string const& host) const
{
    auto* const ssl = SSL_new(context_);
    if(!ssl)
        return nullptr;
    SSL_set_connect_state(ssl);
    auto const& name = config_.name.empty() ? host : config_.name;
    boost::system::error_code ec;
    boost::asio::ip::make_address(name, ec);
    if(ec)
    {
        SSL_set_tlsext_host_name(ssl, name.c_str()); // RFC 6066: names only, never addresses
        SSL_set1_host(ssl, name.c_str());
    }
    else
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    return ssl;
}

std::string peer_subject(SSL* ssl)
{
    auto* const certificate = SSL_get0_peer_certificate(ssl);
    if(!certificate || SSL_get_verify_result(ssl) != X509_V_OK)
        return {};
    auto* const memory = BIO_new(BIO_s_mem());
    X509_NAME_print_ex(memory, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* text = nullptr;
    auto const size = BIO_get_mem_data(memory, &text);
    std::string subject(text, static_cast<std::size_t>(size));
    BIO_free(memory);
    // RFC 2253 escapes control characters already; a field value must not carry any whatever the certificate says.
    std::erase_if(subject, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    return subject;
}

bool certificate_covers(SSL* ssl, std::string_view host)
{
    if(host.empty())
        return true;
    auto* const certificate = SSL_get_certificate(ssl);
    if(host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if(host.size() > 1 && host.ends_with('.')) // the root of all names
        host.remove_suffix(1);
    return X509_check_host(certificate, host.data(), host.size(), 0, nullptr) == 1 ||
           X509_check_ip_asc(certificate, std::string(host).c_str(), 0) == 1;
}

tls_verdict judge_handshake(SSL* ssl, unsigned long tls_error)
{
    if(SSL_get_verify_result(ssl) != X509_V_OK)
        return {tls_failure::certificate, -1};
    if(auto const alert = alert_of(tls_error))
        return {tls_failure::alert, *alert};
    return {};
}

std::optional<int> alert_of(unsigned long tls_error) noexcept
{
    auto const reason = ERR_GET_REASON(tls_error);
    if(ERR_GET_LIB(tls_error) != ERR_LIB_SSL || reason < SSL_AD_REASON_OFFSET || reason >= SSL_AD_REASON_OFFSET + 256)
        return {};
    return reason - SSL_AD_REASON_OFFSET;
}

bool refuses_certificate(int alert) noexcept
{
    return (alert >= SSL_AD_BAD_CERTIFICATE && alert <= SSL_AD_ACCESS_DENIED) || alert == SSL_AD_CERTIFICATE_REQUIRED;
}

} // namespace errata
