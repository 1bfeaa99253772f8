#include "proxy/chunked.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace errata
{
namespace
{
using namespace std::string_literals;

struct decoded
{
    std::string content;
    std::string trailers;
    std::size_t consumed = 0;
    bool done = false;
    bool failed = false;

    friend bool operator==(decoded const&, decoded const&) = default;
};

/// Everything the decoder says about pieces that come one after the other.
decoded decode(std::vector<std::string_view> const& pieces)
{
    chunked_decoder decoder;
    decoded out;
    for(auto piece : pieces)
    {
        while(!piece.empty() && !out.done && !out.failed)
        {
            auto const step = decoder.next(piece);
            EXPECT_TRUE(step.consumed > 0);
            out.content += step.data;
            out.consumed += step.consumed;
            out.done = step.done;
            out.failed = step.failed;
            piece.remove_prefix(step.consumed);
        }
    }
    out.trailers = decoder.trailers();
    return out;
}

struct body_case
{
    std::string section;
    std::string bytes;
    std::string content;
    std::string trailers;
};

std::vector<body_case> const good{
    {"9112 7.1", "0\r\n\r\n", "", ""},
    {"9112 7.1", "5\r\nhello\r\n0\r\n\r\n", "hello", ""},
    {"9112 7.1", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", ""},
    {"9112 7.1", "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", ""},
    {"9112 7.1", "0005\r\nhello\r\n00000\r\n\r\n", "hello", ""},
    {"9112 7.1", "0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n", "hello", ""},
    {"9112 7.1", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", ""},
    {"9112 7.1.1", "5;a\r\nhello\r\n0;b=c\r\n\r\n", "hello", ""},
    {"9112 7.1.1", "5 \t;a\r\nhello\r\n0 ;b=c\r\n\r\n", "hello", ""},
    {"9112 7.1.1", "5;a=\"b;c \t\xe9\"\r\nhello\r\n0\r\n\r\n", "hello", ""},
    {"9112 7.1.2", "0\r\nX-Sum: 5\r\n\r\n", "", "X-Sum: 5\r\n"},
    {"9112 7.1.2", "1\r\na\r\n0\r\nX-Sum: 5\r\nX-More:\tb \r\n\r\n", "a", "X-Sum: 5\r\nX-More:\tb \r\n"},
    {"9110 6.5.1", "0\r\nContent-Length: 5\r\nX: a\r\nTransfer-Encoding: b\r\nHost: c\r\n\r\n", "", "X: a\r\n"},
};

struct bad_case
{
    std::string section;
    std::string bytes;
};

std::vector<bad_case> const bad{
    {"9112 7.1", "\r\nhello\r\n"},
    {"9112 7.1", " 5\r\nhello\r\n"},
    {"9112 7.1", "5 \r\nhello\r\n"},
    {"9112 7.1", "5\t\r\nhello\r\n"},
    {"9112 7.1", "5 a\r\nhello\r\n"},
    {"9112 7.1", "5 \t5\r\nhello\r\n"},
    {"9112 7.1", "0x5\r\nhello\r\n"},
    {"9112 7.1", "+5\r\nhello\r\n"},
    {"9112 7.1", "-5\r\nhello\r\n"},
    {"9112 7.1", "5.\r\nhello\r\n"},
    {"9112 7.1", "g\r\nhello\r\n"},
    {"9112 7.1", ";a\r\nhello\r\n"},
    {"9112 7.1", "5\nhello\r\n"},
    {"9112 7.1", "5\rhello\r\n"},
    {"9112 7.1", "5\r\r\nhello\r\n"},
    {"9112 7.1", "5\0\r\nhello\r\n"s},
    {"9112 7.1", "5\r\nhello0\r\n\r\n"},
    {"9112 7.1", "5\r\nhello!\r\n0\r\n\r\n"},
    {"9112 7.1", "5\r\nhello\n0\r\n\r\n"},
    {"9112 7.1", "5\r\nhello\r0\r\n\r\n"},
    {"9112 7.1", "5\r\nhello\r\n\r\n"},
    {"9112 7.1", "8000000000000000\r\n"},
    {"9112 7.1", "ffffffffffffffff\r\n"},
    {"9112 7.1", "10000000000000005\r\nhello\r\n"},
    {"9112 7.1", "00000000000000005\r\nhello\r\n"},
    {"9112 7.1", "0\n\n"},
    {"9112 7.1", "0\r\n\n"},
    {"9112 7.1", "0\r\n\r\r\n"},
    {"9112 7.1.1", "5;a\nhello\r\n"},
    {"9112 7.1.1", "5;a\rb\r\nhello\r\n"},
    {"9112 7.1.1", "5;a\0b\r\nhello\r\n"s},
    {"9112 7.1.2", "0\r\nX\r\n\r\n"},
    {"9112 7.1.2", "0\r\nX : a\r\n\r\n"},
    {"9112 7.1.2", "0\r\n: a\r\n\r\n"},
    {"9112 7.1.2", "0\r\nX: a\r\n b\r\n\r\n"},
    {"9112 7.1.2", "0\r\nX: a\n\r\n"},
    {"9112 7.1.2", "0\r\nX: a\0\r\n\r\n"s},
    {"9112 7.1.2", "0\r\nX: a\rb\r\n\r\n"},
};

/// The decoder's verdict must not depend on where the bytes were cut.
void for_every_cut(std::string_view bytes, decoded const& wanted)
{
    for(std::size_t a = 0; a <= bytes.size(); ++a)
        for(std::size_t b = a; b <= bytes.size(); ++b)
            ASSERT_EQ(decode({bytes.substr(0, a), bytes.substr(a, b - a), bytes.substr(b)}), wanted) << a << ' ' << b;
}

TEST(chunked_body, is_decoded_wherever_it_is_cut)
{
    for(auto const& c : good)
    {
        SCOPED_TRACE("RFC " + c.section + ": " + testing::PrintToString(c.bytes));
        for_every_cut(c.bytes, {c.content, c.trailers, c.bytes.size(), true, false});
    }
}

TEST(chunked_body, fails_at_the_same_octet_wherever_it_is_cut)
{
    for(auto const& c : bad)
    {
        SCOPED_TRACE("RFC " + c.section + ": " + testing::PrintToString(c.bytes));
        auto const whole = decode({c.bytes});
        EXPECT_TRUE(whole.failed);
        EXPECT_FALSE(whole.done);
        for_every_cut(c.bytes, whole);
    }
}

TEST(chunked_body, is_never_done_when_an_octet_is_missing)
{
    for(auto const& c : good)
        for(std::size_t n = 0; n < c.bytes.size(); ++n)
        {
            auto const d = decode({std::string_view{c.bytes}.substr(0, n)});
            EXPECT_FALSE(d.done || d.failed) << testing::PrintToString(c.bytes.substr(0, n));
        }
}

TEST(chunked_body, leaves_what_follows_it_alone)
{
    auto const d = decode({"1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n"});
    EXPECT_TRUE(d.done);
    EXPECT_EQ(d.consumed, 11U);
}

TEST(chunked_body, stays_failed)
{
    chunked_decoder decoder;
    EXPECT_TRUE(decoder.next("x").failed);
    auto const again = decoder.next("0\r\n\r\n");
    EXPECT_TRUE(again.failed);
    EXPECT_EQ(again.consumed, 0U);
}

TEST(chunked_body, bounds_the_extensions_of_all_chunks_together)
{
    std::string const chunk = "1;" + std::string(1023, 'x') + "\r\na\r\n";
    std::string bytes;
    for(int i = 0; i < 16; ++i)
        bytes += chunk;
    EXPECT_TRUE(decode({bytes + "0\r\n\r\n"}).done);
    EXPECT_TRUE(decode({bytes + "0;\r\n\r\n"}).failed);
    EXPECT_TRUE(decode({bytes + "0;x\r\n\r\n"}).failed);
}

TEST(chunked_body, bounds_its_trailer_section)
{
    EXPECT_TRUE(decode({"0\r\nX: " + std::string(16000, 'a') + "\r\n\r\n"}).done);
    EXPECT_TRUE(decode({"0\r\nX: " + std::string(17000, 'a')}).failed);

    std::string dropped = "0\r\n"; // fields that are not kept count as well
    for(int i = 0; i < 1000; ++i)
        dropped += "Content-Length: 5\r\n";
    EXPECT_TRUE(decode({dropped}).failed);
}

TEST(chunked_body, gives_data_as_views_into_the_input)
{
    std::string const input = "5\r\nhello\r\n";
    chunked_decoder decoder;
    auto const step = decoder.next(input);
    EXPECT_EQ(step.data, "hello");
    EXPECT_EQ(step.data.data(), input.data() + 3);
}

TEST(chunked_body, can_be_followed_by_another_after_reset)
{
    chunked_decoder decoder;
    decoder.next("0\r\nX: a\r\n\r\n");
    decoder.reset();
    EXPECT_EQ(decoder.trailers(), "");
    EXPECT_TRUE(decoder.next("0\r\n\r\n").done);
}

} // namespace
} // namespace errata
