#pragma once

#include "problem/arena.hpp"
#include "problem/field.hpp"
#include "routing/snapshot.hpp"

#include <vector>

namespace errata
{

/// Appends to an answer of the gateway's own what lets a browser show it to the page that asked (Fetch 3.3.3), if the
/// request names an Origin that the route allows: with the retry fields, which pages of other origins see only when
/// they are listed.
void add_cors_fields(cors_config const& cors, field_list request, std::vector<field>& answer, arena& memory);

} // namespace errata
