// What the person on call relies on: the access log, the admin port, reloads and drains, on the real program.
#include "operating.hpp"

#include <atomic>
#include <csignal>
#include <sstream>
#include <thread>

namespace errata::test
{
namespace
{
namespace json = boost::json;

TEST(access_log, tells_why_each_error_was_made)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url()));
    EXPECT_EQ(get(gateway.port(), "/x?token=secret").status, 502U);
    ASSERT_TRUE(gateway.logs("connect_refused"));
    auto const lines = access_lines(gateway);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].at("code").as_string(), "UPSTREAM_REFUSED");
    EXPECT_EQ(lines[0].at("proxy_status").as_string(), "connection_refused");
    EXPECT_EQ(lines[0].at("origin").as_string(), "gateway");
    EXPECT_EQ(lines[0].at("path").as_string(), "/x");
    EXPECT_EQ(lines[0].at("route").as_string(), "all");
    EXPECT_EQ(gateway.log().find("secret"), std::string::npos);
}

TEST(access_log, cannot_be_forged_by_a_request)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url()));
    for(std::string const path : {"/%0a{\"forged\":1}", "/\"},{\"forged\":\"1", "/%1b[2J", "/\xff\xfe"})
        (void)get(gateway.port(), path, "X-Request-Id: \"},{\"forged\":1\r\ntraceparent: \"\r\n");
    (void)ask(gateway.port(), "FORGED\" / HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)get(gateway.port(), "/last");
    ASSERT_TRUE(gateway.logs("/last"));
    auto const lines = access_lines(gateway);
    EXPECT_EQ(lines.size(), 6U);
    for(auto const& line : lines)
        EXPECT_FALSE(line.contains("forged"));
}

TEST(admin_port, tells_what_was_counted)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url()));
    auto const admin = gateway.port_named("admin");
    (void)get(gateway.port(), "/x");
    auto const metrics = get(admin, "/metrics");
    EXPECT_EQ(metrics.status, 200U);
    EXPECT_NE(metrics.body.find(
                  "errata_errors_total{route=\"all\",upstream=\"up\",status=\"502\",upstream_status=\"none\",cause="
                  "\"connect_refused\""),
              std::string::npos);
    EXPECT_NE(metrics.body.find("errata_requests_total{route=\"all\",status_class=\"5xx\"} 1"), std::string::npos);
    std::istringstream lines(metrics.body);
    for(std::string line; std::getline(lines, line);)
        EXPECT_TRUE(line.starts_with("# ") || line.find(' ') != std::string::npos) << line;

    auto const errors = json::parse(get(admin, "/errors?cause=connect_refused").body).at("errors").as_array();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].at("code").as_string(), "UPSTREAM_REFUSED");
    EXPECT_TRUE(json::parse(get(admin, "/errors?cause=other").body).at("errors").as_array().empty());
}

TEST(admin_port, answers_every_page)
{
    port_of_loopback const up;
    gateway_process gateway(operated(up.url()));
    auto const admin = gateway.port_named("admin");
    for(std::string const page : {"/livez", "/readyz", "/config", "/routes", "/upstreams", "/errors", "/catalog",
                                  "/catalog/upstream-refused", "/log-level", "/openapi.json"})
    {
        auto const answer = get(admin, page);
        EXPECT_EQ(answer.status, 200U) << page;
        EXPECT_NO_THROW((void)json::parse(answer.body)) << page;
    }
    EXPECT_EQ(get(admin, "/nothing").status, 404U);
    EXPECT_EQ(get(admin, "/reload").status, 405U);
    auto const html = get(admin, "/catalog/%3Cscript%3E", "Accept: text/html\r\n");
    EXPECT_EQ(html.body.find("<script"), std::string::npos);
}

TEST(admin_port, is_not_for_pages_in_a_browser)
{
    port_of_loopback const up;
    gateway_process gateway(operated(up.url()));
    auto const admin = gateway.port_named("admin");
    EXPECT_EQ(post(admin, "/drain", {}, "Origin: https://evil.example\r\n").status, 403U);
    EXPECT_EQ(ask(admin, "GET /config HTTP/1.1\r\nHost: rebound.example\r\n\r\n").status, 403U);
    EXPECT_EQ(get(admin, "/readyz").status, 200U);
}

TEST(admin_port, off_loopback_wants_its_token)
{
    port_of_loopback const up;
    gateway_process gateway("version: 1\nlisteners: [{address: 127.0.0.1:0}]\n"
                            "admin: {address: 0.0.0.0:0, token: correct-horse}\ntelemetry: {address: 0.0.0.0:0}\n"
                            "upstreams: {up: {endpoints: [" +
                            up.url() + "]}}\nroutes: [{name: all, upstream: up}]\n");
    auto const admin = gateway.port_named("admin");
    auto const refused = get(admin, "/config");
    EXPECT_EQ(refused.status, 401U);
    EXPECT_EQ(refused.value("WWW-Authenticate"), "Bearer realm=\"errata\"");
    EXPECT_EQ(get(admin, "/config", "Authorization: Bearer correct-hors\r\n").status, 401U);
    auto const config = get(admin, "/config", "Authorization: Bearer correct-horse\r\n");
    EXPECT_EQ(config.status, 200U);
    EXPECT_EQ(config.body.find("correct-horse"), std::string::npos);
    EXPECT_EQ(get(admin, "/readyz").status, 200U);

    auto const telemetry = gateway.port_named("telemetry");
    EXPECT_EQ(get(telemetry, "/metrics").status, 200U);
    EXPECT_EQ(get(telemetry, "/config").status, 404U);
    EXPECT_EQ(post(telemetry, "/drain").status, 404U);
}

