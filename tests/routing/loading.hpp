#pragma once

#include "routing/load.hpp"
#include "routing/route_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace errata::test
{

inline environment const no_environment = [](std::string const&) { return std::optional<std::string>{}; };

inline environment environment_of(std::map<std::string, std::string> values)
{
    return [values = std::move(values)](std::string const& name) -> std::optional<std::string>
    {
        auto const at = values.find(name);
        return at == values.end() ? std::nullopt : std::optional{at->second};
    };
}

/// What every whole configuration needs, for tests about one other thing.
inline std::string const frame = "listeners: [{address: 127.0.0.1:8080}]\n"
                                 "upstreams: {app: {endpoints: [http://127.0.0.1:9000]}}\n";
inline std::string const framed_routes = frame + "routes: [{upstream: app}]\n";

inline std::string report(loaded const& l)
{
    std::string out;
    for(auto const& m : l.mistakes)
        out += describe(m);
    return out;
}

inline loaded load_or_fail(std::string const& yaml, environment const& env = no_environment)
{
    auto result = load_text(yaml, "errata.yaml", env);
    EXPECT_TRUE(result.config) << report(result);
    return result;
}

/// The messages of all mistakes, warnings marked.
inline std::vector<std::string> messages(std::string const& yaml, environment const& env = no_environment)
{
    std::vector<std::string> out;
    for(auto const& m : load_text(yaml, "errata.yaml", env).mistakes)
        out.push_back((m.warning ? "warning: " : "") + m.message);
    return out;
}

} // namespace errata::test
