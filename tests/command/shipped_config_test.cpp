#include "command/running.hpp"

#include <algorithm>
#include <filesystem>

using namespace errata;
using namespace errata::test;

class shipped_configuration : public testing::TestWithParam<char const*>
{
};

TEST_P(shipped_configuration, has_no_mistake_and_passes_its_own_tests)
{
    auto const path = std::string{ERRATA_SOURCE_DIR "/config/"} + GetParam();
    auto const checked = errata_with({"check", "--strict", path});
    EXPECT_EQ(checked.status, exit_good) << checked.out << checked.err;
    auto const tested = errata_with({"test", path});
    EXPECT_EQ(tested.status, exit_good) << tested.out << tested.err;
}

INSTANTIATE_TEST_SUITE_P(config, shipped_configuration,
                         testing::Values("errata.yaml", "routing", "examples/openai.yaml", "examples/oauth.yaml"));
