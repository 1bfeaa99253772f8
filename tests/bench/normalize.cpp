// What rewriting an error costs, beside the bare parse of the same body by Boost.JSON without any use of it.
#include "problem/normalize.hpp"

#include <benchmark/benchmark.h>
#include <boost/json.hpp>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace
{
using namespace errata;

std::string const small =
    R"({"error":{"code":"INSUFFICIENT_BALANCE","message":"Not enough money.","details":{"a":1}}})";

/// About 1 KiB with field errors and structured details.
std::string medium()
{
    std::string body = R"({"error":{"code":"VALIDATION_FAILED","message":"Some fields are wrong.","details":[)";
    for(int i = 0; i < 9; ++i)
        body += std::string{i ? "," : ""} + R"({"field":"items.)" + std::to_string(i) +
                R"(.sku","message":"must not be blank","code":"BLANK","value":"","limit":100.00})";
    return body + "]}}";
}

std::string const page =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n";

constexpr std::array upstream_fields{
    field{"Server", "nginx/1.22.1"},           field{"Date", "Sat, 21 Nov 2026 12:00:00 GMT"},
    field{"Content-Type", "application/json"}, field{"Content-Length", "88"},
    field{"X-Request-Id", "0123456789abcdef"},
};
constexpr std::array request_fields{field{"Host", "api.example.com"}, field{"User-Agent", "curl/7.88.1"},
                                    field{"Accept", "*/*"}};

void run(benchmark::State& state, std::string const& body, body_policy policy)
{
    static error_policy errors;
    errors.body = policy;
    static retry_policy const retry;
    static identity const self;
    static workspace work;
    request_facts const request{
        .method = "GET", .request_id = "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c", .fields = request_fields};
    for(auto _ : state)
    {
        auto const a = normalize({402, upstream_fields, body, true, {}}, request, errors, retry, self, {}, 0, work);
        benchmark::DoNotOptimize(a.body.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}

/// A validation error of about that size, as services with many fields send it.
std::string body_of(std::size_t size)
{
    std::string body = R"({"error":{"code":"VALIDATION_FAILED","message":"Some fields are wrong.","details":[)";
    for(std::size_t i = 0; body.size() + 70 < size; ++i)
        body += std::string{i ? "," : ""} + R"({"field":"items[)" + std::to_string(i) +
                R"(].quantity","issue":"must be a positive integer"})";
    return body + "]}}";
}

/// Rewriting beside the bare parse of the same body, in turns: `of_parse` is the ratio, whatever else the machine does.
void beside_parse(benchmark::State& state)
{
    using clock = std::chrono::steady_clock;
    constexpr int parses = 16;
    auto const body = body_of(static_cast<std::size_t>(state.range(0)));
    static error_policy const errors;
    static retry_policy const retry;
    static identity const self;
    static workspace work;
    static std::vector<unsigned char> space(8 << 20);
    request_facts const request{
        .method = "GET", .request_id = "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c", .fields = request_fields};
    clock::duration ours{}, bare{};
    for(auto _ : state)
    {
        auto const begin = clock::now();
        auto const a = normalize({422, upstream_fields, body, true, {}}, request, errors, retry, self, {}, 0, work);
        benchmark::DoNotOptimize(a.body.data());
        auto const between = clock::now();
        for(int i = 0; i < parses; ++i)
        {
            boost::json::monotonic_resource memory{space.data(), space.size()};
            auto const v = boost::json::parse({body.data(), body.size()}, &memory);
            benchmark::DoNotOptimize(v);
        }
        bare += (clock::now() - between) / parses;
        ours += between - begin;
        state.SetIterationTime(std::chrono::duration<double>(between - begin).count());
    }
    state.counters["of_parse"] = static_cast<double>(ours.count()) / static_cast<double>(bare.count());
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * body.size()));
}

void failure_answer(benchmark::State& state)
{
    static error_policy const errors;
    static retry_policy const retry;
    static identity const self;
    static workspace work;
    request_facts const request{
        .method = "GET", .request_id = "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c", .fields = request_fields};
    failure_report report{};
    report.what = failure::connect_refused;
    for(auto _ : state)
        benchmark::DoNotOptimize(answer_failure(report, request, errors, retry, self, {}, 0, work).body.data());
}

BENCHMARK_CAPTURE(run, small_canonical, small, body_policy::canonical);
BENCHMARK_CAPTURE(run, small_compatible, small, body_policy::compatible);
BENCHMARK_CAPTURE(run, medium_canonical, medium(), body_policy::canonical);
BENCHMARK_CAPTURE(run, html_page, page, body_policy::canonical);
BENCHMARK(beside_parse)->RangeMultiplier(4)->Range(1 << 10, 256 << 10)->Arg(90)->UseManualTime();
BENCHMARK(failure_answer);
} // namespace
