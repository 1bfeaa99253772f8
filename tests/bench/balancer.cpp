// What choosing an endpoint costs, by their number.
#include "proxy/balancer.hpp"

#include <benchmark/benchmark.h>

namespace
{
using namespace errata;

void choose(benchmark::State& state, balancing how)
{
    auto const endpoints = static_cast<std::size_t>(state.range(0));
    endpoint_loads loads(endpoints, 4);
    balancer b(how, std::vector<unsigned>(endpoints, 1u), 42, loads, 0);
    std::uint64_t random = 1;
    for(auto _ : state)
    {
        random = random * 6364136223846793005u + 1442695040888963407u;
        auto const chosen = b.choose({}, random);
        b.began(*chosen);
        b.ended(*chosen);
    }
}

BENCHMARK_CAPTURE(choose, round_robin, balancing::round_robin)->RangeMultiplier(10)->Range(1, 1'000);
BENCHMARK_CAPTURE(choose, least_requests, balancing::least_requests)->RangeMultiplier(10)->Range(1, 1'000);
} // namespace
