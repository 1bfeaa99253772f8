#include "problem/normalize.hpp"

#include "problem/rules.hpp"
#include "problem/success.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <functional>

namespace errata
{
namespace
{
namespace json = boost::json;

/// One exchange, with what a test may want to change of it.
struct exchange
{
    unsigned status = 400;
    std::vector<field> fields{{"Content-Type", "application/json"}};
    std::string body = R"({"message":"That did not work.","code":"some_code","extra":{"a":1}})";
    bool complete = true;
    std::string_view trouble;
    request_facts request{.method = "GET", .request_id = "0123456789", .fields = {}};
    error_policy errors;
    workspace work;
    answer got;

    std::string answer_text()
    {
        got = normalize({status, fields, body, complete, trouble}, request, errors, {}, {}, {}, 0, work);
        return std::string{got.body};
    }
    json::object answer_body()
    {
        answer_text();
        return got.body.empty() ? json::object{} : json::parse({got.body.data(), got.body.size()}).as_object();
    }
    std::string_view field_value(std::string_view name) const { return value_of(got.fields, name); }
};

void rule(exchange& x, error_rule r)
{
    std::vector<error_rule> rules;
    rules.push_back(std::move(r));
    auto built = error_rules::build(std::move(rules));
    ASSERT_TRUE(built);
    x.errors.rules = std::make_shared<error_rules>(std::move(*built));
}

error_rule when_status(unsigned status)
{
    error_rule r;
    r.when.statuses = {{status, status}};
    return r;
}
} // namespace

TEST(scrub, lets_nothing_of_a_hidden_403_survive)
{
    exchange x;
    x.status = 403;
    x.body =
        R"({"error":{"code":"not_owner","message":"You do not own order 17.","details":{"owner":5}},"errors":[{"field":"id","message":"not yours"}]})";
    x.fields = {{"Content-Type", "application/json"},
                {"WWW-Authenticate", "Bearer error=\"insufficient_scope\""},
                {"x-error-code", "not_owner"},
                {"Retry-After", "5"}};
    auto r = when_status(403);
    r.set.status = 404;
    r.set.scrub = true;
    for(auto const body : {body_policy::canonical, body_policy::compatible})
    {
        rule(x, r);
        x.errors.body = body;
        x.work.clear();
        auto const got = x.answer_body();
        EXPECT_EQ(x.got.status, 404u);
        EXPECT_EQ(got.at("code").as_string(), "RESOURCE_NOT_FOUND");
        EXPECT_EQ(got.at("title").as_string(), "Not Found");
        for(auto const* gone : {"detail", "errors", "details", "upstream_code", "help"})
            EXPECT_FALSE(got.contains(gone)) << gone;
        for(auto const* gone : {"WWW-Authenticate", "x-error-code", "Retry-After"})
            EXPECT_EQ(find(x.got.fields, gone), nullptr) << gone;
        EXPECT_EQ(x.field_value("Proxy-Status"), "gw-0");
        EXPECT_EQ(x.got.body.find("own"), std::string_view::npos);
    }
}

TEST(rules, set_what_they_name)
{
    exchange x;
    auto r = when_status(400);
    r.set.code = "MY_CODE";
    r.set.title = "My Title";
    r.set.detail = "My sentence.";
    r.set.retry_allowed = true;
    r.set.retry_after = milliseconds{7'000};
    r.set.fields = {{"X-Mine", "1"}, {"Proxy-Status", ""}};
    r.set.drop = {"upstream_code", "/extra"};
    rule(x, r);
    auto const got = x.answer_body();
    EXPECT_EQ(got.at("code").as_string(), "MY_CODE");
    EXPECT_EQ(got.at("title").as_string(), "My Title");
    EXPECT_EQ(got.at("detail").as_string(), "My sentence.");
    EXPECT_EQ(x.field_value("Retry-After"), "7");
    EXPECT_EQ(x.field_value("X-Mine"), "1");
    EXPECT_EQ(find(x.got.fields, "Proxy-Status"), nullptr);
    EXPECT_FALSE(got.contains("upstream_code"));
    EXPECT_FALSE(got.contains("details"));
}

TEST(rules, match_by_every_condition)
{
    struct row
    {
        char const* what;
        std::function<void(error_rule::condition&)> condition;
        bool fits;
    };
    std::vector<row> const rows{
        {"status",
         [](auto& c) {
             c.statuses = {{400, 499}};
         },
         true},
        {"other status",
         [](auto& c) {
             c.statuses = {{500, 599}};
         },
         false},
        {"code",
         [](auto& c) {
             c.codes = {"x", "some_code"};
         },
         true},
        {"canonical code", [](auto& c) { c.codes = {"SOME_CODE"}; }, true},
        {"other code", [](auto& c) { c.codes = {"x"}; }, false},
        {"dialect", [](auto& c) { c.dialects = {"generic"}; }, true},
        {"other dialect", [](auto& c) { c.dialects = {"slack"}; }, false},
        {"field",
         [](auto& c) {
             c.fields = {{"content-type", "application/json"}};
         },
         true},
        {"field present",
         [](auto& c) {
             c.fields = {{"content-type", ""}};
         },
         true},
        {"no such field",
         [](auto& c) {
             c.fields = {{"X-A", ""}};
         },
         false},
        {"pointer",
         [](auto& c) {
             c.body = {{"/extra/a", "1", true, {}}};
         },
         true},
        {"pointer absent",
         [](auto& c) {
             c.body = {{"/extra/b", {}, false, {}}};
         },
         true},
        {"pointer not there",
         [](auto& c) {
             c.body = {{"/extra/b", {}, true, {}}};
         },
         false},
        {"message", [](auto& c) { c.message = "did (not|never)"; }, true},
        {"other message", [](auto& c) { c.message = "^not$"; }, false},
        {"all together",
         [](auto& c)
         {
             c.statuses = {{400, 400}};
             c.codes = {"x"};
         },
         false},
    };
    for(auto const& [what, condition, fits] : rows)
    {
        exchange x;
        error_rule r;
        condition(r.when);
        r.set.code = "HIT";
        rule(x, r);
        EXPECT_EQ(x.answer_body().at("code").as_string() == "HIT", fits) << what;
    }
}

TEST(rules, are_refused_with_a_reason)
{
    auto const reason = [](auto&& change)
    {
        error_rule r;
        change(r);
        std::vector<error_rule> rules{r};
        auto const built = error_rules::build(std::move(rules));
        return built ? std::string{} : built.error().key;
    };
    EXPECT_EQ(reason([](error_rule& r) { r.when.message = "("; }), "when.message");
    EXPECT_EQ(reason([](error_rule& r) { r.set.status = 200; }), "set.status");
    EXPECT_EQ(reason([](error_rule& r) { r.set.drop = {"status"}; }), "set.drop");
    EXPECT_EQ(reason([](error_rule&) {}), "");
}

TEST(unreadable_body, becomes_the_canonical_answer_of_its_status)
{
    struct row
    {
        char const* coding;
        std::string body;
        bool complete;
        char const* token;
    };
    for(auto const& [coding, body, complete, token] : {
            row{"gzip", "not gzip", true, "http_response_content_coding"},
            row{"snappy", "abc", true, "http_response_content_coding"},
            row{"", R"({"message":"cut off in the mid)", false, "http_response_incomplete"},
        })
    {
        exchange x;
        x.status = 503;
        if(*coding)
            x.fields.push_back({"Content-Encoding", coding});
        x.body = body;
        x.complete = complete;
        auto const got = x.answer_body();
        EXPECT_EQ(x.got.status, 503u);
        EXPECT_EQ(got.at("code").as_string(), "SERVICE_UNAVAILABLE") << coding;
        EXPECT_FALSE(got.contains("detail")) << coding;
        EXPECT_EQ(x.field_value("Proxy-Status"), std::string{"gw-0; error="} + token + "; received-status=503");
        EXPECT_EQ(find(x.got.fields, "Content-Encoding"), nullptr);
        EXPECT_EQ(x.got.cause, failure::body_not_decodable);
    }
}

TEST(too_large_body, is_read_from_its_start_where_that_says_something)
{
    exchange x;
    x.errors.max_body = 200;
    x.fields = {{"Content-Type", "text/html"}};
    x.body = "<html><head><title>Out of stock</title></head><body><h1>The shop is closed today.</h1>" +
             std::string(1000, ' ');
    EXPECT_EQ(x.answer_body().at("detail").as_string(), "The shop is closed today.");
    x.fields = {{"Content-Type", "application/json"}};
    x.body = R"({"message":"The shop is closed.","fill":")" + std::string(1000, 'x') + "\"}";
    EXPECT_FALSE(x.answer_body().contains("detail"));
    EXPECT_EQ(x.got.status, 400u);
}

TEST(details, are_bounded_and_say_so)
{
    exchange x;
    x.body = R"({"message":"That did not work.","small":1,"rows":[)";
    for(int i = 0; i < 5000; ++i)
        x.body += (i ? "," : "") + std::string{R"({"row":")"} + std::to_string(i) + R"(","note":"xxxxxxxxxxxx"})";
    x.body += "],\"last\":2.50}";
    auto const got = x.answer_body();
    EXPECT_LT(x.got.body.size(), 40'000u);
    auto const& details = got.at("details").as_object();
    EXPECT_TRUE(details.at("truncated").as_bool());
    EXPECT_EQ(details.at("small").to_number<int>(), 1);
    EXPECT_GT(details.at("rows").as_array().size(), 100u);
}

TEST(details, hold_nothing_that_may_not_be_shown)
{
    exchange x;
    x.body =
        R"({"message":"That did not work.","context":{"query":"SELECT password FROM users WHERE id=1","shard":7},"trace":["a","b"]})";
    auto const got = x.answer_body();
    EXPECT_EQ(json::serialize(got.at("details")), R"({"shard":7})");
    EXPECT_GE(x.got.leaks, 2u);
}

TEST(details, hold_what_stands_where_a_sentence_would_and_is_none)
{
    exchange x;
    x.body = R"({"errors":[{"id":"ERR_FIELD","message":"A field is invalid.","detail":"/data/stops/0"}]})";
    auto const got = x.answer_body();
    EXPECT_EQ(got.at("detail").as_string(), "A field is invalid.");
    EXPECT_NE(json::serialize(got.at("details")).find("/data/stops/0"), std::string::npos);
}

TEST(details, hold_no_place_in_a_program)
{
    exchange x;
    x.body = R"({"message":"The address is not valid.","file":"/shop/src/Rules.php","line":320})";
    EXPECT_EQ(json::serialize(x.answer_body().at("details")), R"({"line":320})");
}

TEST(details, hold_no_secret_whose_name_tells_that_it_is_one)
{
    exchange x;
    x.status = 400;
    x.body =
        R"({"message":"Login failed","user":"ann","password":"hunter2","context":{"api_key":"8fj2","Client-Secret":"x"},
                 "passwd":"must have eight letters"})";
    auto const text = x.answer_text();
    for(auto const* secret : {"hunter2", "8fj2", "Client-Secret"})
        EXPECT_EQ(text.find(secret), std::string::npos) << text;
    EXPECT_NE(text.find("ann"), std::string::npos) << text;
    EXPECT_NE(text.find("must have eight letters"), std::string::npos) << text;
    EXPECT_EQ(x.got.leaks, 3u);
}

TEST(oauth, members_hold_nothing_that_may_not_be_shown)
{
    exchange x;
    x.status = 403;
    x.body = R"({"error":"invalid_scope","error_description":"No such scope",
                 "error_uri":"https\n<b>Fatal error</b>: Uncaught exception in /srv/app/Acl.php:365\nStack trace:\n#0 {main}"})";
    auto const text = x.answer_text();
    EXPECT_NE(text.find("invalid_scope"), std::string::npos) << text;
    EXPECT_EQ(text.find("Acl.php"), std::string::npos) << text;
    EXPECT_EQ(x.got.leaks, 1u);
}

