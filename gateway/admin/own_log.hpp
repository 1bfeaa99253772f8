#pragma once

namespace errata
{

/// The gateway's own messages (start, reload, drain, bugs; not the access log) go to standard error, a JSON object per
/// line: time, level, message. To be called once, before anything is said with spdlog.
void use_own_log();

} // namespace errata
