#include "support/tls_wire.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <utility>

namespace errata::test
{
namespace
{
[[noreturn]] void fail(std::string const& what)
{
    auto const* why = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    throw broken_wire("TLS: " + what + ": " + (why ? why : "the connection ended"));
}

void use_certificate(SSL_CTX* context, tls_wire::options const& how)
{
    if(how.certificate.empty())
        return;
    if(SSL_CTX_use_certificate_chain_file(context, how.certificate.c_str()) != 1 ||
       SSL_CTX_use_PrivateKey_file(context, how.key.c_str(), SSL_FILETYPE_PEM) != 1)
        fail("certificate");
}
} // namespace

certificate_maker::certificate_maker()
{
    auto form = (std::filesystem::temp_directory_path() / "errata-certificates-XXXXXX").string();
    if(!::mkdtemp(form.data()))
        throw broken_wire("no temporary directory");
    directory_ = form;
    openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=authority -keyout " +
            file("ca.key") + " -out " + ca());
}

certificate_maker::~certificate_maker()
{
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void certificate_maker::make(std::string const& name, std::string const& names, std::string const& subject,
                             int days) const
{
    std::ofstream(file("extensions")) << "subjectAltName=" << names << '\n';
    openssl("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '" + subject + "' -keyout " + key(name) +
            " -out " + file("request"));
    openssl("x509 -req -in " + file("request") + " -CA " + ca() + " -CAkey " + file("ca.key") +
            " -CAcreateserial -days " + std::to_string(days) + " -extfile " + file("extensions") + " -out " +
            certificate(name));
}

void certificate_maker::make_untrusted(std::string const& name, std::string const& names) const
{
    openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=nobody -addext "
            "subjectAltName=" +
            names + " -keyout " + key(name) + " -out " + certificate(name));
}

void certificate_maker::openssl(std::string const& arguments) const
{
    if(std::system(("openssl " + arguments + " 2>" + file("said")).c_str()) != 0)
    {
        std::ifstream said(file("said"));
        throw broken_wire("openssl " + arguments + ": " + std::string(std::istreambuf_iterator<char>(said), {}));
    }
}

tls_wire tls_wire::accept(wire&& below, options const& how)
{
    return shake(std::move(below), how, true);
}

tls_wire tls_wire::connect(wire&& below, options const& how)
{
    return shake(std::move(below), how, false);
}

tls_wire tls_wire::shake(wire&& below, options const& how, bool server)
{
    auto* const context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    tls_wire made(std::move(below), context, nullptr);
    use_certificate(context, how);
    if(how.least_version || how.most_version)
        SSL_CTX_set_security_level(context, 0); // old versions are offered only to see them refused
    SSL_CTX_set_min_proto_version(context, how.least_version);
    SSL_CTX_set_max_proto_version(context, how.most_version);
    if(!how.ca.empty())
    {
        SSL_CTX_load_verify_file(context, how.ca.c_str());
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    made.ssl_ = SSL_new(context);
    if(!how.name.empty())
        SSL_set_tlsext_host_name(made.ssl_, how.name.c_str());
    if(how.resume)
        SSL_set_session(made.ssl_, how.resume);
    // What does not come in time fails the test instead of holding it.
    timeval const most{std::chrono::seconds(patience).count(), 0};
    ::setsockopt(made.below_.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    SSL_set_fd(made.ssl_, made.below_.descriptor());
    if((server ? SSL_accept(made.ssl_) : SSL_connect(made.ssl_)) != 1)
        fail("handshake");
    return made;
}

tls_wire::tls_wire(tls_wire&& other) noexcept
    : below_(std::move(other.below_)), context_(std::exchange(other.context_, nullptr)),
      ssl_(std::exchange(other.ssl_, nullptr)), received_(std::move(other.received_)), in_order_(other.in_order_)
{
}

tls_wire::~tls_wire()
{
    if(ssl_) // OpenSSL would not resume the session of a connection that ended otherwise
        SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl_);
    SSL_CTX_free(context_);
}

void tls_wire::send(std::string_view bytes)
{
    if(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) != static_cast<int>(bytes.size()))
        fail("write");
}

std::string tls_wire::sealed(std::string_view bytes)
{
    SSL_set0_wbio(ssl_, BIO_new(BIO_s_mem()));
    send(bytes);
    char* records = nullptr;
    auto const size = BIO_get_mem_data(SSL_get_wbio(ssl_), &records);
    std::string out(records, static_cast<std::size_t>(size));
    SSL_set0_wbio(ssl_, BIO_new_socket(below_.descriptor(), BIO_NOCLOSE));
    return out;
}

bool tls_wire::fill()
{
    char buffer[16384];
    auto const n = SSL_read(ssl_, buffer, sizeof buffer);
    if(n > 0)
    {
        received_.append(buffer, static_cast<std::size_t>(n));
        return true;
    }
    in_order_ = SSL_get_error(ssl_, n) == SSL_ERROR_ZERO_RETURN;
    return false;
}

std::string tls_wire::read_until(std::string_view end)
{
    for(;;)
    {
        if(auto const at = received_.find(end); at != std::string::npos)
        {
            auto out = received_.substr(0, at + end.size());
            received_.erase(0, out.size());
            return out;
        }
        if(!fill())
            fail("the connection ended; so far: " + received_);
    }
}

std::string tls_wire::read_all()
{
    while(fill())
    {
    }
    return std::exchange(received_, {});
}

void tls_wire::finish()
{
    SSL_shutdown(ssl_);
    below_.close_write();
}

bool tls_wire::resumed() const
{
    return SSL_session_reused(ssl_) == 1;
}

std::string tls_wire::version() const
{
    return SSL_get_version(ssl_);
}

std::string tls_wire::peer_subject() const
{
    auto* const certificate = SSL_get0_peer_certificate(ssl_);
    char text[256] = "";
    if(certificate)
        X509_NAME_oneline(X509_get_subject_name(certificate), text, sizeof text);
    return text;
}

std::string tls_wire::asked_name() const
{
    auto const* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name ? name : "";
}

SSL_SESSION* tls_wire::session() const
{
    return SSL_get1_session(ssl_);
}

} // namespace errata::test
