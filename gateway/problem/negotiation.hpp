#pragma once

#include "problem/policy.hpp"

namespace errata
{

/// The form in which an error goes out, from the route's policy and the client's Accept fields.
struct representation
{
    body_policy body = body_policy::canonical;
    bool plain_json = false; ///< application/json instead of application/problem+json
    bool varies = false;     ///< Accept could have changed it
};

/// Proactive negotiation (RFC 9110 12.5.1). A canonical route yields to a client that lists application/json and
/// matches nothing that covers application/problem+json; a compatible route to one that names application/problem+json.
[[nodiscard]] representation negotiate(error_policy const& policy, field_list request) noexcept;

} // namespace errata
