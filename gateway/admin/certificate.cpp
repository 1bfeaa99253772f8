#include "admin/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

namespace errata
{

std::optional<std::chrono::system_clock::time_point> end_of_certificate(std::string const& file)
{
    std::unique_ptr<BIO, decltype(&BIO_free_all)> const in(BIO_new_file(file.c_str(), "r"), &BIO_free_all);
    if(!in)
        return std::nullopt;
    std::unique_ptr<X509, decltype(&X509_free)> const first(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr),
                                                            &X509_free);
    std::tm end{};
    if(!first || ASN1_TIME_to_tm(X509_get0_notAfter(first.get()), &end) != 1)
        return std::nullopt;
    return std::chrono::system_clock::from_time_t(::timegm(&end));
}

} // namespace errata
