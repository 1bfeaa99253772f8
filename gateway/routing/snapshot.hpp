#pragma once

#include "problem/policy.hpp"
#include "routing/path_rewrite.hpp"
#include "routing/target.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace errata
{

using std::chrono::milliseconds;

/// A certificate with its key, as files (PEM). Loaded by whoever opens the port.
struct certificate_files
{
    std::string certificate, key;
    friend bool operator==(certificate_files const&, certificate_files const&) = default;
};

/// TLS towards clients.
struct listener_tls
{
    std::vector<certificate_files> certificates; ///< the first is the default, the others by SNI
    std::string client_ca;                       ///< mTLS when set
    bool client_required = true;
    std::string subject_field =
        "X-Client-Cert-Subject"; ///< carries the verified subject upstream; clients cannot forge it
    friend bool operator==(listener_tls const&, listener_tls const&) = default;
};

struct listener_limits
{
    std::size_t head_bytes = 64 * 1024, target_bytes = 8 * 1024;
    unsigned fields = 100;
    std::uint64_t body_bytes = 0;        ///< 0: no limit
    unsigned connections = 0;            ///< 0: from the descriptor limit
    unsigned connections_per_client = 0; ///< 0: no limit
    friend bool operator==(listener_limits const&, listener_limits const&) = default;
};

struct listener_timeouts
{
    milliseconds head{10'000}, idle{75'000}, body{60'000}, write{60'000}, tls{10'000}, tunnel{3'600'000};
    unsigned min_rate = 0; ///< bytes per second a request body must keep, 0: off
    friend bool operator==(listener_timeouts const&, listener_timeouts const&) = default;
};

struct listener_config
{
    std::string address; ///< IP literal or "unix:/path"
    std::uint16_t port = 0;
    std::optional<listener_tls> tls;
    listener_limits limits;
    listener_timeouts timeouts;
    friend bool operator==(listener_config const&, listener_config const&) = default;
};

struct endpoint_config
{
    std::string url; ///< as written
    bool tls = false;
    std::string host; ///< name or IP literal; empty for a Unix socket
    std::uint16_t port = 80;
    std::string unix_path;
    unsigned weight = 1;
    friend bool operator==(endpoint_config const&, endpoint_config const&) = default;
};

struct upstream_timeouts
{
    milliseconds connect{1'000}, tls{5'000}, response{60'000}, idle{60'000}, write{60'000};
    milliseconds total{0}; ///< 0: off; ends at the response head
    milliseconds tunnel{3'600'000};
    friend bool operator==(upstream_timeouts const&, upstream_timeouts const&) = default;
};

struct upstream_tls
{
    bool verify = true;
    std::string ca, certificate, key;
    std::string name; ///< SNI and verified name; empty: the endpoint's host
    friend bool operator==(upstream_tls const&, upstream_tls const&) = default;
};

enum class balancing : std::uint8_t
{
    round_robin,
    least_requests
};

struct pool_config
{
    unsigned idle_per_endpoint = 512; ///< idle connections kept, all shards together
    milliseconds idle_timeout{30'000};
    friend bool operator==(pool_config const&, pool_config const&) = default;
};

struct health_check_config
{
    bool enabled = false, tcp = false;
    std::string path = "/";
    milliseconds interval{5'000}, timeout{2'000};
    unsigned healthy = 2, unhealthy = 3;
    double jitter = 0.1;
    unsigned expect_min = 200, expect_max = 399;
    friend bool operator==(health_check_config const&, health_check_config const&) = default;
};

struct ejection_config
{
    bool enabled = true; ///< acts only while two or more endpoints remain
    unsigned consecutive_failures = 5;
    double error_rate = 0;      ///< 0: off; else share of gateway failures in a window that ejects
    unsigned rate_minimum = 20; ///< requests in the window before the rate counts
    milliseconds base{10'000}, max{300'000};
    double keep = 0.5; ///< share of endpoints never ejected (panic threshold)
    friend bool operator==(ejection_config const&, ejection_config const&) = default;
};

struct breaker_config
{
    bool enabled = false;
    unsigned consecutive_failures = 0; ///< 0: off
    double error_rate = 0.5;
    unsigned minimum = 20;
    milliseconds window{10'000}, open{15'000};
    unsigned probes = 3; ///< requests let through while half-open
    friend bool operator==(breaker_config const&, breaker_config const&) = default;
};

struct concurrency_config
{
    unsigned limit = 0; ///< 0: off
    unsigned queue = 0;
    milliseconds queue_timeout{1'000};
    friend bool operator==(concurrency_config const&, concurrency_config const&) = default;
};

/// Repeats by the gateway beyond the built-in rule.
struct repeat_config
{
    unsigned attempts = 2;          ///< tries in all
    std::vector<unsigned> statuses; ///< upstream statuses that are tried again; empty: none
    milliseconds per_try{0};        ///< 0: off
    double budget = 0.2;            ///< share of live requests
    unsigned budget_minimum = 3;
    milliseconds backoff{25}, backoff_max{250};
    milliseconds connect_window{0}; ///< refused connects are tried again that long
    bool report_upstream = false;   ///< send X-Failed-Requests even if the client did not
    friend bool operator==(repeat_config const&, repeat_config const&) = default;
};

enum class shield_scope : std::uint8_t
{
    endpoint,
    upstream,
    route
};

struct shield_config
{
    bool enabled = false;
    shield_scope scope = shield_scope::upstream;
    std::vector<unsigned> on{503, 529};
    milliseconds max_hold{300'000}, ramp{5'000};
    friend bool operator==(shield_config const&, shield_config const&) = default;
};

struct hold_config
{
    bool enabled = false;
    enum class key_kind : std::uint8_t
    {
        address,
        field,
        authorization
    } key = key_kind::address;
    std::string field;
    std::size_t table = 10'000;
    milliseconds max_hold{300'000};
    friend bool operator==(hold_config const&, hold_config const&) = default;
};

/// Of a route, all its clients together.
struct rate_limit_config
{
    bool enabled = false;
    unsigned requests = 100;
    milliseconds per{1'000};
    unsigned burst = 1; ///< so many may come at once
    friend bool operator==(rate_limit_config const&, rate_limit_config const&) = default;
};

struct upstream_config
{
    std::string name;
    std::vector<endpoint_config> endpoints;
    upstream_timeouts timeouts;
    upstream_tls tls;
    balancing balance = balancing::round_robin;
    pool_config pool;
    health_check_config check;
    ejection_config ejection;
    breaker_config breaker;
    concurrency_config concurrency;
    repeat_config repeat;
    shield_config shield;
    std::optional<bool> keep_host; ///< empty: yes for http, no for https
    std::size_t head_bytes = 64 * 1024;
    milliseconds dns_refresh{30'000};
    friend bool operator==(upstream_config const&, upstream_config const&) = default;
};

/// Request or response field edits of a route.
struct field_edits
{
    std::vector<std::pair<std::string, std::string>> set, add;
    std::vector<std::string> remove;
    friend bool operator==(field_edits const&, field_edits const&) = default;
};

struct maintenance_config
{
    bool on = false;
    std::optional<wall_clock::time_point> until;
    std::string detail;
    [[nodiscard]] bool holds(wall_clock::time_point now) const noexcept { return on && (!until || *until > now); }
    friend bool operator==(maintenance_config const&, maintenance_config const&) = default;
};

struct cors_config
{
    std::vector<std::string> origins; ///< "*" for any
    bool credentials = false;
    friend bool operator==(cors_config const&, cors_config const&) = default;
};

/// Where a setting stands in the YAML, for explain.
struct source_position
{
    std::string file;
    unsigned line = 0, column = 0;
    friend bool operator==(source_position const&, source_position const&) = default;
};

/// Everything about a matched route: what exchange needs, compiled.
struct route
{
    std::string name;
    std::size_t number = 0;   ///< position in the route table, which sets it
    std::size_t upstream = 0; ///< index into snapshot::upstreams
    std::shared_ptr<error_policy const> errors;
    std::shared_ptr<retry_policy const> retry;
    std::shared_ptr<path_rewrite const> rewrite; ///< null: the target goes upstream as it was received
    field_edits request_fields, response_fields;
    hold_config hold;
    rate_limit_config rate_limit;
    shield_config shield; ///< overrides the upstream's when enabled
    maintenance_config maintenance;
    std::optional<cors_config> cors;
    std::optional<milliseconds> response_timeout, total_timeout;
    std::optional<std::uint64_t> max_body;
    bool allow_upgrade = true;
    bool require_length = false; ///< content only with Content-Length
    source_position where;
};

class route_table;

enum class trusted_proxies : std::uint8_t
{
    private_ranges,
    none,
    list
};
enum class log_format : std::uint8_t
{
    off,
    json,
    text
};

struct access_log_config
{
    log_format format = log_format::json;
    std::string path = "-"; ///< "-" is standard output
    std::string text_format;
    double sample_success = 1.0;
    friend bool operator==(access_log_config const&, access_log_config const&) = default;
};

struct port_config
{
    std::string address;
    std::uint16_t port = 0;
    std::string token; ///< bearer token, required off loopback
    std::optional<listener_tls> tls;
    friend bool operator==(port_config const&, port_config const&) = default;
};

/// What becomes of W3C trace context. A valid one is always passed on.
enum class tracing : std::uint8_t
{
    pass,  ///< and none is begun
    start, ///< where there is none, one is begun that is not sampled
    sample ///< and sampled
};

/// One whole configuration: built at once, validated, immutable, swapped as a whole.
struct snapshot
{
    snapshot();
    ~snapshot();
    unsigned threads = 0; ///< 0: auto
    std::vector<listener_config> listeners;
    std::vector<upstream_config> upstreams;
    std::unique_ptr<route_table const> routes;
    std::shared_ptr<error_policy const> errors; ///< for failures before a route is found
    std::shared_ptr<retry_policy const> retry;
    identity self;
    std::optional<port_config> admin, telemetry;
    access_log_config access_log;
    trusted_proxies trust = trusted_proxies::private_ranges;
    std::vector<std::string> subject_fields; ///< that listeners write (mTLS): never taken from a client, on no listener
    std::vector<std::string> trusted_ranges; ///< CIDR, for trusted_proxies::list
    milliseconds drain_delay{0}, drain_deadline{30'000};
    std::string catalog_path;              ///< public catalogue of problem types, empty: not mounted
    std::vector<std::string> name_servers; ///< "address:port"; empty: the system's
    std::size_t error_body_budget = 0;     ///< bytes, 0: a quarter of the memory limit
    bool ready_needs_upstreams = false;
    tracing traces = tracing::pass;
    encoded_slash encoded_slashes = encoded_slash::keep; ///< in paths, for normalize_path
};

} // namespace errata
