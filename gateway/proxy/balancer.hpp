#pragma once

#include "proxy/counter.hpp"
#include "proxy/upstream_health.hpp"
#include "routing/snapshot.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace errata
{

/// The attempts under way on each endpoint of an upstream. Each shard counts in cache lines of its own, which costs it
/// no more than a plain add; only who compares endpoints reads the other shards' lines.
class endpoint_loads
{
public:
    endpoint_loads(std::size_t endpoints, unsigned shards)
        : lines_((endpoints + per_line - 1) / per_line), counts_(lines_ * shards)
    {
    }

    /// What `shard` has under way there; for that shard alone to write.
    [[nodiscard]] counter& of(unsigned shard, endpoint_index i) noexcept
    {
        return counts_[shard * lines_ + i / per_line][i % per_line];
    }
    /// What all shards have under way there.
    [[nodiscard]] std::uint64_t on(endpoint_index i) const noexcept
    {
        std::uint64_t sum = 0;
        for(auto at = i / per_line; at < counts_.size(); at += lines_)
            sum += counts_[at][i % per_line].value();
        return sum;
    }

private:
    static constexpr std::size_t per_line = 8;
    struct alignas(64) line : std::array<counter, per_line>
    {
    };
    std::size_t lines_; ///< of each shard
    std::vector<line> counts_;
};

/// Chooses the endpoint of an attempt among those that may be used: smooth weighted round robin, or the less loaded of
/// two drawn by weight. Both read a schedule that is built when the usable endpoints change, so that a choice costs the
/// same for two endpoints and for a thousand. Loads are those of all shards together.
class balancer
{
public:
    /// One weight per endpoint; 0 counts as 1. `seed` decides where round robin begins, so that shards do not move in
    /// step. `loads` outlives this, which counts as `shard` there.
    balancer(balancing how, std::vector<unsigned> weights, std::uint64_t seed, endpoint_loads& loads, unsigned shard);

    /// From now on only these (in ascending order).
    void use(std::span<endpoint_index const> usable);

    /// An endpoint that is not among `tried`; nothing when there is none. `random` is drawn for each call.
    [[nodiscard]] std::optional<endpoint_index> choose(std::span<endpoint_index const> tried, std::uint64_t random);

    /// An attempt on it begins and ends.
    void began(endpoint_index i) noexcept { loads_.of(shard_, i).add(); }
    void ended(endpoint_index i) noexcept { loads_.of(shard_, i).subtract(); }
    /// Attempts of this shard alone.
    [[nodiscard]] std::uint64_t load_here(endpoint_index i) const noexcept { return loads_.of(shard_, i).value(); }

private:
    [[nodiscard]] std::optional<endpoint_index> next_in_turn(std::span<endpoint_index const> tried);
    [[nodiscard]] std::optional<endpoint_index> lighter_of_two(std::span<endpoint_index const> tried,
                                                               std::uint64_t random);
    [[nodiscard]] bool lighter(endpoint_index a, endpoint_index b) const noexcept;

    balancing how_;
    std::vector<unsigned> weights_;
    endpoint_loads& loads_;
    unsigned shard_;
    std::vector<endpoint_index> schedule_; ///< each usable endpoint as often as its weight says, evenly spread
    std::size_t cursor_;
};

} // namespace errata
