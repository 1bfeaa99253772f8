#pragma once

#include "problem/document.hpp"
#include "problem/field.hpp"
#include "problem/recognized.hpp"
#include "problem/retry.hpp"

#include <boost/system/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace errata
{

/// Something about one node of a body. `equals` compares a scalar's text; without it the node must exist (`present`) or
/// must not; `kind` wants it to be of that JSON type. A null counts as absent.
struct body_condition
{
    std::string pointer; ///< RFC 6901
    std::optional<std::string> equals;
    bool present = true;
    std::optional<document::kind> kind = {};

    [[nodiscard]] bool holds(document const& doc) const noexcept;
    friend bool operator==(body_condition const&, body_condition const&) = default;
};

struct status_range
{
    unsigned low = 0, high = 0;
    friend bool operator==(status_range const&, status_range const&) = default;
};

/// A user's correction of what recognition found. Of a list one entry must fit, an empty list fits always; all kinds
/// together must fit.
struct error_rule
{
    struct condition
    {
        std::vector<status_range> statuses;
        std::vector<std::string> codes; ///< the upstream's own or the canonical one
        std::vector<std::string> dialects;
        std::vector<std::pair<std::string, std::string>>
            fields;                       ///< each must be there, with that value if one is given
        std::vector<body_condition> body; ///< each must hold
        std::string message;              ///< RE2, found somewhere in the detail
        friend bool operator==(condition const&, condition const&) = default;
    };

    struct outcome
    {
        std::optional<unsigned> status;
        std::optional<std::string> code, title, detail; ///< an empty detail removes it
        std::optional<bool> retry_allowed;
        std::optional<milliseconds> retry_after;
        std::vector<std::pair<std::string, std::string>> fields; ///< replaced; an empty value removes
        std::vector<std::string> drop; ///< canonical members, or JSON pointers into the upstream's body
        bool scrub = false;            ///< nothing that the upstream said survives
        friend bool operator==(outcome const&, outcome const&) = default;
    };

    std::string name;  ///< for explain
    std::string where; ///< file:line:column, for explain
    condition when;
    outcome set;
    friend bool operator==(error_rule const&, error_rule const&) = default;
};

/// Why a list of rules was refused.
struct rule_mistake
{
    std::size_t rule = 0; ///< position in the list
    std::string key;      ///< "when.message", "set.drop" ...
    std::string reason;
};

/// Rules in order; the first that fits is applied, the others are not asked. Immutable, expressions compiled.
class error_rules
{
public:
    [[nodiscard]] static boost::system::result<error_rules, rule_mistake> build(std::vector<error_rule> rules);

    error_rules(error_rules&&) noexcept;
    error_rules& operator=(error_rules&&) noexcept;
    ~error_rules();

    /// `found` is as the upstream said it: codes not mapped yet.
    [[nodiscard]] error_rule const* find(unsigned status, field_list fields, document const& doc,
                                         recognized const& found, arena& memory) const;
    [[nodiscard]] std::vector<error_rule> const& all() const noexcept { return rules_; }

private:
    struct compiled;
    error_rules();
    std::vector<error_rule> rules_;
    std::unique_ptr<compiled> compiled_;
};

} // namespace errata
