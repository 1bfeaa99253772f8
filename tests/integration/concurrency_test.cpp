// Many clients at once: nobody gets somebody else's answer, and nobody loses one when the gateway is told to end.
#include "gateway_fixture.hpp"

#include <atomic>
#include <csignal>
#include <thread>

namespace errata::test
{
namespace
{

/// Answers every request with its own target, on as many connections as come, until it is destroyed.
class echoing_upstream
{
public:
    explicit echoing_upstream(port_of_loopback& port)
        : accepting_([this, &port](std::stop_token st) { accept(st, port); })
    {
    }
    ~echoing_upstream() { accepting_.request_stop(); }

private:
    void accept(std::stop_token const& stopped, port_of_loopback& port)
    {
        std::vector<std::jthread> serving;
        while(!stopped.stop_requested())
            if(port.has_caller(std::chrono::milliseconds(20)))
                serving.emplace_back([w = port.accept()](std::stop_token st) mutable { serve(st, w); });
    }

    static void serve(std::stop_token const& stopped, wire& client)
    {
        try
        {
            for(unsigned n = 0; !stopped.stop_requested();)
            {
                if(!client.speaks_within(std::chrono::milliseconds(20)))
                    continue;
                auto const request = read_request(client);
                auto const bad = ++n % 7 == 0;
                client.send(response(bad ? "404 Not Found" : "200 OK",
                                     bad ? R"({"message": ")" + request.target + "\"}" : request.target + request.body,
                                     bad ? "Content-Type: application/json\r\n" : ""));
            }
        }
        catch(broken_wire const&)
        {
            // the gateway has closed it
        }
    }

    std::jthread accepting_;
};

class concurrency : public gateway_fixture
{
};

// Each thread sees what the others have under way: an endpoint that answers nobody gets one request or a few, whichever
// threads the clients come to, and not one from each thread.
TEST_F(concurrency, gives_an_endpoint_that_hangs_no_more_from_many_threads_than_from_one)
{
    port_of_loopback hanging;
    start({.upstream = "balance: least_requests",
           .top = "threads: 16\n",
           .endpoint = upstream.url() + ", " + hanging.url()});
    std::vector<wire> clients, stuck;
    for(int i = 0; i < 100; ++i)
    {
        clients.push_back(sent(get()));
        auto const bound = std::chrono::steady_clock::now() + patience;
        while(!upstream.has_caller(std::chrono::milliseconds(1)) && !hanging.has_caller() &&
              std::chrono::steady_clock::now() < bound)
        {
        }
        if(hanging.has_caller())
        {
            stuck.push_back(hanging.accept());
            continue;
        }
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(response("200 OK", "ok", "Connection: close\r\n"));
        EXPECT_EQ(read_response(clients.back()).body, "ok");
    }
    // One, and each 64th of the others: then all six draws name it. Each thread on its own would let 16 through.
    EXPECT_LE(stuck.size(), 8U);
    for(auto& c : clients)
        c.reset(); // nobody waits any more
}

TEST_F(concurrency, never_crosses_answers)
{
    start({.top = "threads: 3\n"});
    echoing_upstream const echo(upstream);
    std::atomic<unsigned> wrong = 0;
    {
        std::vector<std::jthread> clients;
        for(int c = 0; c < 12; ++c)
            clients.emplace_back(
                [&, c]
                {
                    try
                    {
                        auto client = connect();
                        for(int i = 0; i < 50; ++i)
                        {
                            auto const own = "/" + std::to_string(c) + "-" + std::to_string(i);
                            client.send(get(own + "a") + "PUT " + own +
                                        "b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody" + get(own + "c"));
                            for(auto const& wanted : {own + "a", own + "bbody", own + "c"})
                            {
                                auto const answer = read_response(client);
                                auto const mine = wanted.substr(0, own.size() + 1);
                                wrong += answer.status == 200 ? answer.body != wanted
                                                              : answer.body.find(mine + "\"") == std::string::npos;
                            }
                        }
                    }
                    catch(broken_wire const&)
                    {
                        ++wrong;
                    }
                });
    }
    EXPECT_EQ(wrong, 0U);
}

TEST_F(concurrency, loses_no_request_when_told_to_end)
{
    start({.top = "threads: 2\n"});
    echoing_upstream const echo(upstream);
    std::atomic<unsigned> served = 0;
    std::atomic<unsigned> lost = 0;
    std::atomic<unsigned> under_way = 0; // clients that were served: the others could not even connect later
    {
        constexpr unsigned most = 8;
        std::vector<std::jthread> clients;
        for(unsigned c = 0; c < most; ++c)
            clients.emplace_back(
                [&]
                {
                    auto client = connect();
                    for(bool first = true;; first = false)
                    {
                        if(!client.try_send(get("/again")))
                            break;
                        try
                        {
                            auto const answer = read_response(client);
                            ++served;
                            under_way += first;
                            if(answer.value("Connection") == "close")
                                break;
                        }
                        catch(broken_wire const&)
                        {
                            ++lost; // sent on a connection that had not said it would close
                            break;
                        }
                    }
                });
        while((served < 200 || under_way < most) && lost == 0)
            std::this_thread::yield();
        gateway->signal(SIGTERM);
    }
    EXPECT_EQ(lost, 0U) << "of " << served;
    EXPECT_EQ(gateway->stop(), 0);
}

} // namespace
} // namespace errata::test
