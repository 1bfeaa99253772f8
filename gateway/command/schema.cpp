#include "command/schema.hpp"

#include "routing/schema.hpp"

#include <ostream>

namespace errata
{

int write_schema(schema_options const& options, console& io)
{
    if(options.openapi)
        io.out << openapi_document();
    else
        io.out << (options.markdown ? reference_page() : json_schema());
    return exit_good;
}

} // namespace errata
