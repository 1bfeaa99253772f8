// The admin port, page by page.
#include "operating.hpp"

#include <memory>
#include <thread>

namespace errata::test
{
namespace
{
namespace json = boost::json;

class admin_pages : public testing::Test
{
protected:
    void start(std::string const& more = {}, std::string const& endpoints = {})
    {
        gateway = std::make_unique<gateway_process>(operated(endpoints.empty() ? nobody.url() : endpoints, more));
        admin = gateway->port_named("admin");
    }
    message put(std::string const& path, std::string const& body) const
    {
        return ask(admin, "PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    [[nodiscard]] std::string state_of(std::size_t endpoint) const
    {
        auto const page = json_at(admin, "/upstreams");
        return std::string(page.at("upstreams").at(0).at("endpoints").at(endpoint).at("state").as_string());
    }

    port_of_loopback const nobody{port_of_loopback::kind::refusing};
    std::unique_ptr<gateway_process> gateway;
    std::uint16_t admin = 0;
};

TEST_F(admin_pages, are_all_in_the_openapi_document_and_answer_as_it_says)
{
    start();
    auto const document = json_at(admin, "/openapi.json");
    EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
    EXPECT_TRUE(document.at("info").at("version").is_string());
    std::size_t operations = 0;
    auto filled = [](std::string path)
    {
        for(auto const& [name, value] :
            {std::pair{"{name}", "up"}, {"{number}", "0"}, {"{route}", "all"}, {"{type}", "upstream-refused"}})
            if(auto const at = path.find(name); at != std::string::npos)
                path.replace(at, std::string_view(name).size(), value);
        return path;
    };
    for(auto const& [path, methods] : document.at("paths").as_object())
        for(auto const& [method, what] : methods.as_object())
        {
            if(path == "/drain")
                continue; // the last one
            ++operations;
            auto const target = filled(path);
            auto const body = path == "/log-level" ? R"({"level":"warning"})" : R"({"on":false})";
            auto const answer = method == "get"   ? get(admin, target)
                                : method == "put" ? put(target, body)
                                                  : post(admin, target, body);
            auto const status = std::to_string(answer.status);
            EXPECT_TRUE(what.at("responses").as_object().contains(status)) << method << ' ' << path << ' ' << status;
            EXPECT_EQ(status[0], '2') << method << ' ' << path << ' ' << answer.body;
            auto const type = answer.value("Content-Type");
            auto const& content = what.at("responses").at(status).at("content").as_object();
            EXPECT_TRUE(content.contains(type.substr(0, type.find(';')))) << path << ' ' << type;
        }
    EXPECT_EQ(operations, 17U);
    auto const drained = post(admin, "/drain");
    EXPECT_TRUE(document.at("paths")
                    .at("/drain")
                    .at("post")
                    .at("responses")
                    .as_object()
                    .contains(std::to_string(drained.status)));
}

TEST_F(admin_pages, say_which_methods_they_know)
{
    start();
    EXPECT_EQ(post(admin, "/config").value("Allow"), "GET, HEAD");
    EXPECT_EQ(get(admin, "/drain").value("Allow"), "POST");
    auto const head = ask(admin, "HEAD /config HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(head.status, 200U);
    EXPECT_EQ(head.value("Content-Length"), get(admin, "/config").value("Content-Length"));
}

TEST_F(admin_pages, show_errors_by_what_they_are_asked_for)
{
    start("errors: {mode: rewrite}\n");
    (void)get(gateway->port(), "/x");
    (void)ask(gateway->port(), "BAD / HTTP/1.1\r\nbad\r\n\r\n");
    auto const count = [&](std::string const& query)
    { return json_at(admin, "/errors?" + query).at("errors").as_array().size(); };
    EXPECT_EQ(count(""), 2U);
    for(std::string const query :
        {"status=502", "route=all", "upstream=up", "cause=connect_refused", "code=UPSTREAM_REFUSED", "status=400",
         "cause=malformed_request", "route=all&status=502", "unrecognized=false&status=502"})
        EXPECT_EQ(count(query), 1U) << query;
    for(std::string const query :
        {"status=404", "route=other", "dialect=rails", "unrecognized=true", "observed=true", "route=all&status=400"})
        EXPECT_EQ(count(query), 0U) << query;
}

TEST_F(admin_pages, show_bodies_that_nothing_could_read_as_skeletons)
{
    port_of_loopback up;
    start({}, up.url());
    auto client = gateway->connect();
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    auto service = up.accept();
    (void)read_request(service);
    service.send(response("500 Internal Server Error", R"({"q7":{"w":[1,2,3,4]},"customer-4711-0815":"hunter2"})",
                          "Content-Type: application/json\r\n"));
    (void)read_response(client);
    auto const errors = json_at(admin, "/errors?unrecognized=true").at("errors").as_array();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].at("before").as_string(), R"(json {"q7":{"w":["number","number",2]},"[name]":"text of 7"})");
}

TEST_F(admin_pages, show_no_other_answer_s_skeleton_where_there_was_no_body)
{
    port_of_loopback up;
    start({}, up.url());
    for(std::string const method : {"GET", "HEAD"})
    {
        auto client = gateway->connect();
        client.send(method + " /x HTTP/1.1\r\nHost: a\r\n\r\n");
        auto service = up.accept();
        (void)read_request(service);
        std::string const content = R"({"message":"Out of order","number":4711})";
        service.send(response("500 Internal Server Error", method == "GET" ? content : "",
                              "Content-Type: application/json\r\nConnection: close\r\n"));
        (void)read_response(client, method);
    }
    auto const errors = json_at(admin, "/errors").at("errors").as_array();
    ASSERT_EQ(errors.size(), 2U);
    for(auto const& e : errors)
        EXPECT_EQ(e.as_object().contains("before") && !e.at("before").as_string().empty(), e.at("method") == "GET")
            << e;
}

TEST_F(admin_pages, escape_what_requests_bring)
{
    start("errors: {catalog: {path: /problems/}}\n");
    std::string const hostile = "/%3Cscript%3E\"'<b>\x01\xff";
    (void)get(gateway->port(), hostile);
    auto const page = get(admin, "/errors");
    EXPECT_NO_THROW((void)json::parse(page.body)) << page.body;
    EXPECT_EQ(page.value("X-Content-Type-Options"), "nosniff");
    for(auto const port : {admin, gateway->port()})
    {
        auto const base = port == admin ? "/catalog/" : "/problems/";
        auto const html =
            get(port, base + std::string("%22%3E%3Cscript%3Ealert(1)%3C/script%3E"), "Accept: text/html\r\n");
        EXPECT_EQ(html.value("Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(html.body.find("<script"), std::string::npos) << html.body;
    }
}

TEST_F(admin_pages, of_the_catalogue_are_on_the_public_port_where_the_configuration_says_so)
{
    start("errors: {type_base: 'http://127.0.0.1/problems/', catalog: {path: /problems/}}\n");
    auto const error = json::parse(get(gateway->port(), "/x").body);
    EXPECT_EQ(error.at("type").as_string(), "http://127.0.0.1/problems/upstream-refused");
    auto const page = get(gateway->port(), "/problems/upstream-refused");
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(json::parse(page.body).at("code").as_string(), "UPSTREAM_REFUSED");
    EXPECT_EQ(get(gateway->port(), "/problems/upstream-refused", "Accept: text/html\r\n").value("Content-Type"),
              "text/html; charset=utf-8");
}

TEST_F(admin_pages, eject_an_endpoint_for_a_while)
{
    port_of_loopback const other(port_of_loopback::kind::refusing);
    start({}, nobody.url() + ", " + other.url());
    EXPECT_EQ(post(admin, "/upstreams/up/endpoints/1/eject").status, 200U);
    EXPECT_EQ(state_of(1), "ejected");
    EXPECT_EQ(state_of(0), "up");
    EXPECT_EQ(post(admin, "/upstreams/up/endpoints/1/admit").status, 200U);
    EXPECT_EQ(state_of(1), "up");
    for(std::string const wrong :
        {"/upstreams/up/endpoints/9/eject", "/upstreams/no/endpoints/0/eject", "/upstreams/up/endpoints/x/eject",
         "/upstreams/up/endpoints/0/explode", "/upstreams/up", "/upstreams/up/endpoints//eject"})
        EXPECT_EQ(post(admin, wrong).status, 404U) << wrong;
}

TEST_F(admin_pages, change_the_level_of_the_gateways_own_messages)
{
    start();
    EXPECT_EQ(json_at(admin, "/log-level").at("level").as_string(), "info");
    EXPECT_EQ(put("/log-level", R"({"level":"error"})").status, 200U);
    EXPECT_EQ(json_at(admin, "/log-level").at("level").as_string(), "error");
    EXPECT_EQ(post(admin, "/reload").status, 200U);
    EXPECT_EQ(gateway->log().find("reload ("), std::string::npos);
    for(std::string const wrong : {"", "{}", R"({"level":"loud"})", R"({"level":7})", "[]"})
        EXPECT_EQ(put("/log-level", wrong).status, 400U) << wrong;
}

TEST_F(admin_pages, say_what_a_reload_cannot_change)
{
    start("threads: 1\nname: first\n");
    gateway->rewrite_configuration(operated(nobody.url(), "threads: 3\nname: second\n"));
    auto const answer = post(admin, "/reload");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(json::parse(answer.body).at("warnings").at(0).as_string(),
              "threads: 3 asked for, 1 serve until a restart");
    EXPECT_NE(gateway->log().find("1 serve until a restart"), std::string::npos);
    EXPECT_TRUE(get(gateway->port(), "/x").value("Proxy-Status").starts_with("second;")); // this it can
}

TEST_F(admin_pages, are_not_held_up_by_a_scraper_that_reads_nothing)
{
    start();
    std::vector<wire> sleepers;
    for(int i = 0; i < 20; ++i)
    {
        sleepers.push_back(wire::connect(admin));
        sleepers.back().shrink_buffers(1024);
        for(int n = 0; n < 50; ++n)
            if(!sleepers.back().try_send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                break;
    }
    EXPECT_EQ(get(admin, "/readyz").status, 200U);
    EXPECT_EQ(get(admin, "/metrics").status, 200U);
    EXPECT_EQ(get(gateway->port(), "/x").status, 502U);
}

TEST_F(admin_pages, answer_while_the_gateway_drains)
{
    port_of_loopback up;
    start("threads: 2\n", up.url());
    auto client = gateway->connect();
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    auto service = up.accept();
    EXPECT_EQ(post(admin, "/drain").status, 202U);
    ASSERT_TRUE(comes_true([&] { return metric(get(admin, "/metrics").body, "errata_draining") == 1; }));
    EXPECT_EQ(get(admin, "/readyz").status, 503U);
    for(std::string const page : {"/upstreams", "/errors", "/config"})
        EXPECT_TRUE(get(admin, page).complete) << page; // whatever it says: it says it
    (void)read_request(service);
    service.send(response("200 OK", "done"));
    EXPECT_EQ(read_response(client).body, "done");
    EXPECT_EQ(gateway->stop(), 0) << gateway->log();
}

} // namespace
} // namespace errata::test