TEST(field_error, names_no_field_whose_name_may_not_be_shown)
{
    exchange x;
    x.status = 500;
    x.body = R"j({"message":"Invalid","errors":{"main (/srv/app/a.py:12)":["is wrong"],"home.address":["is empty"]}})j";
    auto const text = x.answer_text();
    EXPECT_EQ(text.find("srv"), std::string::npos) << text;
    EXPECT_NE(text.find("is wrong"), std::string::npos) << text;
    // With slashes it would seem a pointer, in which no name has a dot.
    x.body = R"j({"message":"Invalid","errors":[{"field":"/var/lib/app/config.yml","message":"is not readable"}]})j";
    auto const file = x.answer_text();
    EXPECT_EQ(file.find("var"), std::string::npos) << file;
    EXPECT_NE(file.find("is not readable"), std::string::npos) << file;
    EXPECT_NE(text.find("#/home/address"), std::string::npos) << text;
    EXPECT_GE(x.got.leaks, 1u);
}

TEST(request_id, is_told_apart_from_the_upstreams)
{
    exchange x;
    x.fields.push_back({"X-Request-Id", "0123456789"});
    EXPECT_FALSE(x.answer_body().contains("upstream_request_id")) << "an upstream that repeats ours";
    x.fields.back().value = "upstream-77";
    auto const got = x.answer_body();
    EXPECT_EQ(got.at("upstream_request_id").as_string(), "upstream-77");
    EXPECT_EQ(got.at("request_id").as_string(), "0123456789");
    EXPECT_EQ(x.field_value("X-Request-Id"), "upstream-77");
}

