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

/// Whether a page's browser only asks what it may send (Fetch 3.3.2): the method it is about, empty when it does not.
[[nodiscard]] std::string_view preflight_method(std::string_view method, field_list request) noexcept;

/// The fields of a 204 that lets the page send what it asked for, this once; none when the route does not allow its
/// origin.
[[nodiscard]] std::vector<field> preflight_fields(cors_config const& cors, field_list request, arena& memory);

} // namespace errata