TEST(admin_port, drains_an_endpoint_and_admits_it_again)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url()));
    auto const admin = gateway.port_named("admin");
    auto const state = [&]
    {
        auto const all = json::parse(get(admin, "/upstreams").body);
        return std::string(all.at("upstreams").at(0).at("endpoints").at(0).at("state").as_string());
    };
    EXPECT_EQ(state(), "up");
    EXPECT_EQ(post(admin, "/upstreams/up/endpoints/0/drain").status, 200U);
    EXPECT_EQ(state(), "drained");
    EXPECT_EQ(get(gateway.port(), "/").status, 503U);
    EXPECT_EQ(post(admin, "/upstreams/up/endpoints/0/admit").status, 200U);
    EXPECT_EQ(state(), "up");
    EXPECT_EQ(get(gateway.port(), "/").status, 502U);
    EXPECT_EQ(post(admin, "/upstreams/up/endpoints/1/drain").status, 404U);
}

TEST(admin_port, switches_maintenance)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url()));
    auto const admin = gateway.port_named("admin");
    EXPECT_EQ(post(admin, "/maintenance/all", R"({"on":true})").status, 200U);
    EXPECT_NE(get(gateway.port(), "/").body.find("MAINTENANCE"), std::string::npos);
    EXPECT_EQ(post(admin, "/maintenance/all", R"({"on":false})").status, 200U);
    EXPECT_EQ(get(gateway.port(), "/").status, 502U);
    EXPECT_EQ(post(admin, "/maintenance/nothing", R"({"on":true})").status, 404U);
    for(auto const* const bad : {"on", R"({"on":1})", R"({"on":true,"until":"noon"})", R"({"on":true,"until":1.5})",
                                 R"({"on":true,"detail":5})"})
        EXPECT_EQ(post(admin, "/maintenance/all", bad).status, 400U) << bad;
}

TEST(admin_port, switches_maintenance_until_a_time_and_shows_it)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url()));
    auto const admin = gateway.port_named("admin");
    auto const shown = [&] { return json::parse(get(admin, "/routes").body).at("routes").at(0).as_object(); };
    EXPECT_FALSE(shown().at("maintenance").as_bool());
    for(auto const* const until : {R"("2999-01-01T00:00:00Z")", "9223372036854775807", "9000000000"})
    {
        EXPECT_EQ(
            post(admin, "/maintenance/all", R"({"on":true,"detail":"We move.","until":)" + std::string(until) + "}")
                .status,
            200U);
        auto const answer = get(gateway.port(), "/");
        EXPECT_EQ(answer.status, 503U) << until;
        EXPECT_FALSE(answer.value("Retry-After").empty());
        EXPECT_NE(answer.body.find("\"detail\":\"We move.\""), std::string::npos) << answer.body;
        EXPECT_TRUE(shown().at("maintenance").as_bool());
        EXPECT_TRUE(shown().at("maintenance_until").as_string().starts_with("2")) << until;
    }
    EXPECT_EQ(post(admin, "/maintenance/all", R"({"on":true,"until":"2020-01-01T00:00:00Z"})").status, 200U);
    EXPECT_EQ(get(gateway.port(), "/").status, 502U) << "that is over";
    EXPECT_FALSE(shown().at("maintenance").as_bool());
}

TEST(reload, keeps_what_serves_when_the_file_is_broken)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url()));
    auto const admin = gateway.port_named("admin");
    gateway.rewrite_configuration("version: 1\nlisteners: nonsense\n");
    ASSERT_TRUE(gateway.logs("the configuration in use stays")); // noticed by itself
    EXPECT_EQ(get(gateway.port(), "/").status, 502U);
    auto const ready = get(admin, "/readyz");
    EXPECT_EQ(ready.status, 200U);
    EXPECT_NE(ready.body.find("listeners"), std::string::npos);
    EXPECT_EQ(post(admin, "/reload").status, 409U);

    gateway.rewrite_configuration(operated(nobody.url(), {}, "other"));
    ASSERT_TRUE(gateway.logs("(files changed) done"));
    EXPECT_NE(get(admin, "/routes").body.find("\"other\""), std::string::npos);
    EXPECT_EQ(get(admin, "/readyz").body.find("last_reload"), std::string::npos);
}