TEST(request_id, that_may_not_be_shown_is_not)
{
    exchange x;
    x.status = 500;
    x.body = R"({"message":"No such order.","request_id":"http://10.1.2.3:8080/r/1"})";
    auto const got = x.answer_body();
    EXPECT_EQ(got.at("detail"), "No such order.");
    EXPECT_FALSE(got.contains("upstream_request_id"));
    EXPECT_EQ(x.got.leaks, 1u);
}

TEST(mandatory_fields, are_reported_where_they_are_missing)
{
    exchange x;
    x.status = 401;
    x.answer_body();
    EXPECT_TRUE(x.got.missing_challenge);
    x.fields.push_back({"WWW-Authenticate", "Basic"});
    x.answer_body();
    EXPECT_FALSE(x.got.missing_challenge);
    x.status = 405;
    x.answer_body();
    EXPECT_TRUE(x.got.missing_allow);
}

TEST(problem_document, that_bears_our_mark_is_completed_all_the_same)
{
    exchange x;
    x.status = 503;
    x.fields = {{"Content-Type", "application/problem+json"}};
    x.body = R"({"type":"about:blank","code":"CIRCUIT_OPEN","retry":{"allowed":true,"after":8},"origin":"gateway"})";
    auto const once = x.answer_body();
    EXPECT_EQ(once.at("status"), 503);
    EXPECT_EQ(once.at("title"), "Service Unavailable");
    EXPECT_EQ(once.at("retry").at("allowed").as_bool(), x.got.retry.allowed);
    x.body = x.got.body;
    EXPECT_EQ(x.answer_body(), once);
}

