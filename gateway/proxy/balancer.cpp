#include "proxy/balancer.hpp"

#include <algorithm>
#include <numeric>
#include <queue>

namespace errata
{

namespace
{

/// No schedule is longer: heavier sets are scaled down, so that weights of a million cost no memory.
constexpr std::uint64_t longest_schedule = 1 << 16;

bool contains(std::span<endpoint_index const> list, endpoint_index i)
{
    return std::ranges::find(list, i) != list.end();
}

/// The shares of the usable endpoints, as small as they can be.
std::vector<std::uint64_t> shares_of(std::span<endpoint_index const> usable, std::vector<unsigned> const& weights)
{
    std::vector<std::uint64_t> shares;
    shares.reserve(usable.size());
    std::uint64_t divisor = 0, sum = 0;
    for(auto const i : usable)
    {
        shares.push_back(weights[i]);
        divisor = std::gcd(divisor, shares.back());
        sum += shares.back();
    }
    if(sum / std::max<std::uint64_t>(divisor, 1) > longest_schedule)
        divisor = (sum + longest_schedule - 1) / longest_schedule;
    for(auto& s : shares)
        s = std::max<std::uint64_t>(1, s / std::max<std::uint64_t>(divisor, 1));
    return shares;
}

/// Each endpoint k times in even distances, their first turns staggered: the earliest due date is next.
std::vector<endpoint_index> build_schedule(std::span<endpoint_index const> usable, std::vector<unsigned> const& weights)
{
    struct turn
    {
        double due, step;
        std::uint64_t left;
        endpoint_index endpoint;
        bool operator<(turn const& other) const noexcept // std::priority_queue has the largest on top
        {
            return due != other.due ? due > other.due : endpoint > other.endpoint;
        }
    };
    auto const shares = shares_of(usable, weights);
    std::vector<turn> first;
    first.reserve(usable.size());
    for(std::size_t n = 0; n < usable.size(); ++n)
    {
        auto const step = 1 / double(shares[n]);
        first.push_back({step * (double(n) + 0.5) / double(usable.size()), step, shares[n], usable[n]});
    }
    std::priority_queue<turn> turns(std::less<turn>{}, std::move(first));
    std::vector<endpoint_index> schedule;
    schedule.reserve(std::accumulate(shares.begin(), shares.end(), std::size_t{0}));
    while(!turns.empty())
    {
        auto t = turns.top();
        turns.pop();
        schedule.push_back(t.endpoint);
        t.due += t.step;
        if(--t.left)
            turns.push(t);
    }
    return schedule;
}

} // namespace

balancer::balancer(balancing how, std::vector<unsigned> weights, std::uint64_t seed, endpoint_loads& loads,
                   unsigned shard)
    : how_(how), weights_(std::move(weights)), loads_(loads), shard_(shard), cursor_(seed)
{
    std::ranges::replace(weights_, 0u, 1u);
    std::vector<endpoint_index> all(weights_.size());
    std::iota(all.begin(), all.end(), endpoint_index{0});
    use(all);
}

void balancer::use(std::span<endpoint_index const> usable)
{
    schedule_ = build_schedule(usable, weights_);
    if(!schedule_.empty())
        cursor_ %= schedule_.size();
}

std::optional<endpoint_index> balancer::choose(std::span<endpoint_index const> tried, std::uint64_t random)
{
    if(schedule_.empty())
        return {};
    switch(how_)
    {
    case balancing::round_robin:
        return next_in_turn(tried);
    case balancing::least_requests:
        return lighter_of_two(tried, random);
    }
    return {};
}

std::optional<endpoint_index> balancer::next_in_turn(std::span<endpoint_index const> tried)
{
    for(std::size_t n = 0; n < schedule_.size(); ++n)
    {
        auto const i = schedule_[cursor_];
        cursor_ = cursor_ + 1 < schedule_.size() ? cursor_ + 1 : 0;
        if(!contains(tried, i))
            return i;
    }
    return {};
}

std::optional<endpoint_index> balancer::lighter_of_two(std::span<endpoint_index const> tried, std::uint64_t random)
{
    constexpr int draws = 6;
    std::optional<endpoint_index> best;
    for(int n = 0; n < draws; ++n)
    {
        auto const i = schedule_[(random & 0xffffffff) % schedule_.size()];
        random = random * 6364136223846793005u + 1442695040888963407u;
        random ^= random >> 33;
        if(contains(tried, i) || i == best)
            continue;
        if(best)
            return lighter(i, *best) ? i : *best;
        best = i;
    }
    // Few endpoints, most of them tried: the turn finds one if there is any.
    return best ? best : next_in_turn(tried);
}

/// Ties go to the one drawn first, which keeps an idle upstream's load in proportion to the weights.
bool balancer::lighter(endpoint_index a, endpoint_index b) const noexcept
{
    return loads_.on(a) * weights_[b] < loads_.on(b) * weights_[a];
}

} // namespace errata
