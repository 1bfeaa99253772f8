#pragma once

#include "problem/policy.hpp"
#include "routing/key.hpp"

#include <memory>
#include <unordered_map>

namespace errata
{

/// Tables and shapes of the lists under `errors`, and what they are compiled to. A mistake makes the result null.
[[nodiscard]] value_shape dialects_shape();
[[nodiscard]] value_shape rules_shape();
[[nodiscard]] value_shape success_shape();

[[nodiscard]] std::shared_ptr<dialect_table const> compile_dialects(yaml_node const& node, reader& in);
[[nodiscard]] std::shared_ptr<error_rules const> compile_rules(yaml_node const& node, reader& in);
[[nodiscard]] std::shared_ptr<success_conditions const> compile_success(yaml_node const& node, reader& in);
[[nodiscard]] std::shared_ptr<error_template const> compile_template(yaml_node const& node, reader& in);

/// Compiles each list once, however many routes inherit it.
template <class Part>
class compiled_once
{
public:
    explicit compiled_once(std::shared_ptr<Part const> (*compile)(yaml_node const&, reader&)) : compile_(compile) {}
    std::shared_ptr<Part const> operator()(yaml_node const* node, reader& in)
    {
        if(!node)
            return nullptr;
        auto const [at, fresh] = known_.try_emplace(node);
        if(fresh)
            at->second = compile_(*node, in);
        return at->second;
    }

private:
    std::shared_ptr<Part const> (*compile_)(yaml_node const&, reader&);
    std::unordered_map<yaml_node const*, std::shared_ptr<Part const>> known_;
};

} // namespace errata
