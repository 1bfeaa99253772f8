#pragma once

#include "problem/leak_rules.hpp"

#include <optional>
#include <span>

namespace errata
{

/// One way in which internals show. `refine`, where a pattern alone cannot tell, looks at what stands around the match:
/// it widens or narrows it, or says that it is none.
struct leak_pattern
{
    char const* expression; ///< RE2, bytes
    /// One of these words is in every match, as leak_grams reads them: a text without any is clean, and no automaton
    /// needs to say so.
    std::string_view words;
    leak_kind kind = leak_kind::token;
    bool server_error_only = false;
    std::optional<leak> (*refine)(std::string_view text, leak match) = nullptr;
};

[[nodiscard]] std::span<leak_pattern const> leak_patterns() noexcept;

// The judges behind the patterns (leak_refine.cpp).
[[nodiscard]] std::optional<leak> refine_unix_path(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_source_location(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_qualified_class(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_any_class(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_ipv4(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_host_and_port(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_internal_host(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_single_label_url(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_secret(std::string_view text, leak match);
[[nodiscard]] std::optional<leak> refine_assignment(std::string_view text, leak match);

} // namespace errata
