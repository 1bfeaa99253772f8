#pragma once

#include "command/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace errata::test
{
struct outcome
{
    int status;
    std::string out, err;
};

inline outcome errata_with(std::vector<std::string> arguments, std::string const& input = {},
                           std::map<std::string, std::string> const& variables = {})
{
    std::istringstream in{input};
    std::ostringstream out, err;
    console io{in, out, err,
               [&](std::string const& name) -> std::optional<std::string>
               {
                   auto const at = variables.find(name);
                   return at == variables.end() ? std::nullopt : std::optional{at->second};
               }};
    std::vector<char const*> argv{"errata"};
    for(auto const& a : arguments)
        argv.push_back(a.c_str());
    auto const status = command_line(static_cast<int>(argv.size()), argv.data(), io);
    return {status, out.str(), err.str()};
}

/// A directory of routing files that goes away with the test.
class scratch
{
public:
    scratch() : root_(std::filesystem::temp_directory_path() / ("errata-" + std::to_string(::getpid())))
    {
        std::filesystem::create_directories(root_);
    }
    ~scratch() { std::filesystem::remove_all(root_); }
    std::string put(std::string const& name, std::string const& text)
    {
        auto const path = root_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path} << text;
        return path.string();
    }
    [[nodiscard]] std::string path() const { return root_.string(); }

private:
    std::filesystem::path root_;
};

} // namespace errata::test
