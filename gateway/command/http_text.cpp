#include "command/http_text.hpp"

#include "problem/status.hpp"

#include <ostream>

namespace errata
{

void write_http(answer const& a, std::ostream& out)
{
    out << "HTTP/1.1 " << a.status << ' ' << reason_of(a.status) << "\r\n";
    for(auto const& f : a.fields)
        out << f.name << ": " << f.value << "\r\n";
    // What goes out as it came is framed by whoever sends it.
    if(!find(a.fields, "Content-Length") && !a.body.empty())
        out << "Content-Length: " << a.body.size() << "\r\n";
    out << "\r\n" << a.body;
}

} // namespace errata
