#include "problem/status.hpp"

#include <gtest/gtest.h>

namespace errata
{

TEST(status, has_the_names_of_rfc_9110)
{
    EXPECT_EQ(title_of(413), "Content Too Large");
    EXPECT_EQ(title_of(422), "Unprocessable Content");
    EXPECT_EQ(title_of(408), "Request Timeout");
    EXPECT_EQ(title_of(505), "HTTP Version Not Supported");
}

TEST(status, knows_the_ones_in_use_that_nobody_registered)
{
    for(unsigned const s :
        {419, 420, 440, 449, 450, 498, 499, 509, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 540, 598, 599})
    {
        EXPECT_NE(title_of(s), s < 500 ? "Client Error" : "Server Error") << s;
        EXPECT_FALSE(default_code(s).empty()) << s;
    }
}

TEST(status, falls_back_to_its_class)
{
    EXPECT_EQ(title_of(460), "Client Error");
    EXPECT_EQ(title_of(577), "Server Error");
    EXPECT_EQ(default_code(460), "CLIENT_ERROR");
    EXPECT_EQ(title_of(0), "Unknown Status");
    EXPECT_EQ(title_of(600), "Unknown Status");
}

TEST(status, has_codes_that_are_the_phrase_but_for_the_documented_ones)
{
    struct row
    {
        unsigned status;
        std::string_view code;
    };
    for(auto const& [status, code] : {
            row{400, "INVALID_REQUEST"},
            row{401, "UNAUTHENTICATED"},
            row{403, "PERMISSION_DENIED"},
            row{404, "RESOURCE_NOT_FOUND"},
            row{405, "METHOD_NOT_ALLOWED"},
            row{409, "CONFLICT"},
            row{413, "PAYLOAD_TOO_LARGE"},
            row{422, "UNPROCESSABLE_CONTENT"},
            row{429, "RATE_LIMIT_EXCEEDED"},
            row{431, "REQUEST_HEADERS_TOO_LARGE"},
            row{500, "INTERNAL_SERVER_ERROR"},
            row{503, "SERVICE_UNAVAILABLE"},
        })
        EXPECT_EQ(default_code(status), code);
}

TEST(status, writes_every_code_in_upper_snake)
{
    for(unsigned s = 100; s < 600; ++s)
        EXPECT_EQ(default_code(s).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), std::string_view::npos) << s;
}

} // namespace errata
