#include "command/run.hpp"

#include "command/mistakes.hpp"
#include "command/serve.hpp"
#include "routing/load.hpp"

#include <fmt/format.h>

#include <ostream>
#include <random>

namespace errata
{

std::string fresh_instance_name()
{
    std::random_device entropy;
    return fmt::format("gw-{:06x}", entropy() & 0xffffffu);
}

int run(run_options const& options, console& io)
{
    auto const load_again = [&io, paths = options.paths, name = fresh_instance_name()]
    { return load(paths, io.env, name); };
    auto const result = load_again();
    write_mistakes(result.mistakes, io.err);
    if(!result.config)
        return exit_mistakes;
    return serve(result, load_again, io);
}

} // namespace errata
