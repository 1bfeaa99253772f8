#pragma once

#include "problem/rules.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace errata
{

/// How one kind of service says in a 200 that it failed, and which status that error gets.
struct success_rule
{
    std::string name;
    std::vector<body_condition> when;                     ///< all must hold
    unsigned status = 502;                                ///< where the table has nothing
    std::map<std::string, unsigned, std::less<>> by_code; ///< upstream's code as text -> status
    bool code_is_status = false;                          ///< a code from 400 to 599, but for 407, is the status

    [[nodiscard]] unsigned status_for(std::string_view code) const noexcept;
    friend bool operator==(success_rule const&, success_rule const&) = default;
};

/// Errors inside success, as a route wants them found: immutable.
class success_conditions
{
public:
    explicit success_conditions(std::vector<success_rule> rules) : rules_(std::move(rules)) {}

    /// `slack`, `graphql`, `jsonrpc`, `soap`, `object`: nothing when there is no such preset.
    [[nodiscard]] static std::optional<success_rule> preset(std::string_view name);

    /// The first rule that a success body fulfills, or nullptr: then it is no error.
    [[nodiscard]] success_rule const* match(document const& doc) const noexcept;
    [[nodiscard]] bool matches(document const& doc) const noexcept { return match(doc) != nullptr; }

private:
    std::vector<success_rule> rules_;
};

} // namespace errata
