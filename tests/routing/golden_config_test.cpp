#include "routing/loading.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace errata;
using namespace errata::test;

namespace
{
std::string contents(std::filesystem::path const& path)
{
    std::ostringstream out;
    out << std::ifstream{path}.rdbuf();
    return out.str();
}
} // namespace

/// tests/golden/config: a broken file, and beside it what `errata check` says. Set ERRATA_GOLDEN=write to write the
/// latter anew.
TEST(broken_configurations, are_told_as_the_golden_files_say)
{
    std::vector<std::filesystem::path> cases;
    for(auto const& entry : std::filesystem::directory_iterator{ERRATA_SOURCE_DIR "/tests/golden/config"})
        if(entry.path().extension() == ".yaml")
            cases.push_back(entry.path());
    std::sort(cases.begin(), cases.end());
    ASSERT_GE(cases.size(), 12u);
    auto const env = environment_of({{"TOKEN", "hunter2"}, {"SECRET_NUMBER", "hunter2"}});
    auto const* const mode = std::getenv("ERRATA_GOLDEN");
    for(auto path : cases)
    {
        auto const told = report(load_text(contents(path), path.filename().string(), env));
        path.replace_extension(".txt");
        if(mode && std::string_view{mode} == "write")
            std::ofstream{path} << told;
        EXPECT_EQ(told, contents(path)) << path;
        EXPECT_FALSE(told.empty()) << path;
        EXPECT_THAT(told, testing::Not(testing::HasSubstr("hunter2"))) << path;
    }
}
