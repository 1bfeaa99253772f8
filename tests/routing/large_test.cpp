#include "routing/loading.hpp"

#include <fmt/format.h>

using namespace errata;
using namespace errata::test;

TEST(ten_thousand_routes, load_as_one_file)
{
    auto yaml = frame + "routes:\n";
    for(int i = 0; i < 10'000; ++i)
        yaml += fmt::format("  - name: route-{0}\n"
                            "    match: {{host: s{1}.example.com, path_prefix: /v1/things/{0}, methods: [GET, POST]}}\n"
                            "    upstream: app\n"
                            "    errors: {{body: compatible}}\n"
                            "    timeouts: {{response: 5s}}\n",
                            i, i % 100);
    auto const l = load_or_fail(yaml);
    ASSERT_TRUE(l.config);
    EXPECT_EQ(l.config->routes->all().size(), 10'000u);
    EXPECT_EQ(l.config->routes->find({"s42.example.com", "/v1/things/4242/x", "GET", {}}).found->name, "route-4242");
}

TEST(ten_thousand_mistakes, are_told_in_bounded_space)
{
    auto yaml = frame + "routes:\n";
    for(int i = 0; i < 10'000; ++i)
        yaml += "  - {upstream: nowhere, nmae: x}\n";
    auto const l = load_text(yaml, "errata.yaml", no_environment);
    EXPECT_FALSE(l.config);
    EXPECT_EQ(l.mistakes.size(), 1'000u);
}
