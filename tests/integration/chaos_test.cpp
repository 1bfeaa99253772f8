// Many clients, and endpoints that die, stall, reset and break off at random: whatever happens, nobody gets somebody
// else's answer, nothing is executed twice, nobody waits for ever, nothing is left behind.
#include "gateway_fixture.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>

namespace errata::test
{
namespace
{
using namespace std::chrono_literals;

/// What was executed: a POST counts when it has been read to its end.
class ledger
{
public:
    void executed(std::string const& id)
    {
        std::scoped_lock const lock(mutex_);
        ++times_[id];
    }
    [[nodiscard]] std::map<std::string, int> times() const
    {
        std::scoped_lock const lock(mutex_);
        return times_;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, int> times_;
};

/// An endpoint in a bad mood. Answers with the request's id, or goes wrong in one of the ways that services do.
class moody_endpoint
{
public:
    moody_endpoint(ledger& book, unsigned seed) : book_(book), random_(seed), accepting_([this] { accept(); }) {}
    ~moody_endpoint() { close(); }

    [[nodiscard]] std::string url() const { return port_.url(); }

    /// Ends; its connections too.
    void close()
    {
        if(over_.exchange(true))
            return;
        accepting_.join();
        for(auto& s : serving_)
            s.join();
    }

private:
    void accept()
    {
        while(!over_)
            if(port_.has_caller(20ms))
                serving_.emplace_back([this, link = std::make_shared<wire>(port_.accept()), seed = random_()]
                                      { serve(*link, std::minstd_rand(seed)); });
    }

    void serve(wire& link, std::minstd_rand random)
    try
    {
        while(answers(link, random() % 40))
            while(!link.speaks_within(20ms))
                if(over_)
                    return;
    }
    catch(broken_wire const&)
    {
        // the gateway closed it
    }

    /// One request; false when the connection is to end.
    bool answers(wire& link, unsigned mood)
    {
        if(mood == 0)
            return link.reset(), false; // as if it had been killed
        auto const request = read_request(link);
        auto const id = request.value("X-Request-Id");
        if(request.method == "POST")
            book_.executed(id);
        auto const whole = response("200 OK", id);
        switch(mood)
        {
        case 1:
            return false;
        case 2:
            return link.reset(), false;
        case 3:
            link.send(whole.substr(0, 20));
            return false;
        case 4:
            link.send(whole.substr(0, whole.size() - 5));
            return false;
        case 5:
            link.send(whole.substr(0, whole.size() - 5));
            return link.reset(), false;
        case 6:
            (void)link.closes(); // until the gateway gives up
            return false;
        case 7:
            link.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(id.substr(0, 6)));
            return false;
        case 8:
            link.send(whole + response("200 OK", "nobody's"));
            return true;
        case 9:
            link.send("garbage\r\n\r\n");
            return false;
        case 10:
            link.send(response("503 Service Unavailable", "{}", "Content-Type: application/json\r\n"));
            return true;
        case 11:
            link.send(response("200 OK", id, "Connection: close\r\n"));
            return false;
        default:
            link.send(whole);
            return true;
        }
    }

    ledger& book_;
    std::minstd_rand random_;
    port_of_loopback port_;
    std::atomic<bool> over_{false};
    std::vector<std::thread> serving_;
    std::thread accepting_;
};

class chaos : public gateway_fixture
{
protected:
    /// What is wrong about an answer to the request with this id; empty when nothing is.
    static std::string objection(message const& answer, std::string const& id)
    {
        if(answer.status == 200 && answer.complete)
            return answer.body == id ? "" : "got the answer of " + answer.body;
        if(answer.status == 200)
            return id.starts_with(answer.body) ? "" : "got a part of another answer: " + answer.body;
        if(answer.status < 500 || !answer.complete)
            return "got " + answer.start_line;
        return answer.body.find("\"request_id\":\"" + id + '"') != std::string::npos ? "" : "got the error of another";
    }

    /// One client's requests, one after the other, over as few connections as the gateway allows.
    void demand(unsigned number, unsigned requests)
    try
    {
        auto link = connect();
        for(unsigned i = 0; i < requests; ++i)
        {
            auto const id = "client-" + std::to_string(number) + "-request-" + std::to_string(i);
            auto const field = "X-Request-Id: " + id + "\r\n";
            link.send(i % 2 ? post(id, field) : get("/", field));
            auto const answer = read_response(link);
            if(auto const wrong = objection(answer, id); !wrong.empty())
            {
                std::scoped_lock const lock(mutex_);
                ADD_FAILURE() << id << ' ' << wrong;
            }
            ++(answer.status == 200 && answer.complete ? whole_ : failed_);
            if(!answer.complete || answer.value("Connection") == "close")
                link = connect();
        }
    }
    catch(broken_wire const& e)
    {
        std::scoped_lock const lock(mutex_);
        ADD_FAILURE() << "client " << number << ": " << e.what();
    }

    std::mutex mutex_;
    std::atomic<unsigned> whole_ = 0, failed_ = 0;
};

TEST_F(chaos, crosses_loses_and_repeats_nothing_and_leaves_nothing_behind)
{
    constexpr unsigned clients = 6, requests = 60;
    ledger book;
    moody_endpoint first(book, 1), second(book, 2);
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    start({.upstream = "timeouts: {response: 300ms, idle: 300ms}, ejection: {enabled: false}",
           .top = "threads: 2\n",
           .endpoint = first.url() + ", " + second.url() + ", " + nobody.url()});
    auto const descriptors = gateway->open_descriptors();
    auto const memory = gateway->resident_bytes();

    std::vector<std::thread> running;
    for(unsigned n = 0; n < clients; ++n)
        running.emplace_back([this, n] { demand(n, requests); });
    for(auto& r : running)
        r.join();

    EXPECT_EQ(whole_ + failed_, clients * requests) << "somebody was not answered";
    EXPECT_GT(whole_, failed_);
    EXPECT_GT(failed_, 0U) << "nothing went wrong: this test shows nothing";
    for(auto const& [id, times] : book.times())
        EXPECT_EQ(times, 1) << id << " was executed more than once";

    first.close();
    second.close();
    EXPECT_TRUE(comes_true([&] { return gateway->open_descriptors() <= descriptors; }));
    EXPECT_LT(gateway->resident_bytes(), memory + (64u << 20));
}

} // namespace
} // namespace errata::test
