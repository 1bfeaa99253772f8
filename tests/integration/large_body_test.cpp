// Large content passes unchanged at bounded memory, however slow the other side is.
#include "gateway_fixture.hpp"

#include <thread>

namespace errata::test
{
namespace
{
constexpr std::size_t mebibyte = 1 << 20;
constexpr std::size_t size = 64 * mebibyte;
constexpr std::size_t allowed_growth = 16 * mebibyte;

/// Content in which every misplaced or repeated block shows.
std::string content()
{
    std::string out(size, '\0');
    std::uint64_t state = 0x9e3779b97f4a7c15;
    for(std::size_t i = 0; i + 8 <= size; i += 8)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.replace(i, 8, reinterpret_cast<char const*>(&state), 8);
    }
    return out;
}

class large_body : public gateway_fixture
{
protected:
    void SetUp() override
    {
        start();
        before = gateway->resident_bytes();
    }
    void expect_bounded_memory() const { EXPECT_LT(gateway->peak_resident_bytes(), before + allowed_growth); }

    std::size_t before = 0;
};

TEST_F(large_body, comes_down_byte_by_byte_identical)
{
    auto const sent_content = content();
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    std::jthread sender([&] { server.try_send(response("200 OK", sent_content)); });
    auto const answer = read_response(client);
    EXPECT_TRUE(answer.complete);
    EXPECT_TRUE(answer.body == sent_content);
    expect_bounded_memory();
}

TEST_F(large_body, goes_up_byte_by_byte_identical)
{
    auto const sent_content = content();
    auto client = connect();
    std::jthread sender([&] { client.try_send(post(sent_content)); });
    auto server = upstream.accept();
    EXPECT_TRUE(read_request(server).body == sent_content);
    server.send(response("200 OK", "ok"));
    EXPECT_EQ(read_response(client).body, "ok");
    expect_bounded_memory();
}

TEST_F(large_body, goes_both_ways_in_chunks)
{
    auto const sent_content = content();
    std::string chunks;
    for(std::size_t at = 0, n = 1; at < size; at += n, n = n * 3 % 70001 + 1)
        chunks += chunk(std::string_view(sent_content).substr(at, n));
    chunks += "0\r\n\r\n";
    auto client = connect();
    std::jthread uploader(
        [&] { client.try_send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks); });
    auto server = upstream.accept();
    EXPECT_TRUE(read_request(server).body == sent_content);
    std::jthread downloader([&] { server.try_send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks); });
    EXPECT_TRUE(read_response(client).body == sent_content);
    expect_bounded_memory();
}

TEST_F(large_body, waits_for_a_client_that_does_not_read)
{
    auto client = sent(get());
    auto server = upstream.accept();
    (void)read_request(server);
    server.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    // As much as the kernel's buffers take, until nobody takes more.
    std::string const block(mebibyte, 'x');
    std::size_t taken = 0;
    while(taken < size && server.sends_within(block, std::chrono::milliseconds(200)))
        taken += block.size();
    EXPECT_LT(taken, size) << "somebody buffered it all";
    expect_bounded_memory();
}

} // namespace
} // namespace errata::test
