#include "problem/normalize.hpp"

namespace errata
{

void build_tables()
{
    // The tables are built by whoever asks first: an error that passes every step asks for all of them.
    workspace work;
    field const type{"Content-Type", "application/json"};
    std::string_view const body =
        R"({"error":{"code":"some_code","message":"Could not open /srv/app/a.py: connection to 10.0.0.1 refused","x":"y"}})";
    (void)normalize({500, {&type, 1}, body, true, {}}, {.request_id = {}, .fields = {}}, {}, {}, {}, {}, 0, work);
}

} // namespace errata
