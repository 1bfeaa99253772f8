// Beast, and Asio's TLS, compiled once: only the admin port uses them (the data path drives OpenSSL itself).
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
