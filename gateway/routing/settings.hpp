#pragma once

#include "routing/key.hpp"
#include "routing/route_table.hpp"
#include "routing/snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace errata
{

/// What the key tables fill in: the YAML's values before they are checked against one another and compiled. The nodes
/// live as long as the tree that was read.

struct address_settings
{
    std::string host; ///< IP literal or "unix:/path"
    std::uint16_t port = 0;
};

struct error_settings
{
    error_policy policy;
    std::string catalog_path;
    yaml_node const* dialects = nullptr; ///< compiled when all of it is read
    yaml_node const* rules = nullptr;
    yaml_node const* skeleton = nullptr;
    yaml_node const* success = nullptr;
};

struct upstream_settings
{
    upstream_config made;
    yaml_node const* node = nullptr;
};

struct rewrite_settings
{
    std::optional<std::string> strip_prefix, replace_prefix;
    bool strip_matched = false; ///< strip_prefix: true
    std::string regex, replace;
};

struct route_timeouts
{
    std::optional<milliseconds> response, total;
};

struct route_settings
{
    route_match match;
    route made;
    std::string upstream;
    rewrite_settings rewrite;
    route_timeouts timeouts;
    yaml_node const* node = nullptr;
    yaml_node const* upstream_node = nullptr;
    yaml_node const* rewrite_node = nullptr;
    yaml_node const* errors = nullptr; ///< overrides, read over the gateway's own
    yaml_node const* retry = nullptr;
};

struct drain_settings
{
    milliseconds delay{0}, deadline{30'000};
};

struct dns_settings
{
    std::vector<std::string> servers;
};

struct memory_settings
{
    std::size_t error_bodies = 0;
};

struct settings
{
    unsigned threads = 0;
    identity self;
    bool named = false;
    std::vector<listener_config> listeners;
    std::optional<port_config> admin, telemetry;
    std::vector<upstream_settings> upstreams;
    std::vector<route_settings> routes;
    error_settings errors;
    retry_policy retry;
    access_log_config access_log;
    trusted_proxies trust = trusted_proxies::private_ranges;
    std::vector<std::string> trusted_ranges;
    drain_settings drain;
    dns_settings dns;
    memory_settings memory;
    bool ready_needs_upstreams = false;
    tracing traces = tracing::pass;
    encoded_slash encoded_slashes = encoded_slash::keep;
};

/// The tables. Each is built once, at its first use.
[[nodiscard]] section_of<settings> const& top_keys();
[[nodiscard]] section_of<listener_config> const& listener_keys();
[[nodiscard]] section_of<listener_tls> const& listener_tls_keys();
[[nodiscard]] section_of<port_config> const& port_keys();
[[nodiscard]] section_of<upstream_config> const& upstream_keys();
[[nodiscard]] section_of<endpoint_config> const& endpoint_keys();
[[nodiscard]] section_of<shield_config> const& shield_keys();
[[nodiscard]] section_of<hold_config> const& hold_keys();
[[nodiscard]] section_of<rate_limit_config> const& rate_limit_keys();
[[nodiscard]] section_of<route_settings> const& route_keys();
[[nodiscard]] section_of<route_match> const& match_keys();
[[nodiscard]] section_of<error_settings> const& error_keys();
[[nodiscard]] section_of<retry_policy> const& retry_keys();

/// Shapes and readers of values that several tables use.
[[nodiscard]] bool parse_address(std::string_view text, std::string& host, std::uint16_t& port);
[[nodiscard]] std::optional<endpoint_config> parse_endpoint(std::string_view url);
/// "503", "502-504", "5xx": adds the statuses; false when it is none of these.
[[nodiscard]] bool parse_statuses(std::string_view text, std::vector<unsigned>& into);
/// What would be right in place of a file that is no PEM file or cannot be read; empty when it can.
[[nodiscard]] std::string objection_to_pem(std::string_view file);
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;
/// False after a mistake: the text is no RE2 expression.
bool check_pattern(std::string const& pattern, yaml_node const& node, reader& in);
[[nodiscard]] value_shape status_list_shape();
void read_statuses(std::vector<unsigned>& into, yaml_node const& node, reader& in);

} // namespace errata
