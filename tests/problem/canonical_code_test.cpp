#include "problem/canonical_code.hpp"

#include <gtest/gtest.h>

namespace errata
{

TEST(canonical_code, is_upper_snake_of_what_the_upstream_says)
{
    struct row
    {
        std::string_view code, canonical;
    };
    for(auto const& [code, canonical] : {
            row{"insufficient_funds", "INSUFFICIENT_FUNDS"},
            row{"InvalidParameterValue", "INVALID_PARAMETER_VALUE"},
            row{"card-declined", "CARD_DECLINED"},
            row{"HTTPError", "HTTP_ERROR"},
            row{"INSUFFICIENT_BALANCE", "INSUFFICIENT_BALANCE"},
            row{"com.example.api#ThrottlingException", "THROTTLING_EXCEPTION"},
            row{"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed", "AUTHN_FAILED"},
            row{"invalidAPIKey", "INVALID_API_KEY"},
            row{"auth/user-not-found", "AUTH_USER_NOT_FOUND"},
            row{"E1001", "E1001"},
            row{"error.code.7", "ERROR_CODE_7"},
            row{"__leading__", "LEADING"},
            row{"Bad Request", "BAD_REQUEST"},
            row{"ORA-00942", "ORA_00942"},
            row{"e", "E"},
        })
    {
        arena memory;
        EXPECT_EQ(canonical_code(code, memory), canonical) << code;
    }
}

TEST(canonical_code, is_nothing_for_what_is_no_textual_code)
{
    for(std::string_view const code : {"", "50014", "-32601", "4.2", "---", "Ошибка", "The user was not found here.",
                                       "Not found.", "no such user, sorry", "a\nb", "one two three four five"})
    {
        arena memory;
        EXPECT_EQ(canonical_code(code, memory), "") << code;
    }
}

TEST(canonical_code, has_at_most_64_characters)
{
    arena memory;
    auto const code =
        canonical_code(std::string(40, 'a') + "-" + std::string(22, 'b') + "-" + std::string(5000, 'c'), memory);
    EXPECT_EQ(code, std::string(40, 'A') + "_" + std::string(22, 'B'));
}

TEST(canonical_code, is_a_fixed_point)
{
    for(std::string_view const code : {"insufficientFunds", "HTTPError2Go", "aB1C2d", "x#y-z", "OAuth2Error"})
    {
        arena memory;
        auto const once = canonical_code(code, memory);
        EXPECT_EQ(canonical_code(once, memory), once) << code;
    }
}

} // namespace errata
