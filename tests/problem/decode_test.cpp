#include "problem/decode.hpp"

#include <gtest/gtest.h>

#include <zlib.h>
#include <zstd.h>

#include <string>

using namespace errata;

namespace
{
enum wrapping : int
{
    raw = -15,
    zlib = 15,
    gzip = 31
};

std::string deflated(std::string const& text, wrapping form)
{
    z_stream z{};
    deflateInit2(&z, 9, Z_DEFLATED, form, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, text.size()) + 32, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

std::string zstandard(std::string const& text)
{
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

/// Brotli by hand (RFC 7932 section 9.2): window bits 16, one uncompressed meta-block, an empty last one.
std::string brotli(std::string const& text)
{
    auto const length = static_cast<unsigned>(text.size() - 1); // 16 bits
    // WBITS 0 | ISLAST 0 | MNIBBLES 00 | MLEN-1 (16 bits) | ISUNCOMPRESSED 1 | padding
    auto const bits = (length << 4) | (1u << 20);
    std::string out;
    for(unsigned i = 0; i < 3; ++i)
        out += static_cast<char>(bits >> (8 * i));
    return out + text + '\x03';
}

constexpr std::size_t plenty = 256 * 1024;
std::string const text = "{\"error\":\"no such user\",\"again\":\"no such user, no such user\"}";
} // namespace

TEST(decode_content, undoes_every_coding)
{
    struct
    {
        std::string_view coding;
        std::string body;
    } const rows[]{
        {"", text},
        {"identity", text},
        {" , Identity,", text},
        {"utf-8", text},
        {"gzip", deflated(text, gzip)},
        {"X-GZIP", deflated(text, gzip)},
        {"deflate", deflated(text, zlib)},
        {"deflate", deflated(text, raw)},
        {"deflate", deflated(text, gzip)},
        {"zstd", zstandard(text)},
        {"br", brotli(text)},
        {"deflate, gzip", deflated(deflated(text, zlib), gzip)},
        {"gzip, br, zstd, gzip", deflated(zstandard(brotli(deflated(text, gzip))), gzip)},
        {"gzip", deflated(text.substr(0, 20), gzip) + deflated(text.substr(20), gzip)},
        {"gzip", deflated(text, gzip) + std::string(8, '\0')},
        {"zstd", zstandard(text.substr(0, 20)) + zstandard(text.substr(20))},
        {"", deflated(text, gzip)},
        {"gzip", deflated(deflated(text, gzip), gzip)}, // compressed in two places, named once
        {"gzip", text},                                 // decoded on the way, the field left behind
    };
    for(auto const& row : rows)
    {
        arena memory;
        auto const decoded = decode_content(row.body, row.coding, plenty, memory);
        ASSERT_TRUE(decoded) << row.coding;
        EXPECT_EQ(*decoded, text) << row.coding;
    }
}

TEST(decode_content, leaves_an_empty_body_empty)
{
    arena memory;
    auto const decoded = decode_content("", "gzip, br", plenty, memory);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, "");
}

TEST(decode_content, refuses_what_it_does_not_know)
{
    for(auto const coding : {"compress", "gzip;q=1", "aes128gcm", "gzip, foo", "gzip,gzip,gzip,gzip,gzip"})
    {
        arena memory;
        auto const decoded = decode_content(text, coding, plenty, memory);
        ASSERT_FALSE(decoded) << coding;
        EXPECT_EQ(decoded.error(), decode_error::unknown_coding);
    }
}

TEST(decode_content, gives_the_prefix_of_what_breaks_off)
{
    std::string long_text;
    for(int i = 0; i < 2000; ++i)
        long_text += std::to_string(i * 7919) + " ";
    struct
    {
        std::string_view coding;
        std::string body;
    } const rows[]{
        {"gzip", deflated(long_text, gzip)},
        {"deflate", deflated(long_text, zlib)},
        {"deflate", deflated(long_text, raw)},
        {"br", brotli(long_text)},
        {"deflate, gzip", deflated(deflated(long_text, zlib), gzip)},
    };
    for(auto const& row : rows)
    {
        arena memory;
        std::string_view prefix;
        auto const decoded =
            decode_content(row.body.substr(0, row.body.size() / 2), row.coding, plenty, memory, &prefix);
        ASSERT_FALSE(decoded) << row.coding;
        EXPECT_EQ(decoded.error(), decode_error::malformed);
        EXPECT_GT(prefix.size(), 100u) << row.coding;
        EXPECT_TRUE(long_text.starts_with(prefix)) << row.coding;
    }
}

TEST(decode_content, says_malformed_for_anything_else)
{
    for(auto const coding : {"gzip", "deflate", "br", "zstd"})
    {
        arena memory;
        auto const decoded = decode_content("\x01\x02\xFF\xFE not compressed at all", coding, plenty, memory);
        ASSERT_FALSE(decoded) << coding;
        EXPECT_EQ(decoded.error(), decode_error::malformed) << coding;
    }
}

TEST(decode_content, stops_at_the_limit_of_any_layer)
{
    std::string const zeros(50 * 1024 * 1024, '0');
    auto const once = deflated(zeros, gzip);
    struct
    {
        std::string_view coding;
        std::string body;
    } const rows[]{
        {"gzip", once},
        {"zstd", zstandard(zeros)},
        {"gzip, gzip", deflated(once, gzip)},
        {"zstd, gzip", deflated(zstandard(zeros), gzip)},
    };
    for(auto const& row : rows)
    {
        arena memory;
        std::string_view prefix;
        auto const decoded = decode_content(row.body, row.coding, plenty, memory, &prefix);
        ASSERT_FALSE(decoded) << row.coding;
        EXPECT_EQ(decoded.error(), decode_error::too_large) << row.coding;
        EXPECT_EQ(prefix, std::string(plenty, '0')) << row.coding;
    }
}

TEST(decode_content, lets_the_limit_itself_pass)
{
    std::string const exact(1000, 'x');
    for(auto const& [coding, body] :
        {std::pair{"gzip", deflated(exact, gzip)}, {"zstd", zstandard(exact)}, {"br", brotli(exact)}})
    {
        arena memory;
        auto const fits = decode_content(body, coding, 1000, memory);
        ASSERT_TRUE(fits) << coding;
        EXPECT_EQ(*fits, exact);
        EXPECT_FALSE(decode_content(body, coding, 999, memory)) << coding;
    }
}
