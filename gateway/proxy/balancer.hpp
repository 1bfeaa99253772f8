#pragma once

#include "proxy/upstream_health.hpp"
#include "routing/snapshot.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace errata
{

/// Chooses the endpoint of an attempt among those that may be used: smooth weighted round robin, or the less loaded of
/// two drawn by weight. Both read a schedule that is built when the usable endpoints change, so that a choice costs the
/// same for two endpoints and for a thousand. Loads are this shard's own.
class balancer
{
public:
    /// One weight per endpoint; 0 counts as 1. `seed` decides where round robin begins, so that shards do not move in
    /// step.
    balancer(balancing how, std::vector<unsigned> weights, std::uint64_t seed);

    /// From now on only these (in ascending order).
    void use(std::span<endpoint_index const> usable);

    /// An endpoint that is not among `tried`; nothing when there is none. `random` is drawn for each call.
    [[nodiscard]] std::optional<endpoint_index> choose(std::span<endpoint_index const> tried, std::uint64_t random);

    /// An attempt on it begins and ends.
    void began(endpoint_index i) noexcept { ++load_[i]; }
    void ended(endpoint_index i) noexcept { --load_[i]; }
    [[nodiscard]] unsigned load(endpoint_index i) const noexcept { return load_[i]; }

private:
    [[nodiscard]] std::optional<endpoint_index> next_in_turn(std::span<endpoint_index const> tried);
    [[nodiscard]] std::optional<endpoint_index> lighter_of_two(std::span<endpoint_index const> tried,
                                                               std::uint64_t random);
    [[nodiscard]] bool lighter(endpoint_index a, endpoint_index b) const noexcept;

    balancing how_;
    std::vector<unsigned> weights_;
    std::vector<unsigned> load_;
    std::vector<endpoint_index> schedule_; ///< each usable endpoint as often as its weight says, evenly spread
    std::size_t cursor_;
};

} // namespace errata
