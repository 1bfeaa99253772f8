#include "problem/rules.hpp"

#include "problem/canonical_code.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace errata
{
namespace
{
bool fits_status(error_rule::condition const& when, unsigned status) noexcept
{
    return when.statuses.empty() || std::ranges::any_of(when.statuses, [&](status_range const& r)
                                                        { return status >= r.low && status <= r.high; });
}

bool fits_code(error_rule::condition const& when, std::string_view code, arena& memory)
{
    if(when.codes.empty())
        return true;
    if(code.empty())
        return false;
    auto const canonical = canonical_code(code, memory);
    return std::ranges::any_of(when.codes, [&](auto const& c) { return c == code || c == canonical; });
}

bool fits_fields(error_rule::condition const& when, field_list fields)
{
    return std::ranges::all_of(when.fields,
                               [&](auto const& wanted)
                               {
                                   auto const fits = [&](field const& f) {
                                       return iequals(f.name, wanted.first) &&
                                              (wanted.second.empty() || f.value == wanted.second);
                                   };
                                   return std::ranges::any_of(fields, fits);
                               });
}

bool is_known_member(std::string_view name) noexcept
{
    constexpr std::array members{
        "title", "detail", "errors", "details", "help", "instance", "upstream_code", "upstream_request_id", "retry"};
    return name.starts_with('/') || std::ranges::find(members, name) != members.end();
}
} // namespace

struct error_rules::compiled
{
    std::vector<std::unique_ptr<RE2>> messages; ///< one per rule, null where it has none
};

error_rules::error_rules() : compiled_(std::make_unique<compiled>()) {}
error_rules::error_rules(error_rules&&) noexcept = default;
error_rules& error_rules::operator=(error_rules&&) noexcept = default;
error_rules::~error_rules() = default;

bool body_condition::holds(document const& doc) const noexcept
{
    auto const node = doc.root().at(pointer);
    auto const exists = node && node.type() != document::kind::null;
    if(kind && exists && node.type() != *kind)
        return false;
    if(equals)
        return exists && !node.is_container() && node.text() == *equals;
    return exists == present;
}

boost::system::result<error_rules, rule_mistake> error_rules::build(std::vector<error_rule> rules)
{
    error_rules built;
    for(std::size_t i = 0; i < rules.size(); ++i)
    {
        auto const& rule = rules[i];
        if(rule.set.status && (*rule.set.status < 400 || *rule.set.status > 599))
            return rule_mistake{i, "set.status", "an error has a status from 400 to 599"};
        for(auto const& name : rule.set.drop)
            if(!is_known_member(name))
                return rule_mistake{i, "set.drop",
                                    "\"" + name + "\" is neither a member that can be dropped nor a JSON pointer"};
        std::unique_ptr<RE2> message;
        if(!rule.when.message.empty())
        {
            RE2::Options quiet;
            quiet.set_log_errors(false);
            message = std::make_unique<RE2>(rule.when.message, quiet);
            if(!message->ok())
                return rule_mistake{i, "when.message", message->error()};
        }
        built.compiled_->messages.push_back(std::move(message));
    }
    built.rules_ = std::move(rules);
    return built;
}

error_rule const* error_rules::find(unsigned status, field_list fields, document const& doc, recognized const& found,
                                    arena& memory) const
{
    for(std::size_t i = 0; i < rules_.size(); ++i)
    {
        auto const& when = rules_[i].when;
        auto const* const message = compiled_->messages[i].get();
        auto const in_list = [](auto const& list, std::string_view value)
        { return list.empty() || std::ranges::find(list, value) != list.end(); };
        if(fits_status(when, status) && in_list(when.dialects, found.dialect) && fits_code(when, found.code, memory) &&
           fits_fields(when, fields) && std::ranges::all_of(when.body, [&](auto const& c) { return c.holds(doc); }) &&
           (!message || RE2::PartialMatch({found.detail.data(), found.detail.size()}, *message)))
            return &rules_[i];
    }
    return nullptr;
}

} // namespace errata
