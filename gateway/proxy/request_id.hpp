#pragma once

#include "problem/retry.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace errata
{

/// Random numbers and request ids of one shard. Seeded from the system; fast, not for keys.
class id_source
{
public:
    id_source();

    [[nodiscard]] std::uint64_t next() noexcept;
    /// 0 <= x < 1
    [[nodiscard]] double fraction() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    /// A UUIDv7 (RFC 9562 5.7): ordered by time, as text.
    void make(wall_clock::time_point now, std::array<char, 36>& out) noexcept;

private:
    std::array<std::uint64_t, 4> state_;
};

/// A client's X-Request-Id is taken when it is 8 to 128 of `A-Za-z0-9._-`: what goes into logs and headers must be
/// harmless.
[[nodiscard]] bool is_acceptable_request_id(std::string_view id) noexcept;

} // namespace errata
