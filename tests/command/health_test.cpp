#include "command/running.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

using namespace errata;
using namespace errata::test;
using testing::HasSubstr;

namespace
{
/// A port on loopback that answers one request with these bytes.
class one_answer
{
public:
    explicit one_answer(std::string answer) : socket_(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at);
        ::listen(socket_, 1);
        socklen_t size = sizeof at;
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
        thread_ = std::thread(
            [this, answer = std::move(answer)]
            {
                auto const client = ::accept(socket_, nullptr, nullptr);
                char block[1024];
                auto const n = ::recv(client, block, sizeof block, 0);
                request_.assign(block, n > 0 ? static_cast<std::size_t>(n) : 0);
                ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
                ::close(client);
            });
    }
    ~one_answer()
    {
        ::shutdown(socket_, SHUT_RDWR);
        if(thread_.joinable())
            thread_.join();
        ::close(socket_);
    }
    [[nodiscard]] std::string port() const { return std::to_string(port_); }
    std::string const& request()
    {
        thread_.join();
        return request_;
    }

private:
    int socket_;
    std::uint16_t port_ = 0;
    std::string request_;
    std::thread thread_;
};

std::string with_telemetry(std::string const& port)
{
    return "listeners: [{address: 127.0.0.1:1}]\ntelemetry: {address: \"0.0.0.0:" + port +
           "\"}\n"
           "routes: [{upstream: http://127.0.0.1:9000}]\n";
}
} // namespace

TEST(health, is_good_when_readyz_says_200)
{
    scratch files;
    one_answer port{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    auto const r = errata_with({"health", "--config", files.put("a.yaml", with_telemetry(port.port()))});
    EXPECT_EQ(r.status, exit_good) << r.err;
    EXPECT_THAT(port.request(), testing::StartsWith("GET /readyz HTTP/1.1\r\n"));
}

TEST(health, is_bad_when_readyz_says_anything_else)
{
    for(std::string const answer : {"HTTP/1.1 503 Service Unavailable\r\n\r\n", "nonsense\r\n", ""})
    {
        scratch files;
        one_answer port{answer};
        auto const r = errata_with({"health", "-c", files.put("a.yaml", with_telemetry(port.port()))});
        EXPECT_EQ(r.status, exit_mistakes) << answer;
        EXPECT_THAT(r.err, HasSubstr("not ready")) << answer;
    }
}

TEST(health, of_a_gateway_that_runs_is_good_while_the_file_is_broken)
{
    std::string const broken[] = {
        "nonsense: [1, 2]\n",
        "upstreams: {a: {endpoints: [ftp://x]}}\n",
        "errors: {rules: [{when: {message: \"(\"}}]}\n",
        "retry: {statuses: {99: never}}\n",
        "admin: {address: nowhere}\n",
        "errors: {body: [\n",
    };
    for(auto const& more : broken)
    {
        scratch files;
        one_answer port{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
        auto const path = files.put("a.yaml", with_telemetry(port.port()) + more);
        EXPECT_EQ(errata_with({"check", path}).status, exit_mistakes) << more;
        EXPECT_EQ(errata_with({"health", "-c", path}).status, exit_good) << more;
    }
}

TEST(health, asks_where_it_is_told_without_a_configuration)
{
    one_answer port{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    EXPECT_EQ(errata_with({"health", "--address", "127.0.0.1:" + port.port()}).status, exit_good);
    EXPECT_EQ(errata_with({"health", "--address", "nowhere"}).status, exit_usage);
    EXPECT_EQ(errata_with({"health"}).status, exit_usage);
}

TEST(health, says_when_the_files_do_not_tell_where_to_ask)
{
    scratch files;
    auto const r = errata_with({"health", "-c", files.put("a.yaml", "routes: nonsense\n")});
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.err, HasSubstr("--address"));
    EXPECT_EQ(errata_with({"health", "-c", "/nowhere/errata.yaml"}).status, exit_mistakes);
}

TEST(health, is_bad_when_nobody_listens)
{
    scratch files;
    auto const r = errata_with({"health", "-c", files.put("a.yaml", with_telemetry("1"))});
    EXPECT_EQ(r.status, exit_mistakes);
    EXPECT_THAT(r.err, HasSubstr("nobody answers on 0.0.0.0:1"));
}
