#include "command/check.hpp"

#include "command/mistakes.hpp"
#include "routing/load.hpp"
#include "routing/route_table.hpp"
#include "routing/test_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace errata
{

int check(check_options const& options, console& io)
{
    auto result = load(options.paths, io.env);
    (void)read_tests(*result.tree, result.mistakes); // the gateway does not look at them
    auto const wrong = [&](mistake const& m) { return options.strict || !m.warning; };
    auto const bad = !result.config || std::ranges::any_of(result.mistakes, wrong);
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
