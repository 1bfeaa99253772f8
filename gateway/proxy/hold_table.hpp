#pragma once

#include "proxy/clock.hpp"
#include "routing/snapshot.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace errata
{

/// Stands for a client on a route. A keyed hash: the table never holds an address or a credential.
using hold_key = std::array<std::uint64_t, 2>;

/// Makes keys with a secret of this process, so that nobody outside can choose which ones collide.
class hold_hasher
{
public:
    explicit hold_hasher(std::array<unsigned char, 32> secret) noexcept : secret_(secret) {}
    /// With a secret from the operating system.
    [[nodiscard]] static hold_hasher random();

    /// `route` and `client` (address, field value or Authorization) together.
    [[nodiscard]] hold_key key(std::string_view route, hold_config::key_kind kind, std::string_view client) const;

    /// Which shard keeps this key.
    [[nodiscard]] static std::size_t owner(hold_key const& key, std::size_t shards) noexcept { return key[1] % shards; }

private:
    std::array<unsigned char, 32> secret_;
};

/// Remembers which clients were told to wait, until when and with which status. Memory is fixed at construction. Sets
/// of eight: when a set is full, the client whose wait ends first is forgotten (it goes through a little early, which
/// does the least harm). One table per shard, for the keys it owns.
class hold_table
{
public:
    /// Room for `clients`, rounded up.
    hold_table(std::size_t clients, milliseconds max_hold);

    /// The client was told to wait. A later end replaces an earlier one.
    void told(hold_key const& key, unsigned status, milliseconds wait, steady_time now);

    struct held
    {
        unsigned status;
        milliseconds remaining;
        friend bool operator==(held const&, held const&) = default;
    };
    /// Whether the client came back too early, and what to tell it.
    [[nodiscard]] std::optional<held> find(hold_key const& key, steady_time now) const noexcept;

    [[nodiscard]] std::size_t capacity() const noexcept { return entries_.size(); }

private:
    struct entry
    {
        hold_key key{};
        steady_time until{};
        std::uint16_t status = 0;
    };
    static constexpr std::size_t ways = 8;
    [[nodiscard]] std::size_t set_of(hold_key const& key) const noexcept
    {
        return key[0] % (entries_.size() / ways) * ways;
    }

    std::vector<entry> entries_;
    milliseconds max_hold_;
};

} // namespace errata
