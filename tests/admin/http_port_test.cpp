#include "admin/http_port.hpp"

#include <gtest/gtest.h>

namespace errata
{
namespace
{
port_config at(std::string address, std::string token = {})
{
    return {.address = std::move(address), .port = 9901, .token = std::move(token)};
}

TEST(admin_access, on_loopback_needs_no_token_but_no_foreign_page_either)
{
    for(std::string const address : {"127.0.0.1", "::1"})
    {
        auto const a = access_of(at(address), false);
        EXPECT_FALSE(a.refuse_all);
        EXPECT_TRUE(a.check_origin);
    }
}

TEST(admin_access, off_loopback_without_token_is_refused)
{
    EXPECT_TRUE(access_of(at("0.0.0.0"), false).refuse_all);
    EXPECT_FALSE(access_of(at("0.0.0.0", "t"), false).refuse_all);
    auto certified = at("10.0.0.1");
    certified.tls.emplace().client_ca = "ca.pem";
    EXPECT_FALSE(access_of(certified, false).refuse_all);
    certified.tls->client_required = false;
    EXPECT_TRUE(access_of(certified, false).refuse_all);
}

TEST(admin_access, of_telemetry_is_open)
{
    EXPECT_FALSE(access_of(at("0.0.0.0"), true).refuse_all);
}

TEST(secrets, are_the_same_only_as_a_whole)
{
    EXPECT_TRUE(same_secret("abc", "abc"));
    EXPECT_FALSE(same_secret("ab", "abc"));
    EXPECT_FALSE(same_secret("abd", "abc"));
}
} // namespace
} // namespace errata
