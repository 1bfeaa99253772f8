#include "routing/pem_key.hpp"
#include "routing/settings.hpp"

namespace errata
{
namespace
{
constexpr bounds any_time{1, 86'400'000};
constexpr bounds optional_time{0, 86'400'000};

section_of<upstream_timeouts> const& timeout_keys()
{
    static section_of<upstream_timeouts> const keys{
        "upstream timeouts",
        "How long the upstream may take. Each has its own code when it passes.",
        {
            duration("connect", &upstream_timeouts::connect, "To connect; then 504 UPSTREAM_CONNECT_TIMEOUT.",
                     any_time),
            duration("tls", &upstream_timeouts::tls, "For the TLS handshake; then 504 UPSTREAM_TLS_TIMEOUT.", any_time),
            duration("response", &upstream_timeouts::response,
                     "From the request's end to the response head; then 504 UPSTREAM_RESPONSE_TIMEOUT.", any_time),
            duration("idle", &upstream_timeouts::idle,
                     "Between two pieces of a response; then 504 UPSTREAM_READ_TIMEOUT, or the connection is cut.",
                     any_time),
            duration("write", &upstream_timeouts::write,
                     "Until the upstream takes the next piece of a request; then 504 UPSTREAM_WRITE_TIMEOUT.",
                     any_time),
            duration("total", &upstream_timeouts::total,
                     "From the request to the response head, repeats included; then 504 DEADLINE_EXCEEDED.",
                     optional_time),
            duration("tunnel", &upstream_timeouts::tunnel, "Silence on a tunnel (WebSocket) or event stream.",
                     any_time),
        }};
    return keys;
}

section_of<upstream_tls> const& tls_keys()
{
    static section_of<upstream_tls> const keys{
        "upstream tls",
        "TLS towards https:// endpoints.",
        {
            flag("verify", &upstream_tls::verify,
                 "Verify the certificate and its name. Off makes TLS worthless against anybody in between."),
            pem_file("ca", &upstream_tls::ca, "Certificates to trust in place of the system's."),
            pem_file("certificate", &upstream_tls::certificate, "Client certificate to present."),
            pem_file("key", &upstream_tls::key, "Its private key."),
            text("name", &upstream_tls::name, "Name for SNI and verification in place of the endpoint's host."),
        },
        [](upstream_tls& tls, yaml_node const& node, reader& in)
        {
            if(tls.certificate.empty() != tls.key.empty())
                in.wrong(node, "a client certificate and its key go together",
                         "both `certificate:` and `key:`, or neither");
        }};
    return keys;
}

section_of<pool_config> const& pool_keys()
{
    static section_of<pool_config> const keys{
        "pool",
        "Idle connections kept for the next request.",
        {
            number("idle_per_endpoint", &pool_config::idle_per_endpoint,
                   "Kept for each endpoint, all threads together.", {0, 65'536}),
            duration("idle_timeout", &pool_config::idle_timeout,
                     "Closed after this; shorter than the upstream's own keep-alive.", any_time),
        }};
    return keys;
}

section_of<health_check_config> const& check_keys()
{
    static section_of<health_check_config> const keys{
        "check",
        "Active health checks.",
        {
            flag("enabled", &health_check_config::enabled, "Being there switches it on."),
            flag("tcp", &health_check_config::tcp, "Only connect; send no request."),
            text("path", &health_check_config::path, "Target of the GET."),
            duration("interval", &health_check_config::interval, "Between two checks of an endpoint.",
                     {100, 86'400'000}),
            duration("timeout", &health_check_config::timeout, "For one check.", any_time),
            number("healthy", &health_check_config::healthy, "Successes in a row that bring an endpoint back.",
                   {1, 100}),
            number("unhealthy", &health_check_config::unhealthy, "Failures in a row that take it out.", {1, 100}),
            share("jitter", &health_check_config::jitter, "Share of the interval by which checks are spread."),
            custom<health_check_config>("expect", status_list_shape(), "200-399", "Statuses that count as success.",
                                        [](health_check_config& into, yaml_node const& node, reader& in)
                                        {
                                            std::vector<unsigned> statuses;
                                            read_statuses(statuses, node, in);
                                            if(statuses.empty())
                                                return;
                                            into.expect_min = statuses.front();
                                            into.expect_max = statuses.back();
                                            if(statuses.back() - statuses.front() + 1 != statuses.size())
                                                in.wrong(node, "these statuses have gaps",
                                                         "one range, such as 200-299");
                                        }),
        },
        [](health_check_config& check, yaml_node const& node, reader& in)
        {
            if(!check.path.starts_with('/') || !is_field_value(check.path) || check.path.find(' ') != std::string::npos)
                in.wrong(node, "the path of a check is no request target", "a path that begins with /");
        }};
    return keys;
}

section_of<ejection_config> const& ejection_keys()
{
    static section_of<ejection_config> const keys{
        "ejection",
        "Passive ejection: an endpoint that fails real requests rests for a while. Acts only while two or more "
        "endpoints remain.",
        {
            flag("enabled", &ejection_config::enabled, "Off keeps every endpoint in."),
            number("consecutive_failures", &ejection_config::consecutive_failures,
                   "Failures in a row that eject; 0: not counted.", {0, 10'000}),
            share("error_rate", &ejection_config::error_rate, "Share of failures in the window that ejects; 0: off."),
            number("rate_minimum", &ejection_config::rate_minimum, "Requests in the window before the share counts.",
                   {1, 1'000'000}),
            duration("base", &ejection_config::base, "First rest; it grows with each ejection.", any_time),
            duration("max", &ejection_config::max, "Longest rest.", any_time),
            share("keep", &ejection_config::keep, "Share of the endpoints that is never ejected."),
        },
        [](ejection_config& ejection, yaml_node const& node, reader& in)
        {
            if(ejection.base > ejection.max)
                in.wrong(node, "the first rest (`base`) is longer than the longest (`max`)", "base at most max");
        }};
    return keys;
}

section_of<breaker_config> const& breaker_keys()
{
    static section_of<breaker_config> const keys{
        "breaker",
        "Circuit breaker: while open, requests are answered at once with 503 CIRCUIT_OPEN and the time until it "
        "half-opens.",
        {
            flag("enabled", &breaker_config::enabled, "Being there switches it on."),
            number("consecutive_failures", &breaker_config::consecutive_failures,
                   "Failures in a row that open it, 5xx answers included; 0: not counted.", {0, 10'000}),
            share("error_rate", &breaker_config::error_rate, "Share of failures in the window that opens it."),
            number("minimum", &breaker_config::minimum, "Requests in the window before the share counts.",
                   {1, 1'000'000}),
            duration("window", &breaker_config::window, "Over which the share is taken.", {100, 3'600'000}),
            duration("open", &breaker_config::open, "How long it stays open.", any_time),
            number("probes", &breaker_config::probes, "Requests let through while half-open.", {1, 1'000}),
        }};
    return keys;
}

section_of<concurrency_config> const& concurrency_keys()
{
    static section_of<concurrency_config> const keys{
        "concurrency",
        "Requests at a time, and a bounded queue before them. A full queue answers 503 UPSTREAM_SATURATED.",
        {
            number("limit", &concurrency_config::limit, "Requests at a time; 0: off.", {0, 1'000'000}),
            number("queue", &concurrency_config::queue, "Requests that may wait.", {0, 1'000'000}),
            duration("queue_timeout", &concurrency_config::queue_timeout,
                     "How long one may wait; then 503 QUEUE_TIMEOUT.", any_time),
        },
        [](concurrency_config& c, yaml_node const& node, reader& in)
        {
            if(c.queue > 0 && c.limit == 0)
                in.wrong(node, "there is a `queue` but no `limit` to wait for", "a `limit` above 0");
        }};
    return keys;
}

section_of<repeat_config> const& repeat_keys()
{
    static section_of<repeat_config> const keys{
        "repeat",
        "When the gateway tries again by itself, beyond the built-in rule for requests that cannot have been executed.",
        {
            number("attempts", &repeat_config::attempts, "Tries in all.", {1, 10}),
            custom<repeat_config>(
                "statuses", status_list_shape(), {}, "Upstream statuses that are tried again, for idempotent requests.",
                [](repeat_config& into, yaml_node const& node, reader& in) { read_statuses(into.statuses, node, in); }),
            duration("per_try", &repeat_config::per_try, "Time-out of one try.", optional_time),
            share("budget", &repeat_config::budget, "Repeats as a share of the live requests."),
            number("budget_minimum", &repeat_config::budget_minimum, "Repeats that the budget always allows.",
                   {0, 10'000}),
            duration("backoff", &repeat_config::backoff, "Wait before the second try; doubles.", optional_time),
            duration("backoff_max", &repeat_config::backoff_max, "Longest wait between tries.", optional_time),
            duration("connect_window", &repeat_config::connect_window,
                     "Refused connects are tried again that long: bridges an application's restart.", {0, 60'000}),
            flag("report_upstream", &repeat_config::report_upstream,
                 "Send X-Failed-Requests upstream even if the client did not."),
        },
        [](repeat_config& repeat, yaml_node const& node, reader& in)
        {
            if(repeat.backoff > repeat.backoff_max)
                in.wrong(node, "`backoff` is longer than `backoff_max`", "backoff at most backoff_max");
        }};
    return keys;
}

value_shape endpoint_shape()
{
    return {.type = value_shape::kind::either,
            .parts = {{.type = value_shape::kind::text,
                       .note = "a URL such as http://127.0.0.1:9000, https://api.example.com or unix:/run/app.sock"},
                      {.type = value_shape::kind::section, .members = &endpoint_keys()}}};
}

void read_endpoint(upstream_config& into, yaml_node const& node, reader& in)
{
    if(node.is_map())
    {
        endpoint_config made;
        read(endpoint_keys(), made, node, in);
        into.endpoints.push_back(std::move(made));
        return;
    }
    auto const url = in.text(node, "a URL or a map with `url:`");
    if(!url)
        return;
    if(auto made = parse_endpoint(*url))
        into.endpoints.push_back(*std::move(made));
    else
        in.wrong(node, in.shown(node) + " is no endpoint",
                 "a URL without a path, such as http://127.0.0.1:9000, https://api.example.com or unix:/run/app.sock");
}
} // namespace

section_of<endpoint_config> const& endpoint_keys()
{
    static section_of<endpoint_config> const keys{
        "endpoint",
        "One address of an upstream.",
        {
            custom<endpoint_config>("url", {.type = value_shape::kind::text, .note = "a URL without a path"}, {},
                                    "http://host:port, https://host or unix:/path.",
                                    [](endpoint_config& into, yaml_node const& node, reader& in)
                                    {
                                        auto const url = in.text(node);
                                        if(!url)
                                            return;
                                        auto made = parse_endpoint(*url);
                                        if(!made)
                                        {
                                            in.wrong(node, in.shown(node) + " is no endpoint",
                                                     "a URL without a path, such as http://127.0.0.1:9000");
                                            return;
                                        }
                                        made->weight = into.weight;
                                        into = *std::move(made);
                                    })
                .required_key(),
            number("weight", &endpoint_config::weight, "Its share of the requests.", {1, 1000}),
        }};
    return keys;
}

section_of<shield_config> const& shield_keys()
{
    static section_of<shield_config> const keys{
        "shield",
        "After an answer that asks to wait, the upstream is not called again before that time: callers get 503 "
        "UPSTREAM_COOLDOWN with what remains.",
        {
            flag("enabled", &shield_config::enabled, "Being there switches it on."),
            choice("scope", &shield_config::scope,
                   {{"endpoint", shield_scope::endpoint},
                    {"upstream", shield_scope::upstream},
                    {"route", shield_scope::route}},
                   "What rests."),
            custom<shield_config>("on", status_list_shape(), "[503, 529]",
                                  "Statuses whose hint starts it. 429 only where all callers share one credential.",
                                  [](shield_config& into, yaml_node const& node, reader& in)
                                  { read_statuses(into.on, node, in); }),
            duration("max_hold", &shield_config::max_hold, "Longest rest, whatever the hint says.", any_time),
            duration("ramp", &shield_config::ramp, "Over which callers are let in again.", optional_time),
        }};
    return keys;
}

section_of<upstream_config> const& upstream_keys()
{
    static section_of<upstream_config> const keys{
        "upstream",
        "A service behind the gateway.",
        {
            custom<upstream_config>("endpoints", {.type = value_shape::kind::list, .parts = {endpoint_shape()}}, {},
                                    "Where it can be reached.",
                                    [](upstream_config& into, yaml_node const& node, reader& in)
                                    { read_list(node, [&](yaml_node const& each) { read_endpoint(into, each, in); }); })
                .required_key(),
            one("timeouts", &upstream_config::timeouts, timeout_keys(), "How long it may take."),
            one("tls", &upstream_config::tls, tls_keys(), "TLS towards https:// endpoints."),
            choice("balance", &upstream_config::balance,
                   {{"round_robin", balancing::round_robin}, {"least_requests", balancing::least_requests}},
                   "How an endpoint is chosen; weights count in both."),
            one("pool", &upstream_config::pool, pool_keys(), "Idle connections."),
            switched("check", &upstream_config::check, check_keys(), "Active health checks."),
            switched("ejection", &upstream_config::ejection, ejection_keys(), "Passive ejection."),
            switched("breaker", &upstream_config::breaker, breaker_keys(), "Circuit breaker."),
            one("concurrency", &upstream_config::concurrency, concurrency_keys(), "Requests at a time."),
            one("repeat", &upstream_config::repeat, repeat_keys(), "When the gateway tries again."),
            switched("shield", &upstream_config::shield, shield_keys(),
                     "Respect the upstream's wish to be left alone."),
            flag("keep_host", &upstream_config::keep_host,
                 "Send the client's Host; default: yes for http://, no for https:// endpoints."),
            size("max_head", &upstream_config::head_bytes,
                 "Largest response head; then 502 UPSTREAM_HEADERS_TOO_LARGE.", {1024, 1 << 20}),
            duration("dns_refresh", &upstream_config::dns_refresh, "How often names are resolved again.",
                     {100, 86'400'000}),
        }};
    return keys;
}

} // namespace errata
