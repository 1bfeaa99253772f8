#include "problem/failure.hpp"

#include "problem/normalize.hpp"
#include "problem/status.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <set>

namespace errata
{
namespace
{
namespace json = boost::json;

failure at(std::size_t i)
{
    return static_cast<failure>(i);
}

struct own_answer
{
    workspace work;
    answer got;
    json::object body;
};

void answer_to(own_answer& a, failure_report const& report, request_facts const& request = {},
               error_policy const& errors = {}, retry_policy const& retry = {})
{
    a.got = answer_failure(report, request, errors, retry, {}, {}, 0, a.work);
    if(!a.got.body.empty())
        a.body = json::parse(a.got.body).as_object();
}

bool retries(failure f, std::string_view method, std::optional<milliseconds> known = {})
{
    own_answer a;
    answer_to(
        a, {.what = f, .known_wait = known, .allow = {}, .proxy_status_extra = {}, .received_status = {}, .detail = {}},
        {.method = method, .request_id = {}, .fields = {}});
    return a.got.retry.allowed;
}

failure_report just(failure f)
{
    failure_report report{};
    report.what = f;
    return report;
}
} // namespace

TEST(failure_table, has_one_row_for_every_cause_in_order)
{
    for(std::size_t i = 0; i < failure_count(); ++i)
        EXPECT_EQ(trait(at(i)).what, at(i)) << i;
}

TEST(failure_table, names_every_cause_differently)
{
    std::set<std::string_view> names;
    for(std::size_t i = 0; i < failure_count(); ++i)
        EXPECT_TRUE(names.insert(trait(at(i)).name).second) << trait(at(i)).name;
}

TEST(failure_table, gives_every_cause_that_a_client_sees_a_code_and_a_sentence)
{
    for(std::size_t i = 0; i < failure_count(); ++i)
    {
        auto const& row = trait(at(i));
        if(row.what == failure::body_not_decodable || row.what == failure::cut_after_head)
            continue;
        EXPECT_FALSE(row.code.empty()) << row.name;
        EXPECT_TRUE(is_reserved_code(row.code)) << row.name;
        EXPECT_TRUE(row.detail.ends_with('.')) << row.name;
    }
}

TEST(failure_table, reserves_no_other_code)
{
    EXPECT_FALSE(is_reserved_code("INSUFFICIENT_BALANCE"));
    EXPECT_FALSE(is_reserved_code(""));
}

TEST(own_failure, is_a_complete_canonical_answer_for_every_row)
{
    for(std::size_t i = 0; i < failure_count(); ++i)
    {
        auto const& row = trait(at(i));
        own_answer a;
        answer_to(a, just(row.what), {.method = "GET", .request_id = "0123456789", .fields = {}});
        auto const status = row.status ? row.status : 502u;
        EXPECT_EQ(a.got.status, status) << row.name;
        EXPECT_EQ(a.body["status"].to_number<unsigned>(), status) << row.name;
        EXPECT_EQ(a.body["title"].as_string(), title_of(status)) << row.name;
        EXPECT_EQ(a.body["code"].as_string(), row.code.empty() ? default_code(status) : row.code) << row.name;
        EXPECT_EQ(a.body["origin"].as_string(), "gateway") << row.name;
        EXPECT_EQ(a.body["request_id"].as_string(), "0123456789") << row.name;
        EXPECT_EQ(value_of(a.got.fields, "Content-Type"), "application/problem+json") << row.name;
        EXPECT_EQ(value_of(a.got.fields, "Content-Length"), std::to_string(a.got.body.size())) << row.name;
        EXPECT_EQ(value_of(a.got.fields, "Cache-Control"), "no-store") << row.name;
        EXPECT_EQ(value_of(a.got.fields, "X-Request-Id"), "0123456789") << row.name;
        auto token = row.token.empty() ? std::string{"gw-0"} : "gw-0; error=" + std::string{row.token};
        if(row.token == "http_request_error")
            token += "; status-code=" + std::to_string(status); // RFC 9209 2.3.17
        EXPECT_EQ(value_of(a.got.fields, "Proxy-Status"), token) << row.name;
    }
}

TEST(own_failure, tells_the_same_in_head_and_body_about_retrying)
{
    for(std::size_t i = 0; i < failure_count(); ++i)
        for(auto const* method : {"GET", "POST"})
        {
            own_answer a;
            answer_to(a, just(at(i)), {.method = method, .request_id = {}, .fields = {}});
            auto const& retry = a.body["retry"].as_object();
            auto const allowed = retry.at("allowed").as_bool();
            auto const* after = find(a.got.fields, "Retry-After");
            EXPECT_EQ(after != nullptr, allowed) << trait(at(i)).name;
            EXPECT_EQ(retry.contains("after"), allowed) << trait(at(i)).name;
            if(after)
            {
                EXPECT_EQ(after->value, std::to_string(retry.at("after").to_number<int>()));
            }
            EXPECT_EQ(value_of(a.got.fields, "X-Should-Retry"), allowed ? "true" : "false");
        }
}

TEST(own_failure, is_retryable_for_every_method_when_nothing_was_executed)
{
    for(auto const f :
        {failure::dns_error, failure::dns_timeout, failure::connect_refused, failure::unreachable,
         failure::connect_timeout, failure::tls_timeout, failure::no_healthy_endpoint, failure::draining})
        EXPECT_TRUE(retries(f, "POST")) << trait(f).name;
}

TEST(own_failure, is_not_retryable_for_a_post_that_may_have_been_executed)
{
    for(auto const f : {failure::closed, failure::closed_idle, failure::incomplete, failure::response_timeout,
                        failure::read_timeout, failure::deadline, failure::write_timeout})
    {
        EXPECT_TRUE(retries(f, "GET")) << trait(f).name;
        EXPECT_FALSE(retries(f, "POST")) << trait(f).name;
        EXPECT_FALSE(retries(f, "PATCH")) << trait(f).name;
    }
}

TEST(own_failure, is_retryable_for_a_post_with_an_idempotency_key)
{
    field const key{"Idempotency-Key", "\"8e03978e\""};
    own_answer a;
    answer_to(a, just(failure::response_timeout), {.method = "POST", .request_id = {}, .fields = {&key, 1}});
    EXPECT_TRUE(a.got.retry.allowed);
    EXPECT_TRUE(a.body["retry"].at("safe").as_bool());
}

TEST(own_failure, takes_the_worst_of_several_tries)
{
    own_answer a;
    answer_to(a, just(failure::connect_refused),
              {.method = "POST", .request_id = {}, .fields = {}, .tries = 2, .acted = execution::maybe});
    EXPECT_FALSE(a.got.retry.allowed);
    EXPECT_FALSE(a.body["retry"].at("safe").as_bool());
    EXPECT_EQ(a.body["retry"].at("tries").to_number<int>(), 2);
}

TEST(own_failure, believes_the_caller_that_nothing_was_sent_yet)
{
    own_answer a;
    answer_to(a, just(failure::deadline),
              {.method = "POST", .request_id = {}, .fields = {}, .tries = 1, .acted = execution::no});
    EXPECT_TRUE(a.got.retry.allowed);
}

TEST(own_failure, announces_the_time_that_the_gateway_knows)
{
    own_answer a;
    auto report = just(failure::circuit_open);
    report.known_wait = milliseconds{12'300};
    answer_to(a, report);
    EXPECT_EQ(value_of(a.got.fields, "Retry-After"), "13");
    EXPECT_EQ(value_of(a.got.fields, "retry-after-ms"), "12300");
    EXPECT_EQ(a.body["retry"].at("after").to_number<int>(), 13);
}

TEST(own_failure, carries_allow_on_405)
{
    own_answer a;
    auto report = just(failure::method_not_allowed);
    report.allow = "GET, HEAD";
    answer_to(a, report);
    EXPECT_EQ(value_of(a.got.fields, "Allow"), "GET, HEAD");
    EXPECT_EQ(find(a.got.fields, "Retry-After"), nullptr);
}

TEST(own_failure, answers_head_with_the_length_of_the_get_answer_and_no_body)
{
    own_answer get, head;
    answer_to(get, just(failure::connect_refused), {.method = "GET", .request_id = {}, .fields = {}});
    answer_to(head, just(failure::connect_refused), {.method = "HEAD", .request_id = {}, .fields = {}});
    EXPECT_TRUE(head.got.body.empty());
    EXPECT_EQ(value_of(head.got.fields, "Content-Length"), std::to_string(get.got.body.size()));
}

TEST(own_failure, keeps_the_status_that_it_is_given)
{
    own_answer a;
    auto report = just(failure::retry_too_early);
    report.status = 429;
    report.known_wait = milliseconds{5'000};
    answer_to(a, report);
    EXPECT_EQ(a.got.status, 429u);
    EXPECT_EQ(a.body["code"].as_string(), "RETRY_TOO_EARLY");
    EXPECT_EQ(value_of(a.got.fields, "Retry-After"), "5");
}

TEST(own_failure, names_a_uuid_as_instance_and_builds_the_type_from_its_code)
{
    own_answer a;
    error_policy errors;
    errors.type_base = "https://errors.example.com/";
    answer_to(a, just(failure::connect_refused),
              {.method = "GET", .request_id = "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c", .fields = {}}, errors);
    EXPECT_EQ(a.body["instance"].as_string(), "urn:uuid:01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c");
    EXPECT_EQ(a.body["type"].as_string(), "https://errors.example.com/upstream-refused");
}

TEST(own_failure, has_no_instance_for_another_kind_of_request_id)
{
    own_answer a;
    answer_to(a, just(failure::connect_refused), {.method = "GET", .request_id = "req-12345678", .fields = {}});
    EXPECT_FALSE(a.body.contains("instance"));
    EXPECT_EQ(a.body["type"].as_string(), "about:blank");
}

TEST(own_failure, adds_proxy_status_parameters)
{
    own_answer a;
    auto report = just(failure::proxy_auth);
    report.received_status = 407;
    report.proxy_status_extra = "rcode=\"NXDOMAIN\"";
    answer_to(a, report);
    EXPECT_EQ(value_of(a.got.fields, "Proxy-Status"),
              "gw-0; error=http_protocol_error; received-status=407; rcode=\"NXDOMAIN\"");
}

TEST(own_failure, quotes_a_gateway_name_that_is_no_token_of_structured_fields)
{
    own_answer a;
    answer failed = answer_failure(just(failure::internal), {}, {}, {}, {.name = "3 \"gw\"\\"}, {}, 0, a.work);
    EXPECT_EQ(value_of(failed.fields, "Proxy-Status"), "\"3 \\\"gw\\\"\\\\\"; error=proxy_internal_error");
}

TEST(own_failure, uses_the_media_type_that_accept_asks_for)
{
    struct row
    {
        std::string_view accept, type;
        body_policy body = body_policy::canonical;
    };
    for(auto const& [accept, type, body] : {
            row{"", "application/problem+json"},
            row{"*/*", "application/problem+json"},
            row{"application/json", "application/json"},
            row{"application/json;q=0.9, text/html", "application/json"},
            row{"application/json, */*;q=0.1", "application/problem+json"},
            row{"application/json, application/*", "application/problem+json"},
            row{"application/json, application/problem+json", "application/problem+json"},
            row{"application/json, application/problem+json;q=0", "application/json"},
            row{"application/json, */*;q=0.0", "application/json"},
            row{"application/json;v=\"a,*/*\"", "application/json"},
            row{"text/html", "application/problem+json"},
            row{"*/*", "application/json", body_policy::compatible},
            row{"Application/Problem+JSON", "application/problem+json", body_policy::compatible},
            row{"*/*", "application/problem+json", body_policy::passthrough},
        })
    {
        own_answer a;
        field const f{"accept", accept};
        error_policy errors;
        errors.body = body;
        answer_to(a, just(failure::closed), {.method = "GET", .request_id = {}, .fields = {&f, 1}}, errors);
        EXPECT_EQ(value_of(a.got.fields, "Content-Type"), type) << accept;
    }
}

TEST(own_failure, has_the_form_of_the_envelope_where_the_route_wants_it)
{
    own_answer a;
    error_policy errors;
    errors.render = rendering::envelope;
    answer_to(a, just(failure::connect_refused), {}, errors);
    EXPECT_EQ(a.body.size(), 1u);
    EXPECT_EQ(a.body["error"].at("code").as_string(), "UPSTREAM_REFUSED");
    EXPECT_EQ(a.body["error"].at("message").as_string(), trait(failure::connect_refused).detail);
    EXPECT_EQ(value_of(a.got.fields, "Content-Type"), "application/json");
}

} // namespace errata