/// The answer to a body, and what a second gateway makes of that answer.
std::pair<std::string, std::string> by_two_gateways(exchange& first)
{
    auto const once = first.answer_text();
    exchange second;
    second.status = first.got.status;
    second.errors.body = first.errors.body;
    second.errors.render = first.errors.render;
    second.fields = {{"Content-Type", first.field_value("Content-Type")}};
    second.body = once;
    return {once, second.answer_text()};
}

TEST(deep_body, is_quoted_only_as_deep_as_a_second_gateway_reads)
{
    for(std::size_t const depth : {3, 58, 59, 60, 61, 62, 63, 64, 65, 69})
        for(std::string const inner : {"1", "{}", "[1,2]", R"({"a":{"b":"c"}})"})
        {
            exchange x;
            x.body.clear();
            for(std::size_t i = 0; i < depth; ++i)
                x.body += R"({"message":"That did not work.","more":)";
            x.body += inner + std::string(depth, '}');
            auto const [once, twice] = by_two_gateways(x);
            EXPECT_EQ(once, twice) << depth << " levels around " << inner;
            exchange list;
            list.body = std::string(depth, '[') + inner + std::string(depth, ']');
            auto const [first, second] = by_two_gateways(list);
            EXPECT_EQ(first, second) << depth << " lists around " << inner;
            list.errors.render = rendering::envelope;
            for(auto const closed : {depth, depth / 2}) // of what breaks off an object is made, around the list
            {
                list.body = std::string(depth, '[') + inner + std::string(closed, ']');
                auto const [shown, again] = by_two_gateways(list);
                EXPECT_EQ(shown, again) << depth << " lists in an envelope around " << inner;
            }
        }
}

