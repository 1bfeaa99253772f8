#include "admin/metrics.hpp"

#include "admin/usage.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <initializer_list>
#include <numeric>
#include <sstream>
#include <utility>

namespace errata
{

namespace
{

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

struct named
{
    char const *name, *help;
};

// One row per enumerator, in its order.
constexpr named happening_names[] = {
    {"connections_accepted_total", "Client connections accepted."},
    {"connections_refused_total", "Client connections closed at once because of a connection limit."},
    {"tls_handshake_failures_total", "TLS handshakes with clients that failed."},
    {"bodies_over_limit_total", "Upstream error bodies longer than errors.max_body."},
    {"bodies_over_budget_total", "Upstream error bodies not read because the memory for them was spent."},
    {"hints_dropped_total", "Retry hints of upstreams that were implausible or unreadable."},
    {"hints_contradicted_total", "Retry hints of upstreams that lost against a later one of the same answer."},
    {"hints_repaired_total", "Retry-After fields of upstreams that were sent on otherwise, or not at all."},
    {"missing_challenge_total", "401 answers of upstreams without WWW-Authenticate."},
    {"missing_allow_total", "405 answers of upstreams without Allow."},
    {"reserved_codes_total", "Upstream errors that used one of the gateway's own codes."},
    {"callers_held_total", "Requests answered locally because their client came back too early."},
    {"answers_cut_total", "Answers cut off because upstream failed after their head had been forwarded."},
    {"clients_left_total", "Requests whose client went away before the answer was complete."},
    {"exceptions_total", "Exceptions that ended a request, a connection or a check: bugs, or memory that ran out."},
};
constexpr named route_happening_names[] = {
    {"rewritten_total", "Upstream errors that were rewritten."},
    {"observed_total", "Upstream errors that mode observe passed on and mode rewrite would have rewritten."},
    {"bodies_unrecognized_total", "Upstream error bodies that no dialect and no general rule could read."},
    {"leaks_removed_total", "Internals taken out of upstream errors."},
};
constexpr named level_names[] = {
    {"connections_open", "Client connections."},
    {"connections_parked", "Client connections that are idle."},
    {"requests_active", "Requests under way."},
    {"tunnels_open", "Upgraded connections."},
    {"error_body_bytes", "Memory that copies of error bodies take up."},
};
constexpr named upstream_happening_names[] = {
    {"upstream_attempts_total", "Attempts to get an answer."},
    {"upstream_repeats_total", "Attempts that repeat a request."},
    {"upstream_repeats_refused_total", "Repeats not made because the retry budget was spent."},
    {"upstream_connects_total", "Connections opened."},
    {"upstream_connect_failures_total", "Connections that could not be opened."},
    {"upstream_pool_hits_total", "Attempts that found an idle connection."},
    {"upstream_pool_misses_total", "Attempts that needed a new connection."},
    {"upstream_idle_died_total", "Idle connections that were found dead."},
    {"upstream_ejections_total", "Endpoints ejected after failures."},
    {"upstream_checks_failed_total", "Active checks that failed."},
    {"upstream_breaker_opened_total", "Times the circuit breaker opened."},
    {"upstream_breaker_refused_total", "Requests refused by the open circuit breaker."},
    {"upstream_shield_raised_total", "Times upstream asked to be left alone and was."},
    {"upstream_shield_refused_total", "Requests answered locally meanwhile."},
    {"upstream_queued_total", "Requests that had to wait for a place."},
    {"upstream_queue_timeouts_total", "Requests that waited for a place in vain."},
    {"upstream_saturated_total", "Requests refused because the queue was full."},
    {"upstream_dns_failures_total", "Names that could not be resolved."},
};
constexpr named upstream_level_names[] = {
    {"upstream_connections_active", "Connections in use or being opened."},
    {"upstream_connections_idle", "Connections kept for the next request."},
    {"upstream_requests_waiting", "Requests waiting for a place."},
};
constexpr char const* decision_names[] = {"allowed", "denied", "exhausted"};
constexpr char const* hint_names[] = {"none",       "retry_after",      "millisecond_field", "body",
                                      "rate_limit", "rate_limit_reset", "schedule",          "policy_default",
                                      "known_time", "upstream_flag"};

static_assert(std::size(happening_names) == happenings && std::size(level_names) == levels &&
              std::size(route_happening_names) == route_happenings);
static_assert(std::size(upstream_happening_names) == upstream_happenings &&
              std::size(upstream_level_names) == upstream_levels);
static_assert(std::size(decision_names) == retry_decisions && std::size(hint_names) == hint_kinds);

/// Families under construction.
class exposition
{
public:
    MetricFamily& family(MetricType type, named const& n)
    {
        MetricFamily f;
        f.name = std::string("errata_") + n.name;
        f.help = n.help;
        f.type = type;
        return families_.emplace_back(std::move(f));
    }

