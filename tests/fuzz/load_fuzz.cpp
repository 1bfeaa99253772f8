#include "routing/load.hpp"
#include "routing/route_table.hpp"

#include "require.hpp"

#include <algorithm>

using namespace errata;

/// Any bytes are a configuration or a list of mistakes, each with a place; the environment's secret never shows.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static environment const env = [](std::string const& name)
    { return name == "SECRET" ? std::optional<std::string>{"hunter2-in-the-environment"} : std::nullopt; };
    std::string const text{reinterpret_cast<char const*>(data), size};
    auto const result = load_text(text, "f.yaml", env);
    // The fuzzer learns the word from this very comparison and writes it into the file, where it may be shown.
    auto const written = text.find("hunter2-in") != std::string::npos;

    auto const failed = std::ranges::any_of(result.mistakes, [](auto const& m) { return !m.warning; });
    REQUIRE(failed == (result.config == nullptr));
    REQUIRE(result.mistakes.size() <= 1'000);
    for(auto const& m : result.mistakes)
    {
        REQUIRE(m.where.line > 0 && m.where.column > 0);
        REQUIRE(written || describe(m).find("hunter2-in") == std::string::npos);
    }
    if(result.config)
        (void)result.config->routes->find({"api.example.com", "/v1/users/7", "GET", {}});
    return 0;
}
