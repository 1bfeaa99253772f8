#pragma once

#include "admin/http_port.hpp"
#include "proxy/shard.hpp"
#include "routing/load.hpp"

namespace errata
{

/// The configuration in use as it is written, all files merged, as JSON; credentials are named, not shown, and
/// environment variables not put in.
[[nodiscard]] admin_answer config_page(config_tree const& tree);

/// The routes in the order in which they were written, with their conditions, where they stand, and whether they are in
/// maintenance: by the configuration, or as it was `switched` since.
[[nodiscard]] admin_answer routes_page(snapshot const& config, maintenance_switches const& switched,
                                       wall_clock::time_point now);

/// OpenAPI 3.1 of the admin port.
[[nodiscard]] admin_answer openapi_page(std::string const& version);

/// `{"error": sentence}`.
[[nodiscard]] admin_answer no(unsigned status, std::string_view sentence);
/// The shards do not answer any more.
[[nodiscard]] inline admin_answer too_late()
{
    return no(503, "the gateway is ending");
}

} // namespace errata
