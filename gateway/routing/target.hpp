#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace errata
{

/// A request target (RFC 9112 3.2) taken apart. Views into it.
struct target_parts
{
    std::string_view authority; ///< of the absolute form; empty otherwise
    std::string_view path;      ///< "/" where the absolute form has none; "*" for the asterisk form
    std::string_view query;     ///< with its '?'; empty when there is none
    friend bool operator==(target_parts const&, target_parts const&) = default;
};

enum class target_error : std::uint8_t
{
    malformed,     ///< neither origin, absolute nor asterisk form, or a character that cannot stand in a target
    bad_escape,    ///< a '%' without two hexadecimal digits
    nul,           ///< an encoded NUL: it ends the path early in many a service
    encoded_slash, ///< where the policy refuses them
};

enum class encoded_slash : std::uint8_t
{
    keep,
    refuse
};

[[nodiscard]] boost::system::result<target_parts, target_error> split_target(std::string_view target) noexcept;

/// The path that routes are matched against: escapes of unreserved characters are decoded, other escapes stay with
/// their digits in capitals, dot segments are removed (RFC 3986 6.2.2). An encoded slash stays encoded and separates
/// nothing; empty segments stay: services tell `/a//b` and `/a/b` apart.
///
/// For matching alone: the target is forwarded as it was received unless the route rewrites it. The result is `path`
/// itself when there was nothing to do, else it lies in `buffer`.
[[nodiscard]] boost::system::result<std::string_view, target_error>
normalize_path(std::string_view path, std::string& buffer, encoded_slash slashes = encoded_slash::keep);

} // namespace errata