TEST(pointer, of_a_field_with_signs_stays_behind_a_second_gateway)
{
    // What is no path between dots must not seem one between the slashes of a pointer.
    for(std::string const name : {"a=/home/user/x", "it's/home/user/x", "f(/home/user/x", "a,.home.user.x"})
    {
        exchange x;
        x.body = R"({"errors":{")" + name + R"(":["is required"]}})";
        auto const [once, twice] = by_two_gateways(x);
        EXPECT_EQ(once, twice) << name;
    }
}

TEST(pointer, that_seems_to_hold_a_path_of_files_only_between_its_slashes_does_not_go_out)
{
    for(std::string const name :
        {":.proc.t", ":.node_modules.e", "a=+.proc.t", "a*$.usr.local.lib", "C:.Users.x", "postgres:..db"})
    {
        exchange x;
        x.body = R"({"errors":{")" + name + R"(":["is required"]}})";
        auto const [once, twice] = by_two_gateways(x);
        EXPECT_EQ(once, twice) << name;
        EXPECT_EQ(once.find("pointer"), std::string::npos) << name;
    }
    for(auto const& [name, pointer] : {std::pair{"soap:Body.items.*.name", "#/soap:Body/items/*/name"},
                                       {"proc.$ref", "#/proc/$ref"},
                                       {"home.user.x", "#/home/user/x"}})
    {
        exchange x;
        x.body = R"({"errors":{")" + std::string{name} + R"(":["is required"]}})";
        EXPECT_NE(x.answer_text().find(pointer), std::string::npos) << x.got.body;
    }
}

TEST(code, that_names_a_driver_s_error_only_as_we_would_write_it_does_not_go_out)
{
    for(std::string const code : {"sqlstate", "er_dup_entry", "SqliteError_busy", "sqlite-busy"})
    {
        exchange x;
        x.body = R"({"code":")" + code + R"(","message":"That name is taken"})";
        auto const [once, twice] = by_two_gateways(x);
        EXPECT_EQ(once, twice) << code;
    }
    exchange x;
    x.body = R"({"code":"er_dup_entry","message":"That name is taken"})";
    EXPECT_EQ(x.answer_text().find("DUP_ENTRY"), std::string::npos);
    EXPECT_EQ(x.got.leaks, 1u);
}

TEST(code, is_quoted_without_the_blanks_that_would_make_it_a_driver_s_message)
{
    for(std::string const body : {R"("pq: ")", R"("\u0070q: ")", R"({"code":"pq: "})", R"({"code":" pq: "})"})
    {
        exchange x;
        x.status = 409;
        x.body = body;
        auto const [once, twice] = by_two_gateways(x);
        EXPECT_EQ(once, twice) << body;
    }
}

TEST(code, of_a_field_that_is_no_utf_8_is_json_none_the_less)
{
    for(std::string const error : {"\xff", "slow\xc3\xa4_\xc3", "not_\xe2\x82"})
    {
        exchange x;
        auto const challenge = "Bearer error=\"" + error + '"';
        x.fields.push_back({"WWW-Authenticate", challenge});
        x.body = "{}";
        auto const [once, twice] = by_two_gateways(x);
        EXPECT_TRUE(json::parse(once).as_object().contains("upstream_code")) << once;
        EXPECT_EQ(once, twice);
    }
}

