#pragma once

#include <optional>
#include <string_view>

namespace errata
{

/// uri-host [ ":" port ] of a Host field or a target (RFC 3986 3.2.2, RFC 9110 7.2).
struct authority
{
    std::string_view host;       ///< with the brackets of an IPv6 address; never empty
    std::string_view port;       ///< digits, empty when absent
    std::string_view normalized; ///< host[:port], without a colon that no port follows
};

/// Strict: no user information, no empty host, no zone, ports 1 to 65535, no comma (two Host fields joined by
/// somebody).
[[nodiscard]] std::optional<authority> read_authority(std::string_view s) noexcept;

} // namespace errata