TEST(reload, opens_and_closes_listeners)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url()));
    auto const admin = gateway.port_named("admin");
    std::string spare;
    {
        port_of_loopback const free(port_of_loopback::kind::refusing);
        spare = std::to_string(free.port());
    }
    auto kept = gateway.connect();
    kept.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(read_response(kept).status, 502U);
    auto text = operated(nobody.url());
    gateway.rewrite_configuration(text.replace(text.find("127.0.0.1:0"), 11, "127.0.0.1:" + spare));
    ASSERT_EQ(post(admin, "/reload").status, 200U);
    EXPECT_EQ(get(static_cast<std::uint16_t>(std::stoul(spare)), "/").status, 502U);
    // A connection through the old port is served once more and told that it ends.
    kept.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const last = read_response(kept);
    EXPECT_EQ(last.status, 502U);
    EXPECT_EQ(last.value("Connection"), "close");
    EXPECT_THROW((void)get(gateway.port(), "/"), broken_wire);
}

TEST(reload, loses_and_spoils_no_answer_under_load)
{
    gateway_process upstream(std::vector<std::string>{"demo", "--upstream"});
    auto const url = "http://127.0.0.1:" + std::to_string(upstream.port());
    gateway_process gateway(operated(url));
    auto const admin = gateway.port_named("admin");
    std::atomic<bool> over = false;
    std::atomic<unsigned> right = 0, wrong = 0;
    auto const load = [&](std::string const& path, unsigned status, std::string const& word)
    {
        try
        {
            while(!over)
            {
                auto link = gateway.connect();
                for(int i = 0; i < 20 && !over; ++i)
                {
                    link.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
                    auto const answer = read_response(link);
                    bool const good = answer.status == status && answer.body.find(word) != std::string::npos;
                    ++(good ? right : wrong);
                    if(answer.value("Connection") == "close")
                        break;
                }
            }
        }
        catch(broken_wire const&)
        {
            ++wrong;
        }
    };
    std::vector<std::thread> clients;
    for(int i = 0; i < 2; ++i)
    {
        clients.emplace_back(load, "/ok", 200U, "");
        clients.emplace_back(load, "/status/404", 404U, "RESOURCE_NOT_FOUND");
    }
    for(int i = 0; i < 50; ++i)
    {
        gateway.rewrite_configuration(
            operated(url, i % 2 ? "errors: {max_body: 128KiB}\n" : "", "route" + std::to_string(i % 3)));
        unsigned const before = right;
        EXPECT_EQ(post(admin, "/reload").status, 200U);
        // Answers go on between any two reloads, however slow the machine: wait for the next ones.
        auto const bound = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while(right < before + 2 && wrong == 0U && std::chrono::steady_clock::now() < bound)
            std::this_thread::yield();
        EXPECT_GE(right, before + 2);
    }
    over = true;
    for(auto& c : clients)
        c.join();
    EXPECT_EQ(wrong, 0U);
}

TEST(ejection, holds_while_somebody_looks_at_the_metrics)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process upstream(std::vector<std::string>{"demo", "--upstream"});
    gateway_process gateway("version: 1\nthreads: 1\nlisteners: [{address: 127.0.0.1:0}]\n"
                            "admin: {address: 127.0.0.1:0}\nupstreams: {up: {endpoints: [" +
                            nobody.url() + ", http://127.0.0.1:" + std::to_string(upstream.port()) +
                            "], ejection: {consecutive_failures: 1, base: 5m}}}\nroutes: [{upstream: up}]\n");
    auto const failures = [&]
    {
        return metric(get(gateway.port_named("admin"), "/metrics").body,
                      "errata_upstream_connect_failures_total{upstream=\"up\"}");
    };
    for(int i = 0; i < 20; ++i)
    {
        EXPECT_EQ(get(gateway.port(), "/ok").status, 200U);
        EXPECT_LE(failures(), 1) << "asked again although it is ejected";
    }
    EXPECT_EQ(failures(), 1);
}

TEST(drain, finishes_what_is_under_way_and_ends)
{
    port_of_loopback up;
    gateway_process gateway(operated(up.url()));
    auto client = gateway.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    auto service = up.accept();
    (void)read_request(service);
    gateway.signal(SIGTERM);
    EXPECT_THROW(
        {
            for(;;) // until it has closed its listeners, on every thread
                (void)gateway.connect();
        },
        broken_wire);
    service.send(response("200 OK", "whole"));
    auto const answer = read_response(client);
    EXPECT_EQ(answer.body, "whole");
    EXPECT_EQ(answer.value("Connection"), "close");
    EXPECT_EQ(gateway.stop(), 0);
}

TEST(drain, fails_readiness_first_and_serves_meanwhile)
{
    port_of_loopback const nobody(port_of_loopback::kind::refusing);
    gateway_process gateway(operated(nobody.url(), "drain: {delay: 60s}\n"));
    auto const admin = gateway.port_named("admin");
    EXPECT_EQ(post(admin, "/drain").status, 202U);
    EXPECT_EQ(get(admin, "/readyz").status, 503U);
    EXPECT_EQ(get(admin, "/livez").status, 200U);
    EXPECT_EQ(get(gateway.port(), "/").status, 502U);
    EXPECT_EQ(gateway.stop(), 0); // told again: at once
}

} // namespace
} // namespace errata::test
