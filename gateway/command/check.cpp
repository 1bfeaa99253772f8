#include "command/check.hpp"

#include "command/mistakes.hpp"
#include "routing/load.hpp"
#include "routing/route_table.hpp"

#include <fmt/format.h>

#include <ostream>

namespace errata
{

int check(check_options const& options, console& io)
{
    auto const result = load(options.paths, io.env);
    auto const bad = !result.config || (options.strict && !result.mistakes.empty());
    if(options.json)
    {
        write_mistakes_json(result.mistakes, io.out);
        return bad ? exit_mistakes : exit_good;
    }
    write_mistakes(result.mistakes, bad ? io.err : io.out);
    if(!bad)
        io.out << fmt::format(
            "all right: {} {}, {} {}, {} {}\n", result.files.size(), result.files.size() == 1 ? "file" : "files",
            result.config->upstreams.size(), result.config->upstreams.size() == 1 ? "upstream" : "upstreams",
            result.config->routes->all().size(), result.config->routes->all().size() == 1 ? "route" : "routes");
    return bad ? exit_mistakes : exit_good;
}

} // namespace errata
