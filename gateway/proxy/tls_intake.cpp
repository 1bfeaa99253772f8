#include "proxy/tls_intake.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <algorithm>

namespace errata
{

/// The intake as OpenSSL sees it. The BIO belongs to its SSL and only points here.
struct tls_intake::bio
{
    static int read(BIO* self, char* to, std::size_t size, std::size_t* taken)
    {
        BIO_clear_retry_flags(self);
        auto* const from = static_cast<tls_intake*>(BIO_get_data(self));
        if(!from || from->octets_.empty())
        {
            if(!from || !from->ended_)
                BIO_set_retry_read(self);
            return 0;
        }
        auto const all = from->octets_.data();
        *taken = std::min(size, all.size());
        std::copy_n(all.data(), *taken, to);
        from->octets_.consume(*taken);
        return 1;
    }

    static long control(BIO* self, int what, long, void*)
    {
        auto const* const from = static_cast<tls_intake const*>(BIO_get_data(self));
        return what == BIO_CTRL_EOF && from && from->ended_ && from->octets_.empty();
    }

    static int create(BIO* self)
    {
        BIO_set_init(self, 1);
        return 1;
    }

    static int type() noexcept
    {
        static int const own = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK;
        return own;
    }

    /// One for the whole process, as OpenSSL's own are.
    static BIO_METHOD const* method()
    {
        static BIO_METHOD const* const made = []
        {
            auto* const m = BIO_meth_new(type(), "what has arrived");
            if(m)
            {
                BIO_meth_set_read_ex(m, &read);
                BIO_meth_set_ctrl(m, &control);
                BIO_meth_set_create(m, &create);
            }
            return m;
        }();
        return made;
    }
};

bool tls_intake::attach(SSL* ssl) noexcept
{
    octets_.clear();
    ended_ = much_ = false;
    auto* source = SSL_get_rbio(ssl);
    if(!source || BIO_method_type(source) != bio::type())
    {
        source = bio::method() ? BIO_new(bio::method()) : nullptr;
        if(!source)
            return false;
        SSL_set0_rbio(ssl, source);
    }
    BIO_set_data(source, this);
    return true;
}

void tls_intake::detach(SSL* ssl) noexcept
{
    if(auto* const source = SSL_get_rbio(ssl); source && BIO_method_type(source) == bio::type())
        BIO_set_data(source, nullptr);
}

read_buffer& tls_intake::room()
{
    auto const wanted = much_ ? block_pool::large : block_pool::small;
    if(octets_.empty() && octets_.capacity() != wanted)
    {
        octets_.release();
        octets_.reserve(wanted);
    }
    octets_.compact();
    return octets_;
}

void tls_intake::arrived(std::size_t n) noexcept
{
    octets_.commit(n);
    much_ = n >= block_pool::small;
}

bool tls_intake::holds_something(SSL const* ssl) const noexcept
{
    return !octets_.empty() || SSL_has_pending(ssl);
}

void tls_intake::release() noexcept
{
    octets_.release();
    much_ = false;
}

} // namespace errata
