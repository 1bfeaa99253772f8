// Asio compiled once (BOOST_ASIO_SEPARATE_COMPILATION): every other file sees declarations only.
#include <boost/asio/impl/src.hpp>