TEST(field_errors, below_a_long_name_do_not_make_a_small_body_a_large_one)
{
    std::string name, entries;
    while(name.size() < 4000)
        name += "\xc3\xa9";
    for(int i = 0; i < 900; ++i)
        entries += (i ? ",\"a" : "\"a") + std::to_string(i) + R"(":["is required"])";
    exchange x;
    x.status = 422;
    x.body = R"({"errors":{")" + name + "\":{" + entries + "}}}";
    auto const [once, twice] = by_two_gateways(x);
    EXPECT_LT(once.size(), x.errors.max_body);
    EXPECT_NE(once.find("\"errors\""), std::string::npos);
    EXPECT_EQ(once, twice);
}

TEST(compatible_body, stays_as_it_is_behind_a_second_gateway)
{
    for(std::string const body :
        {R"({"__type":"com.amazonaws.dynamodb#Throttled by the table."})",
         R"({"__type":"ThrottlingException","message":"Rate exceeded"})", R"({"code":"slow","message":"Not so fast"})",
         R"({"error":{"type":"x"}})", R"j({"a":"Not now","a":"Traceback (most recent call last)","origin":0})j",
         R"j({"a":"Not now","a":"Traceback (most recent call last)","retry":0})j"})
    {
        exchange x;
        x.errors.body = body_policy::compatible;
        x.body = body;
        auto const [once, twice] = by_two_gateways(x);
        EXPECT_EQ(once, twice);
    }
}

TEST(problem_document, is_told_by_its_members_where_its_type_does_not)
{
    exchange x;
    x.body = R"({"type":"https://acme.example/low","title":"Too low","status":400,"balance":30})";
    auto const got = x.answer_body();
    EXPECT_EQ(got.at("type"), "https://acme.example/low");
    EXPECT_EQ(got.at("title"), "Too low");
    EXPECT_EQ(got.at("balance"), 30);
    x.status = 403; // contradicts it
    EXPECT_EQ(x.answer_body().at("type"), "about:blank");
}

TEST(problem_document, gains_no_detail_that_only_repeats_the_status)
{
    exchange x;
    x.status = 404;
    x.body = R"({"type":"about:blank","title":"Not Found","status":404})";
    EXPECT_FALSE(x.answer_body().contains("detail"));
    x.body = R"({"type":"about:blank","title":"No such order","status":404})";
    EXPECT_EQ(x.answer_body().at("detail"), "No such order");
}

TEST(problem_document, whose_type_may_not_be_shown_gets_ours)
{
    exchange x;
    x.status = 503;
    x.fields = {{"Content-Type", "application/problem+json"}};
    x.body = R"j({"type":"at main (/srv/app.js:1:1)","title":"Out of order","status":503})j";
    auto const got = x.answer_body();
    EXPECT_EQ(got.at("type"), "about:blank");
    EXPECT_EQ(got.at("title"), "Out of order");
}

TEST(observe_mode, says_what_it_would_have_done_and_touches_nothing)
{
    exchange x;
    x.errors.mode = error_mode::observe;
    auto const before = x.body;
    x.answer_body();
    EXPECT_FALSE(x.got.rewritten);
    EXPECT_TRUE(x.got.would_rewrite);
    EXPECT_EQ(x.got.body, before);
    EXPECT_EQ(x.got.code, "SOME_CODE");
    EXPECT_EQ(x.got.fields.size(), 1u);
}

TEST(observe_mode, shows_what_would_have_gone_out)
{
    exchange x, rewriting;
    x.errors.mode = error_mode::observe;
    x.answer_body();
    rewriting.answer_body();
    EXPECT_EQ(x.got.instead, rewriting.got.body);
}

