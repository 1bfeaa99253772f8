#pragma once

#include "problem/leak_guard.hpp"
#include "problem/retry.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace errata
{

class dialect_table;
class error_rules;
class error_template;
class success_conditions;

enum class error_mode : std::uint8_t
{
    rewrite,
    observe,
    off
};
enum class body_policy : std::uint8_t
{
    canonical,
    compatible,
    passthrough
};
enum class rendering : std::uint8_t
{
    problem,
    envelope,
    custom
};

/// How a route's errors are recognised and rendered: immutable, compiled from YAML. Shared parts are pointers, so that
/// thousands of routes with the same settings cost little.
struct error_policy
{
    error_mode mode = error_mode::rewrite;
    body_policy body = body_policy::canonical;
    rendering render = rendering::problem;
    expose exposed = expose::safe;
    bool plain_json = false;           ///< application/json instead of application/problem+json
    std::string type_base;             ///< empty: about:blank
    std::size_t max_body = 256 * 1024; ///< decoded bytes
    std::chrono::milliseconds body_deadline{2'000};
    std::size_t max_depth = 64;
    std::map<std::string, std::string, std::less<>> codes; ///< upstream code (text) -> canonical code
    std::string challenge;                                 ///< WWW-Authenticate for a 401 that lacks one
    std::string allow;                                     ///< Allow for a 405 that lacks one
    std::shared_ptr<dialect_table const> dialects;         ///< user's before the built-in ones; null: built-in
    std::shared_ptr<error_rules const> rules;
    std::shared_ptr<error_template const> skeleton;    ///< for rendering::custom
    std::shared_ptr<success_conditions const> success; ///< errors inside success; null: off
    bool aws_and_grpc = false;                         ///< touch gRPC, Connect and AWS-protocol answers too
};

/// Name in Proxy-Status and Via, and what of it goes out.
struct identity
{
    std::string name = "gw-0"; ///< a token (RFC 9110 5.6.2)
    bool proxy_status = true;
    bool proxy_status_details = false;
};

} // namespace errata
