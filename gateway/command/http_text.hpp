#pragma once

#include "problem/normalize.hpp"

#include <iosfwd>

namespace errata
{

/// The complete HTTP/1.1 answer as a client would get it.
void write_http(answer const& a, std::ostream& out);

} // namespace errata
