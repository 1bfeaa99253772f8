// Mode observe: the original goes out byte for byte, what would have been sent is counted, logged and shown.
#include "operating.hpp"

#include <memory>

namespace errata::test
{
namespace
{
namespace json = boost::json;

class observe_mode : public testing::Test
{
protected:
    void start(std::string const& more = {}, std::string const& errors = "mode: observe")
    {
        gateway = std::make_unique<gateway_process>(operated(up.url(), "errors: {" + errors + "}\n" + more));
        admin = gateway->port_named("admin");
    }

    /// The content that the client gets for these bytes of the upstream's.
    std::string content_for(std::string const& answer, bool then_close = false)
    {
        auto client = gateway->connect();
        client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        auto service = up.accept();
        (void)read_request(service);
        service.send(answer);
        if(then_close)
            service.close();
        return read_response(client).body;
    }

    [[nodiscard]] double observed() const
    {
        return metric(get(admin, "/metrics").body, "errata_observed_total{route=\"all\"}");
    }

    port_of_loopback up;
    std::unique_ptr<gateway_process> gateway;
    std::uint16_t admin = 0;
};

std::string const error_content = R"({"message": "No such cart.", "secret": "s"})";
std::string const json_head = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n";

TEST_F(observe_mode, sees_errors_however_they_are_framed_and_touches_none)
{
    start();
    auto const length = "Content-Length: " + std::to_string(error_content.size()) + "\r\n\r\n";
    EXPECT_EQ(content_for(json_head + length + error_content), error_content);
    EXPECT_EQ(observed(), 1);

    auto const half = error_content.size() / 2;
    auto const chunks = chunk(error_content.substr(0, half)) + chunk(error_content.substr(half)) + "0\r\n\r\n";
    EXPECT_EQ(content_for(json_head + "Transfer-Encoding: chunked\r\n\r\n" + chunks), error_content);
    EXPECT_EQ(observed(), 2);

    EXPECT_EQ(content_for(json_head + "Connection: close\r\n\r\n" + error_content, true), error_content);
    EXPECT_EQ(observed(), 3);
}

TEST_F(observe_mode, shows_the_answer_that_would_have_gone_out)
{
    start();
    (void)content_for(json_head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(error_content) + "0\r\n\r\n");
    auto const errors = json_at(admin, "/errors?observed=true").at("errors").as_array();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].at("route").as_string(), "all");
    EXPECT_EQ(errors[0].at("status").as_int64(), 404);
    EXPECT_EQ(errors[0].at("before").as_string(), R"(json {"message":"text of 13","secret":"text of 1"})");
    auto const after = json::parse(errors[0].at("after").as_string());
    EXPECT_EQ(after.at("code").as_string(), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(after.at("detail").as_string(), "No such cart.");
    EXPECT_TRUE(json_at(admin, "/errors?observed=false").at("errors").as_array().empty());
    ASSERT_TRUE(gateway->logs("\"treatment\":\"observed\""));
    EXPECT_EQ(access_lines(*gateway).back().at("code").as_string(), "RESOURCE_NOT_FOUND");
}

TEST_F(observe_mode, copies_no_more_than_it_may)
{
    start({}, "mode: observe, max_body: 1KiB");
    auto const long_text = "{\"message\":\"" + std::string(100'000, 'x') + "\"}";
    EXPECT_EQ(content_for(json_head + "Content-Length: " + std::to_string(long_text.size()) + "\r\n\r\n" + long_text),
              long_text);
    EXPECT_EQ(observed(), 1); // in mode rewrite: canonical from the status
    EXPECT_EQ(metric(get(admin, "/metrics").body, "errata_bodies_over_limit_total"), 1);
}

TEST_F(observe_mode, passes_on_what_is_cut_off)
{
    start();
    auto const got = content_for(json_head + "Content-Length: 100\r\n\r\n" + error_content, true);
    EXPECT_EQ(got, error_content);
    EXPECT_EQ(observed(), 0);
}

TEST_F(observe_mode, leaves_alone_what_mode_rewrite_would_leave_alone)
{
    start();
    (void)content_for("HTTP/1.1 404 Not Found\r\nContent-Type: text/event-stream\r\nContent-Length: 3\r\n\r\n{ }");
    EXPECT_EQ(observed(), 0);
}

TEST_F(observe_mode, spends_no_more_memory_than_the_budget)
{
    start("memory: {error_bodies: 1KiB}\n");
    auto const long_text = "{\"message\":\"" + std::string(5'000, 'x') + "\"}";
    EXPECT_EQ(content_for(json_head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(long_text) + "0\r\n\r\n"),
              long_text);
    EXPECT_EQ(observed(), 1);
    auto const scrape = get(admin, "/metrics").body;
    EXPECT_EQ(metric(scrape, "errata_bodies_over_budget_total"), 1);
    EXPECT_EQ(metric(scrape, "errata_error_body_bytes"), 0); // given back
}

TEST_F(observe_mode, is_not_the_only_one_that_keeps_the_budget)
{
    start("memory: {error_bodies: 1KiB}\n", "mode: rewrite");
    auto const long_text = "{\"message\":\"" + std::string(5'000, 'x') + "\"}";
    auto const got = content_for(json_head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(long_text) + "0\r\n\r\n");
    EXPECT_EQ(json::parse(got).at("code").as_string(), "RESOURCE_NOT_FOUND"); // from the status
    EXPECT_EQ(got.find("xxx"), std::string::npos);
    EXPECT_EQ(metric(get(admin, "/metrics").body, "errata_bodies_over_budget_total"), 1);
}

} // namespace
} // namespace errata::test
