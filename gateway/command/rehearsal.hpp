#pragma once

#include "problem/normalize.hpp"
#include "routing/route_table.hpp"
#include "routing/snapshot.hpp"
#include "routing/test_case.hpp"

#include <optional>
#include <string>

namespace errata
{

/// A request that is only imagined: what the gateway would do with it, without a socket.
struct imagined_request
{
    std::string method = "GET";
    std::string host; ///< without port
    std::string path; ///< normal form
    std::string query;
    std::string received; ///< path and query as written
    std::vector<std::pair<std::string, std::string>> fields;
};

/// Reads a URL or an origin-form target; a Host among `fields` counts where the URL has none. Empty when it is neither.
[[nodiscard]] std::optional<imagined_request> imagine(std::string_view method, std::string_view url,
                                                      std::vector<std::pair<std::string, std::string>> fields,
                                                      encoded_slash slashes);

/// Plays one request through a configuration with the very functions that serve. One at a time: answers live until the
/// next.
class rehearsal
{
public:
    rehearsal(snapshot const& config, imagined_request request);

    [[nodiscard]] route_table::result const& found() const noexcept { return found_; }
    [[nodiscard]] imagined_request const& request() const noexcept { return request_; }
    /// The target that would go upstream; empty without a route.
    [[nodiscard]] std::string target() const;

    [[nodiscard]] answer answer_to(recorded_answer const& upstream);
    [[nodiscard]] answer answer_to(failure what, std::optional<milliseconds> known_wait = {});

private:
    [[nodiscard]] request_facts facts();
    [[nodiscard]] error_policy const& errors() const noexcept
    {
        return found_.found ? *found_.found->errors : *config_.errors;
    }
    [[nodiscard]] retry_policy const& retry() const noexcept
    {
        return found_.found ? *found_.found->retry : *config_.retry;
    }

    snapshot const& config_;
    imagined_request request_;
    std::vector<field> fields_, reply_fields_;
    route_table::result found_;
    std::string body_;
    workspace work_;
};

} // namespace errata
