// What finding a route costs, by the number of routes and what they match; and how long a large configuration loads.
#include "routing/route_table.hpp"
#include "routing/load.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>

namespace
{
using namespace errata;
using kind = route_match::path_kind;

enum class by
{
    host,
    exact,
    prefix,
    regex
};

std::pair<route_match, route> numbered(by what, int i)
{
    route_match match;
    switch(what)
    {
    case by::host:
        match.hosts = {fmt::format("service-{}.example.com", i)};
        break;
    case by::exact:
        match.kind = kind::exact;
        match.path = fmt::format("/v1/things/{}", i);
        break;
    case by::prefix:
        match.kind = kind::prefix;
        match.path = fmt::format("/v1/things/{}", i);
        break;
    case by::regex:
        match.kind = kind::regex;
        match.path = fmt::format("/v1/things/{}/items/[0-9]+", i);
        break;
    }
    return {std::move(match), {}};
}

/// Requests for all of the routes in turn: the caches hold what they would hold in service.
void find(benchmark::State& state, by what)
{
    auto const size = static_cast<int>(state.range(0));
    std::vector<std::pair<route_match, route>> routes;
    std::vector<std::pair<std::string, std::string>> requests;
    for(int i = 0; i < size; ++i)
    {
        routes.push_back(numbered(what, i));
        requests.emplace_back(fmt::format("service-{}.example.com", i),
                              fmt::format("/v1/things/{}{}", i, what == by::exact ? "" : "/items/42"));
    }
    route_table const table(std::move(routes));
    std::size_t next = 0;
    for(auto _ : state)
    {
        auto const& [host, path] = requests[next];
        next = (next + 7919) % requests.size(); // a prime: no neighbours
        auto const found = table.find({host, path, "GET", {}});
        if(!found.found)
            state.SkipWithError("no route");
        benchmark::DoNotOptimize(found.found);
    }
}

void load_configuration(benchmark::State& state)
{
    std::string yaml = "version: 1\nlisteners: [{address: \"127.0.0.1:0\"}]\n"
                       "upstreams: {app: {endpoints: [\"http://127.0.0.1:8080\"]}}\nroutes:\n";
    for(int i = 0; i < state.range(0); ++i)
        yaml += fmt::format("  - name: route-{0}\n"
                            "    match: {{host: s{1}.example.com, path_prefix: /v1/things/{0}, methods: [GET, POST]}}\n"
                            "    upstream: app\n"
                            "    errors: {{body: compatible}}\n"
                            "    timeouts: {{response: 5s}}\n",
                            i, i % 100);
    auto const nothing = [](std::string const&) -> std::optional<std::string> { return std::nullopt; };
    for(auto _ : state)
        if(!load_text(yaml, "errata.yaml", nothing).config)
            state.SkipWithError("does not load");
}

BENCHMARK_CAPTURE(find, host, by::host)->RangeMultiplier(10)->Range(1, 10'000);
BENCHMARK_CAPTURE(find, exact, by::exact)->RangeMultiplier(10)->Range(1, 10'000);
BENCHMARK_CAPTURE(find, prefix, by::prefix)->RangeMultiplier(10)->Range(1, 10'000);
BENCHMARK_CAPTURE(find, regex, by::regex)->RangeMultiplier(10)->Range(1, 10'000);
BENCHMARK(load_configuration)->RangeMultiplier(10)->Range(1, 10'000)->Unit(benchmark::kMillisecond);
} // namespace
