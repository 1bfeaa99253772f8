#include "routing/target.hpp"

#include <gtest/gtest.h>

using namespace errata;

namespace
{
std::string normal(std::string_view path, encoded_slash slashes = encoded_slash::keep)
{
    std::string buffer;
    auto const r = normalize_path(path, buffer, slashes);
    if(r)
        return std::string{*r};
    switch(r.error())
    {
    case target_error::malformed:
        return "malformed";
    case target_error::bad_escape:
        return "bad escape";
    case target_error::nul:
        return "nul";
    case target_error::encoded_slash:
        return "encoded slash";
    }
    return {};
}
} // namespace

TEST(path_for_routing, is_normal_by_rfc_3986)
{
    struct row
    {
        char const *received, *matched;
    };
    for(auto const& [received, matched] : {
            row{"/", "/"},
            row{"/a/b", "/a/b"},
            row{"/%61%2Db", "/a-b"},
            row{"/%7euser", "/~user"},
            row{"/a%2fb", "/a%2Fb"},
            row{"/a%3ab", "/a%3Ab"},
            row{"/a/./b", "/a/b"},
            row{"/a/../b", "/b"},
            row{"/a/%2e%2E/b", "/b"},
            row{"/a/.", "/a/"},
            row{"/a/..", "/"},
            row{"/a/b/..", "/a/"},
            row{"/..", "/"},
            row{"/../../etc/passwd", "/etc/passwd"},
            row{"/.", "/"},
            row{"/a//b", "/a//b"},
            row{"/a//../b", "/a/b"},
            row{"/.well-known/x", "/.well-known/x"},
            row{"/a/...", "/a/..."},
            row{"/a/..%2fb", "/a/..%2Fb"},
            row{"/a.b", "/a.b"},
            row{"/%C3%A4", "/%C3%A4"},
            row{"/a%", "bad escape"},
            row{"/a%2", "bad escape"},
            row{"/a%zz", "bad escape"},
            row{"/a%00b", "nul"},
            row{"/a b", "malformed"},
            row{"/a#b", "malformed"},
            row{"*", "*"},
        })
        EXPECT_EQ(normal(received), matched) << received;
}

TEST(path_for_routing, is_the_received_one_where_there_is_nothing_to_do)
{
    std::string buffer;
    std::string_view const path = "/v1/users/7.json";
    EXPECT_EQ(normalize_path(path, buffer)->data(), path.data());
    EXPECT_TRUE(buffer.empty());
}

TEST(path_for_routing, is_its_own_normal_form)
{
    for(std::string_view path : {"/a/%2e/b%2Fc", "/%41//..", "/x/../../y%25", "/a/b/../../..", "/...//./%2e%2e%2f"})
        EXPECT_EQ(normal(normal(path)), normal(path)) << path;
}

TEST(encoded_slashes, can_be_refused)
{
    EXPECT_EQ(normal("/a%2Fb", encoded_slash::refuse), "encoded slash");
    EXPECT_EQ(normal("/a%2eb", encoded_slash::refuse), "/a.b");
}

TEST(target, is_taken_apart_in_every_form)
{
    EXPECT_EQ(*split_target("/a?b=/c?d"), (target_parts{"", "/a", "?b=/c?d"}));
    EXPECT_EQ(*split_target("http://h:1/a?b"), (target_parts{"h:1", "/a", "?b"}));
    EXPECT_EQ(*split_target("http://h"), (target_parts{"h", "/", ""}));
    EXPECT_EQ(*split_target("http://h?q"), (target_parts{"h", "/", "?q"}));
    EXPECT_EQ(*split_target("*"), (target_parts{"", "*", ""}));
    for(std::string_view bad : {"", "a", "h:443", "http://", "http://u@h/", "?a", "/a?b#c", "://h/"})
        EXPECT_FALSE(split_target(bad)) << bad;
}