    void counter(named const& n, double value) { add_counter(family(MetricType::Counter, n), {}, value); }
    void gauge(named const& n, double value, labels l = {})
    {
        add_gauge(family(MetricType::Gauge, n), std::move(l), value);
    }

    static void add_counter(MetricFamily& f, labels l, double value)
    {
        auto& m = f.metric.emplace_back();
        m.label = std::move(l);
        m.counter.value = value;
    }
    static void add_gauge(MetricFamily& f, labels l, double value)
    {
        auto& m = f.metric.emplace_back();
        m.label = std::move(l);
        m.gauge.value = value;
    }
    static void add_histogram(MetricFamily& f, labels l, latency_histogram::totals const& t)
    {
        auto& m = f.metric.emplace_back();
        m.label = std::move(l);
        std::uint64_t so_far = 0;
        for(std::size_t i = 0; i < latency_histogram::bounds; ++i)
            m.histogram.bucket.push_back({so_far += t.counts[i], double(latency_histogram::bound_us(i)) / 1e6});
        m.histogram.sample_count = so_far + t.counts.back();
        m.histogram.sample_sum = double(t.sum_us) / 1e6;
    }

    [[nodiscard]] std::vector<MetricFamily> take()
    {
        std::erase_if(families_, [](MetricFamily const& f) { return f.metric.empty(); });
        return std::move(families_);
    }

private:
    std::vector<MetricFamily> families_;
};

std::uint64_t requests_of(totals::of_route const& r)
{
    return std::accumulate(r.by_class.begin(), r.by_class.end(), std::uint64_t{0});
}

double seconds_of(std::chrono::system_clock::time_point t)
{
    return std::chrono::duration<double>(t.time_since_epoch()).count();
}

/// What every exporter tells, under the names that everybody's dashboards know.
void add_machine(exposition& out, process_facts const& p)
{
    auto const plain = [&](MetricType type, named const& n, double value)
    {
        auto& f = out.family(type, n);
        f.name = n.name;
        type == MetricType::Counter ? exposition::add_counter(f, {}, value) : exposition::add_gauge(f, {}, value);
    };
    auto const used = own_usage();
    plain(MetricType::Gauge, {"process_start_time_seconds", "Start of the process, since the epoch."},
          seconds_of(p.started));
    plain(MetricType::Counter, {"process_cpu_seconds_total", "Processor time used, user and system."},
          used.cpu_seconds);
    plain(MetricType::Gauge, {"process_resident_memory_bytes", "Resident memory."}, double(used.resident_bytes));
    plain(MetricType::Gauge, {"process_open_fds", "Open file descriptors."}, double(used.open_files));
    plain(MetricType::Gauge, {"process_max_fds", "Most file descriptors that may be open."}, double(used.most_files));
}

void add_process(exposition& out, process_facts const& p)
{
    out.gauge({"build_info", "The version that runs."}, 1, {{"version", p.version}});
    out.gauge({"config_loaded_time_seconds", "When the configuration in use was loaded, since the epoch."},
              seconds_of(p.loaded));
    out.gauge({"shards", "Threads that serve requests."}, p.shards);
    out.gauge({"ready", "Whether /readyz says yes."}, p.ready);
    out.gauge({"draining", "Whether the gateway is about to end."}, p.draining);
    auto& reloads =
        out.family(MetricType::Counter, {"config_reloads_total", "Configurations loaded after the first, by result."});
    exposition::add_counter(reloads, {{"result", "done"}}, double(p.reloads_done));
    exposition::add_counter(reloads, {{"result", "failed"}}, double(p.reloads_failed));
    out.gauge({"config_last_reload_successful", "0 while what is on disk was refused and the older one serves."},
              p.reload_good);
    auto& expiry =
        out.family(MetricType::Gauge, {"certificate_expiry_time_seconds", "End of a certificate, since the epoch."});
    for(auto const& [file, until] : p.certificates)
        exposition::add_gauge(expiry, {{"file", file}}, seconds_of(until));
    out.counter({"log_lines_total", "Access log lines written."}, double(p.log_written));
    out.counter({"log_lines_dropped_total", "Access log lines lost because the output was full, slow or gone."},
                double(p.log_dropped));
}

void add_routes(exposition& out, totals const& t)
{
    constexpr char const* classes[] = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
    auto& requests =
        out.family(MetricType::Counter, {"requests_total", "Requests answered, by route and class of status."});
    for(auto const& [name, r] : t.routes)
        for(std::size_t c = 0; c < r.by_class.size(); ++c)
            if(r.by_class[c])
                exposition::add_counter(requests, {{"route", name}, {"status_class", classes[c]}},
                                        double(r.by_class[c]));

    auto const each = [&](named const& n, MetricType type, auto const& add)
    {
        auto& f = out.family(type, n);
        for(auto const& [name, r] : t.routes)
            if(requests_of(r))
                add(f, labels{{"route", name}}, r);
    };
    each({"request_bytes_total", "Request content received."}, MetricType::Counter,
         [](auto& f, labels l, auto const& r) { exposition::add_counter(f, std::move(l), double(r.bytes_in)); });
    each({"response_bytes_total", "Response content sent."}, MetricType::Counter,
         [](auto& f, labels l, auto const& r) { exposition::add_counter(f, std::move(l), double(r.bytes_out)); });
    for(std::size_t i = 0; i < route_happenings; ++i)
        each(route_happening_names[i], MetricType::Counter,
             [i](auto& f, labels l, auto const& r)
             { exposition::add_counter(f, std::move(l), double(r.happened[i])); });
    each({"request_duration_seconds", "From the request's head to the last byte of its answer."}, MetricType::Histogram,
         [](auto& f, labels l, auto const& r) { exposition::add_histogram(f, std::move(l), r.total); });
    exposition::add_histogram(
        out.family(MetricType::Histogram, {"own_duration_seconds", "What of it was spent in the gateway itself."}), {},
        t.own);
}

void add_errors(exposition& out, totals const& t)
{
    auto& errors =
        out.family(MetricType::Counter, {"errors_total", "Error answers sent, by where they came from and why."});
    for(auto const& [e, n] : t.errors)
        exposition::add_counter(errors,
                                {{"route", e.route},
                                 {"upstream", e.upstream},
                                 {"status", std::to_string(e.status)},
                                 {"upstream_status", e.upstream_status ? std::to_string(e.upstream_status) : "none"},
                                 {"cause", e.cause},
                                 {"dialect", e.dialect},
                                 {"origin", std::string(name_of(e.origin))}},
                                double(n));

    auto& advice = out.family(
        MetricType::Counter, {"retry_decisions_total", "Retry decisions on error answers, by the source of the wait."});
    for(std::size_t d = 0; d < retry_decisions; ++d)
        for(std::size_t h = 0; h < hint_kinds; ++h)
            if(t.advice[d][h])
                exposition::add_counter(advice, {{"decision", decision_names[d]}, {"source", hint_names[h]}},
                                        double(t.advice[d][h]));
}

void add_upstreams(exposition& out, totals const& t)
{
    // What a reload took away keeps its counters and has no state any more.
    auto const each = [&](named const& n, MetricType type, auto const& add)
    {
        auto& f = out.family(type, n);
        for(auto const& [name, u] : t.upstreams)
            if(u.endpoints || (u.happened[0] && type != MetricType::Gauge))
                add(f, labels{{"upstream", name}}, u);
    };
    auto const gauge_of = [](auto member) {
        return [member](auto& f, labels l, auto const& u)
        { exposition::add_gauge(f, std::move(l), double(u.*member)); };
    };
    for(std::size_t i = 0; i < upstream_happenings; ++i)
        each(upstream_happening_names[i], MetricType::Counter,
             [i](auto& f, labels l, auto const& u)
             { exposition::add_counter(f, std::move(l), double(u.happened[i])); });
    for(std::size_t i = 0; i < upstream_levels; ++i)
        each(upstream_level_names[i], MetricType::Gauge,
             [i](auto& f, labels l, auto const& u) { exposition::add_gauge(f, std::move(l), double(u.now[i])); });
    each({"upstream_breaker_state", "0 closed, 1 half-open, 2 open."}, MetricType::Gauge,
         gauge_of(&totals::of_upstream::breaker_state));
    each({"upstream_shielded", "1 while it is left alone because it asked for that."}, MetricType::Gauge,
         gauge_of(&totals::of_upstream::shielded));
    each({"upstream_endpoints", "Endpoints configured."}, MetricType::Gauge, gauge_of(&totals::of_upstream::endpoints));
    each({"upstream_endpoints_usable", "Endpoints that requests may go to."}, MetricType::Gauge,
         gauge_of(&totals::of_upstream::usable));
    each({"upstream_duration_seconds", "From an attempt's begin to the head of its answer."}, MetricType::Histogram,
         [](auto& f, labels l, auto const& u) { exposition::add_histogram(f, std::move(l), u.answer); });
}

} // namespace

std::vector<MetricFamily> metrics::Collect() const
{
    auto const t = totals::sum(shards_);
    exposition out;
    auto const facts = facts_();
    add_process(out, facts);
    add_machine(out, facts);
    add_routes(out, t);
    add_errors(out, t);
    for(std::size_t i = 0; i < happenings; ++i)
        out.counter(happening_names[i], double(t.happened[i]));
    for(std::size_t i = 0; i < levels; ++i)
        out.gauge(level_names[i], double(t.now[i]));
    add_upstreams(out, t);
    return out.take();
}

std::string metrics::text() const
{
    std::ostringstream out;
    prometheus::TextSerializer{}.Serialize(out, Collect());
    return std::move(out).str();
}

} // namespace errata
