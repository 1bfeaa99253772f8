#pragma once

#include "command/console.hpp"
#include "routing/load.hpp"

#include <functional>

namespace errata
{

/// Serves until SIGTERM or SIGINT, then drains; a second signal ends it at once. SIGHUP loads the configuration anew
/// with `load_again`, SIGUSR1 opens the access log again. Returns the exit status.
[[nodiscard]] int serve(loaded const& config, std::function<loaded()> load_again, console& io);

} // namespace errata
