#pragma once

#include "problem/document.hpp"
#include "problem/retry.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace errata
{

/// One error answer, before and after.
struct error_sample
{
    wall_clock::time_point time{};
    std::string request_id, method, path, route, upstream;
    unsigned status = 0, upstream_status = 0;
    std::string cause, dialect, code;
    bool unrecognized = false;
    bool observed = false; ///< the original went out
    std::string before;    ///< the upstream's content as a skeleton: names and kinds, no values
    std::string after;     ///< what the gateway made of it, as far as it fits; empty when it made nothing
};

/// What makes errors alike: seeing a few of them is enough.
struct error_kind
{
    std::string_view route, code;
    unsigned status = 0, upstream_status = 0;
};

/// The last errors of a shard, for people who look into what happens. Bounded in number and size; filled on the error
/// path alone. Of errors alike few are kept within a second: a storm of them costs little and leaves the others there.
class error_samples
{
public:
    static constexpr std::size_t most = 64, text_limit = 4096;
    static constexpr unsigned most_alike = 4; ///< in a second

    /// A place for the newest, over the oldest: to be filled in. Nothing when enough of the kind were taken just now.
    [[nodiscard]] error_sample* next(error_kind const& kind, wall_clock::time_point now);
    /// Newest first.
    [[nodiscard]] std::vector<error_sample> all() const;

private:
    /// What was taken of a kind since a moment; kinds that fall together take turns.
    struct taken
    {
        std::size_t kind = 0;
        wall_clock::time_point since{};
        unsigned count = 0;
    };

    std::vector<error_sample> ring_;
    std::size_t newest_ = 0;
    std::array<taken, 32> taken_{};
};

/// What an upstream's content looks like without what it says: `{"error":{"code":"number","message":"text of 24"}}`.
/// Names that look like data (long, or with an @) are left out. At most `error_samples::text_limit` bytes.
void write_skeleton(document const& doc, std::string& out);

} // namespace errata
