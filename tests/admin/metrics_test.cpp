#include "admin/metrics.hpp"
#include "routing/log_members.hpp"

#include <prometheus/metric_family.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace errata
{
namespace
{

using namespace std::chrono_literals;
using testing::Contains;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines(std::string const& text)
{
    std::vector<std::string> all;
    std::istringstream in(text);
    for(std::string line; std::getline(in, line);)
        all.push_back(line);
    return all;
}

struct gateway
{
    counters first, second;
    process_facts facts;
    metrics exposed{{&first, &second}, [this] { return facts; }};
    [[nodiscard]] std::vector<std::string> scrape() const { return lines(exposed.text()); }
};

TEST(metrics, tell_requests_by_route_over_all_shards)
{
    gateway g;
    g.first.request(g.first.route("users"), 200, 7, 100, 10us, 3us);
    g.second.request(g.second.route("users"), 200, 3, 100, 1s, 3us);
    g.second.request(g.second.route("users"), 503, 0, 10, 1s, 3us);
    auto const said = g.scrape();
    EXPECT_THAT(said, Contains(R"(errata_requests_total{route="users",status_class="2xx"} 2)"));
    EXPECT_THAT(said, Contains(R"(errata_requests_total{route="users",status_class="5xx"} 1)"));
    EXPECT_THAT(said, Contains(R"(errata_request_bytes_total{route="users"} 10)"));
    EXPECT_THAT(said, Contains(R"(errata_response_bytes_total{route="users"} 210)"));
    EXPECT_THAT(said, Contains(R"(errata_request_duration_seconds_count{route="users"} 3)"));
    EXPECT_THAT(said, Contains(R"(errata_request_duration_seconds_bucket{route="users",le="1.6e-05"} 1)"));
    EXPECT_THAT(said, Contains(R"(errata_request_duration_seconds_bucket{route="users",le="+Inf"} 3)"));
    EXPECT_THAT(said, Contains("errata_own_duration_seconds_count 3"));
}

TEST(metrics, leave_out_routes_without_requests_and_families_without_values)
{
    gateway g;
    (void)g.first.route("silent");
    (void)g.first.upstream("silent");
    for(auto const& line : g.scrape())
        EXPECT_THAT(line, Not(testing::HasSubstr("silent")));
    EXPECT_THAT(g.scrape(), Not(Contains(StartsWith("# HELP errata_requests_total"))));
}

TEST(metrics, tell_why_an_error_was_sent)
{
    gateway g;
    g.first.error({.route = g.first.route("users"),
                   .upstream = g.first.upstream("up"),
                   .status = 502,
                   .upstream_status = 0,
                   .cause = failure::connect_refused,
                   .dialect = {},
                   .origin = error_origin::gateway});
    g.first.error({.route = g.first.route("users"),
                   .upstream = g.first.upstream("up"),
                   .status = 422,
                   .upstream_status = 418,
                   .cause = {},
                   .dialect = "rails",
                   .origin = error_origin::upstream});
    auto const cause = std::string(trait(failure::connect_refused).name);
    EXPECT_THAT(
        g.scrape(),
        Contains(R"(errata_errors_total{route="users",upstream="up",status="502",upstream_status="none",cause=")" +
                 cause + R"(",dialect="none",origin="gateway"} 1)"));
    EXPECT_THAT(
        g.scrape(),
        Contains(
            R"(errata_errors_total{route="users",upstream="up",status="422",upstream_status="418",cause="none",dialect="rails",origin="upstream"} 1)"));
}

TEST(metrics, tell_each_retry_decision_with_its_source)
{
    gateway g;
    retry_advice a;
    a.allowed = true;
    a.source = hint_kind::schedule;
    g.first.advice(a);
    EXPECT_THAT(g.scrape(), Contains(R"(errata_retry_decisions_total{decision="allowed",source="schedule"} 1)"));
}

TEST(metrics, show_an_upstreams_state)
{
    gateway g;
    auto& up = g.first.of_upstream(g.first.upstream("up"));
    up.endpoints.set(2);
    up.endpoints_usable.set(1);
    up.breaker_state.set(2);
    up.count(upstream_happening::breaker_refused, 5);
    up.at(upstream_level::connections_idle).add(3);
    up.answer.add(20ms);
    auto const said = g.scrape();
    EXPECT_THAT(said, Contains(R"(errata_upstream_breaker_state{upstream="up"} 2)"));
    EXPECT_THAT(said, Contains(R"(errata_upstream_endpoints_usable{upstream="up"} 1)"));
    EXPECT_THAT(said, Contains(R"(errata_upstream_breaker_refused_total{upstream="up"} 5)"));
    EXPECT_THAT(said, Contains(R"(errata_upstream_connections_idle{upstream="up"} 3)"));
    EXPECT_THAT(said, Contains(R"(errata_upstream_duration_seconds_count{upstream="up"} 1)"));
}

TEST(metrics, tell_about_the_process)
{
    gateway g;
    g.facts.version = "1.2.3";
    g.facts.reloads_failed = 2;
    g.facts.log_dropped = 7;
    g.facts.ready = true;
    auto const said = g.scrape();
    EXPECT_THAT(said, Contains(R"(errata_build_info{version="1.2.3"} 1)"));
    EXPECT_THAT(said, Contains(R"(errata_config_reloads_total{result="failed"} 2)"));
    EXPECT_THAT(said, Contains("errata_log_lines_dropped_total 7"));
    EXPECT_THAT(said, Contains("errata_ready 1"));
}

TEST(metrics, have_one_family_per_name_and_counters_named_so)
{
    gateway g;
    g.first.request(g.first.route("a"), 200, 0, 0, 1us, 1us);
    g.first.of_upstream(g.first.upstream("u")).endpoints.set(1);
    std::set<std::string> names;
    for(auto const& f : g.exposed.Collect())
    {
        EXPECT_TRUE(names.insert(f.name).second) << f.name;
        EXPECT_FALSE(f.help.empty()) << f.name;
        EXPECT_EQ(f.type == prometheus::MetricType::Counter, f.name.ends_with("_total")) << f.name;
    }
    EXPECT_GT(names.size(), 40u);
}

std::string observability_page()
{
    std::ifstream in(ERRATA_SOURCE_DIR "/docs/observability.md");
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(observability_page, describes_every_metric)
{
    gateway g;
    g.first.request(g.first.route("a"), 200, 0, 0, 1us, 1us);
    g.first.error({.route = 0,
                   .upstream = 0,
                   .status = 404,
                   .upstream_status = 0,
                   .cause = {},
                   .dialect = {},
                   .origin = error_origin::upstream});
    g.first.advice({});
    g.first.of_upstream(g.first.upstream("u")).endpoints.set(1);
    auto const page = observability_page();
    for(auto const& f : g.exposed.Collect())
        EXPECT_THAT(page, testing::HasSubstr('`' + f.name + '`'));
}

TEST(observability_page, describes_every_member_of_a_log_line)
{
    auto const page = observability_page();
    for(auto const name : log_members)
        EXPECT_THAT(page, testing::HasSubstr("| `" + std::string(name) + "` |"));
}

TEST(metrics, escape_label_values)
{
    gateway g;
    g.first.request(g.first.route("a\"b\\c\nd"), 200, 0, 0, 1us, 1us);
    EXPECT_THAT(g.scrape(), Contains(R"(errata_requests_total{route="a\"b\\c\nd",status_class="2xx"} 1)"));
}

} // namespace
} // namespace errata
