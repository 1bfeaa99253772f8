// Errors that do not arrive in one piece: the head that was read before stays what it was, whatever comes after it.
#include "gateway_fixture.hpp"

#include <thread>

namespace errata::test
{
namespace
{

/// Longer than any block that an answer is read into at first.
std::string page()
{
    std::string out = "<html><head><title>Out of stock</title></head><body><p>The warehouse has no such part.</p><pre>";
    while(out.size() < 60'000)
        out += "X-From-The-Content: 1\r\nset-cookie: a=b\r\n";
    return out + "</pre></body></html>";
}

constexpr std::string_view head =
    "HTTP/1.1 409 Conflict\r\nContent-Type: text/html\r\nX-Cart: 4711\r\nSet-Cookie: cart=7\r\n";

class large_error : public gateway_fixture
{
protected:
    message answer_to(std::string_view framing, std::string const& content, bool then_close = false,
                      std::string_view first = head)
    {
        auto client = sent(get());
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(std::string(first) + std::string(framing) + "\r\n");
        // In pieces, so that the head has been looked at before the content comes.
        for(std::size_t at = 0; at < content.size(); at += 3000)
        {
            server.send(content.substr(at, 3000));
            std::this_thread::yield();
        }
        if(then_close)
            server.close();
        return read_response(client);
    }

    void expect_served(std::string const& content)
    {
        auto client = sent(get());
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(response("200 OK", content));
        EXPECT_EQ(read_response(client).body, content);
    }

    static void expect_fields_of_the_head(message const& answer)
    {
        EXPECT_EQ(answer.status, 409);
        EXPECT_EQ(answer.value("x-cart"), "4711");
        EXPECT_EQ(answer.value("set-cookie"), "cart=7");
        EXPECT_EQ(answer.value("content-type"), "application/problem+json");
        EXPECT_FALSE(answer.has("x-from-the-content"));
        EXPECT_NE(answer.body.find("The warehouse has no such part."), std::string::npos) << answer.body.substr(0, 300);
    }
};

TEST_F(large_error, keeps_the_fields_of_its_head_when_its_length_is_known)
{
    start();
    auto const content = page();
    expect_fields_of_the_head(answer_to("Content-Length: " + std::to_string(content.size()) + "\r\n", content));
}

TEST_F(large_error, keeps_the_fields_of_its_head_when_it_comes_in_chunks)
{
    start();
    auto const content = page();
    expect_fields_of_the_head(
        answer_to("Transfer-Encoding: chunked\r\n",
                  chunk(content.substr(0, 20'000)) + chunk(content.substr(20'000)) + "0\r\n\r\n"));
}

TEST_F(large_error, keeps_the_fields_of_its_head_when_it_ends_with_the_connection)
{
    start();
    expect_fields_of_the_head(answer_to("Connection: close\r\n", page(), true));
}

/// So long that it is not rewritten on the thread that serves: `size` bytes of what nobody needs around one sentence.
std::string long_json(std::size_t size, int number)
{
    std::string out =
        R"({"message":"The warehouse has no such part.","code":"part_)" + std::to_string(number) + R"(","parts":[)";
    while(out.size() < size)
        out += R"({"id":4711,"text":"no longer made, replaced by another one"},)";
    return out + "{}]}";
}

TEST_F(large_error, is_rewritten_while_others_are_served)
{
    start();
    constexpr int many = 6;
    std::vector<wire> clients, servers;
    for(int i = 0; i < many; ++i)
    {
        clients.push_back(sent(get()));
        servers.push_back(upstream.accept());
        (void)read_request(servers.back());
    }
    for(int i = 0; i < many; ++i)
    {
        auto const content = long_json(i % 2 ? 40'000 : 200'000, i);
        servers[static_cast<std::size_t>(i)].send(std::string(head) + "Connection: close\r\nContent-Length: " +
                                                  std::to_string(content.size()) + "\r\n\r\n" + content);
    }
    expect_served("small");
    for(int i = 0; i < many; ++i)
    {
        auto const answer = read_response(clients[static_cast<std::size_t>(i)]);
        expect_fields_of_the_head(answer);
        EXPECT_NE(answer.body.find("\"PART_" + std::to_string(i) + '"'), std::string::npos);
    }
}

TEST_F(large_error, whose_client_is_gone_meanwhile_harms_nobody)
{
    start();
    for(int i = 0; i < 20; ++i)
    {
        auto client = sent(get());
        auto server = upstream.accept();
        (void)read_request(server);
        auto const content = long_json(200'000, i);
        server.send(std::string(head) + "Connection: close\r\nContent-Length: " + std::to_string(content.size()) +
                    "\r\n\r\n" + content);
        client.close();
    }
    expect_served("there");
}

TEST_F(large_error, keeps_the_head_of_a_success_that_was_looked_into)
{
    start();
    auto const content = page();
    auto const answer = answer_to("Content-Length: " + std::to_string(content.size()) + "\r\n", content, false,
                                  "HTTP/1.1 202 Taken On\r\nContent-Type: application/json\r\nX-Cart: 4711\r\n");
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.start_line, "HTTP/1.1 202 Taken On");
    EXPECT_EQ(answer.value("x-cart"), "4711");
    EXPECT_EQ(answer.body, content);
}

} // namespace
} // namespace errata::test
