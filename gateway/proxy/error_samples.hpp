#pragma once

#include "problem/document.hpp"
#include "problem/retry.hpp"

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

/// The last errors of a shard, for people who look into what happens. Bounded in number and size; filled on the error
/// path alone.
class error_samples
{
public:
    static constexpr std::size_t most = 64, text_limit = 4096;

    /// A place for the newest, over the oldest: to be filled in.
    [[nodiscard]] error_sample& next();
    /// Newest first.
    [[nodiscard]] std::vector<error_sample> all() const;

private:
    std::vector<error_sample> ring_;
    std::size_t newest_ = 0;
};

/// What an upstream's content looks like without what it says: `{"error":{"code":"number","message":"text of 24"}}`.
/// Names that look like data (long, or with an @) are left out. At most `error_samples::text_limit` bytes.
void write_skeleton(document const& doc, std::string& out);

} // namespace errata