TEST(body_hint, is_read_wherever_it_stands_and_counted_when_it_is_none)
{
    struct row
    {
        std::string_view body, retry_after;
        unsigned dropped = 0;
    };
    std::string deep = R"({"retry_after":7})";
    for(int i = 0; i < 5; ++i)
        deep = R"({"a":[)" + deep + "]}";
    auto const too_deep = R"({"a":[{"b":[)" + deep + "]}]}";
    std::string late = R"({"error":{"message":"m","details":[)";
    for(int i = 0; i < 20; ++i)
        late += R"({"x":1},)";
    late += R"({"metadata":{"retry_after":"7"}}]}})";
    std::string many = R"({"message":"m","list":[)";
    for(int i = 0; i < 500; ++i)
        many += R"({"retry_after":[]},)";
    many += "0]}";
    row const rows[] = {
        {R"({"error":{"code":"X","message":"slow down","info":{"retry_after":7}}})", "7"},
        {R"({"error":{"info":{"retry_after":7}}})", "7"},
        {R"({"error":{"details":[{"metadata":{"retry_after":"7"}}]}})", "7"},
        {R"({"errors":[{"field":"a","message":"b"},{"field":"c","message":"d","retry_after":7}]})", "7"},
        {R"({"detail":[{"loc":["body","x"],"msg":"too fast","ctx":{"retry_after_ms":6500}}]})", "7"},
        {R"({"message":"m","links":{"retryAfter":"7s"}})", "7"},
        {R"({"message":"m","stack":[{"retry_after":7}]})", "7"},
        {R"({"message":"m","retry":{"after":7}})", "7"},
        {R"({"message":"m","retry":{"delay_ms":6500}})", "7"},
        {R"({"message":"m","after":7})", ""},
        {R"({"message":"m","retry_after":3,"info":{"retry_after":7}})", "3"},
        {deep, "7"},
        {too_deep, ""},
        {late, "7"},
        {many, "", 32},
        {R"({"message":"m","retry_after":[7]})", "", 1},
        {R"({"message":"m","retry_after":[]})", "", 1},
        {R"({"message":"m","retry_after":{"a":"b"}})", "", 1},
        {R"({"message":"m","retry_after":{"retry_after":7}})", "7", 1},
        {R"({"message":"m","retry_after":false})", "", 1},
        {R"({"message":"m","retry_after":"very soon please"})", "", 1},
        {R"({"message":"m","info":{"retry_after":"soon"}})", "", 1},
        {R"({"message":"m","info":{"retry_after":-7}})", "", 1},
        {R"({"message":"m","retry_after":null})", ""},
        {R"({"message":"m","retry_after":""})", ""},
        {R"([{"retry_after":7}])", "7"},
        {R"("{\"message\":\"m\",\"info\":{\"retry_after\":7}}")", "7"},
        {"<error><info><retry_after>7</retry_after></info></error>", "7"},
    };
    for(auto const& r : rows)
    {
        exchange x;
        x.status = 429;
        x.fields = {{"Content-Type", r.body[0] == '<' ? "application/xml" : "application/json"}};
        x.body = r.body;
        x.got = normalize({x.status, x.fields, x.body, true, {}}, x.request, x.errors, {}, {}, {}, 0, x.work);
        EXPECT_EQ(x.field_value("Retry-After"), r.retry_after) << r.body.substr(0, 200);
        EXPECT_EQ(x.got.read.dropped, r.dropped) << r.body.substr(0, 200);
    }
}

TEST(accepted_202, gains_the_header_only)
{
    struct row
    {
        std::string_view type, body, retry_after;
    };
    for(auto const& [type, body, retry_after] : {
            row{"application/json", R"({"retry_after":5})", "5"},
            row{"application/json", R"({"retry_after":2.5})", "3"},
            row{"application/json", R"({"retry_after":0})", "1"},
            row{"application/json", R"({"retry_after":-1})", ""},
            row{"application/json", R"({"retry_after":{"s":5}})", ""},
            row{"application/json", R"({"job":{"retry_after":5}})", ""},
            row{"application/json", R"({"retry_after":5)", ""},
            row{"text/plain", R"({"retry_after":5})", ""},
        })
    {
        exchange x;
        x.status = 202;
        x.fields = {{"Content-Type", type}};
        x.body = body;
        x.got = normalize({x.status, x.fields, x.body, true, {}}, x.request, x.errors, {}, {}, {}, 0, x.work);
        EXPECT_EQ(x.got.status, 202u);
        EXPECT_EQ(x.got.body, body);
        EXPECT_EQ(x.field_value("Retry-After"), retry_after) << body;
        EXPECT_EQ(wants_peek(202, x.fields, "GET", x.errors) > 0, type == "application/json");
    }
}

TEST(accepted_202, gains_nothing_in_mode_observe)
{
    std::vector<success_rule> presets{*success_conditions::preset("slack")};
    for(auto const& success :
        {std::shared_ptr<success_conditions const>{}, std::make_shared<success_conditions const>(presets)})
    {
        exchange x;
        x.errors.mode = error_mode::observe;
        x.errors.success = success;
        x.status = 202;
        x.body = R"({"retry_after":5})";
        EXPECT_EQ(x.answer_text(), x.body);
        EXPECT_EQ(x.got.fields.size(), 1u);
    }
}

TEST(wants_body, is_false_for_what_must_not_be_touched)
{
    struct row
    {
        unsigned status;
        field header;
        bool wanted;
    };
    error_policy const policy;
    for(auto const& [status, header, wanted] : {
            row{404, {"Content-Type", "text/html"}, true},
            row{200, {"Content-Type", "text/html"}, false},
            row{302, {"Content-Type", "text/html"}, false},
            row{416, {"Content-Range", "bytes */5"}, true},
            row{404, {"Content-Range", "bytes 0-1/5"}, false},
            row{503, {"Content-Type", "application/grpc+proto"}, false},
            row{503, {"Content-Type", "application/grpc-web"}, false},
            row{503, {"Content-Type", "application/connect+json"}, false},
            row{503, {"Content-Type", "application/x-ndjson"}, false},
            row{503, {"Content-Type", "Text/Event-Stream"}, false},
            row{503, {"Cache-Control", "max-age=1, No-Transform"}, false},
            row{407, {"A", "b"}, true},
            row{999, {"A", "b"}, true},
        })
        EXPECT_EQ(wants_body(status, {&header, 1}, "GET", policy), wanted) << status << ' ' << header.value;
    EXPECT_FALSE(wants_body(404, {}, "HEAD", policy));
}

TEST(hostile_body, never_changes_the_status_or_the_framing)
{
    json::parse_options deep;
    deep.max_depth = 200;
    std::vector<std::string> const bodies{
        "",
        "{",
        "[",
        "\"",
        "null",
        "{}",
        "[]",
        "42",
        "true",
        "\xff\xfe",
        std::string(3, '\0'),
        "\xef\xbb\xbf{\"message\":\"BOM here\"}",
        R"({"message":"\ud800 lone"})",
        "{\"message\":\"bad \xff utf8\"}",
        std::string(100'000, '['),
        std::string(100'000, '{'),
        R"({"status":200,"type":5,"title":{},"retry":"no"})",
        R"({"a":{"a":{"a":{}}}})",
        "<a><b></a>",
        "<?xml version=\"1.0\"?>",
        "a=b&c=d",
        R"({"retry":{"allowed":true},"origin":"x","type":"","title":"","status":1,"code":""})",
    };
    for(auto const& body : bodies)
        for(auto const* type : {"", "application/json", "application/problem+json", "text/html", "application/xml"})
            for(auto const policy : {body_policy::canonical, body_policy::compatible})
            {
                exchange x;
                x.status = 422;
                x.fields = {{"Content-Type", type}};
                x.body = body;
                x.errors.body = policy;
                x.got = normalize({x.status, x.fields, x.body, true, {}}, x.request, x.errors, {}, {}, {}, 0, x.work);
                auto const what = std::string{type} + ": " + body.substr(0, 60);
                EXPECT_EQ(x.got.status, 422u) << what;
                if(!x.got.rewritten)
                    continue;
                boost::system::error_code ec;
                json::parse({x.got.body.data(), x.got.body.size()}, ec, {}, deep);
                EXPECT_FALSE(ec) << what << " -> " << x.got.body.substr(0, 300);
                EXPECT_EQ(x.field_value("Content-Length"), std::to_string(x.got.body.size())) << what;
            }
}

} // namespace errata
