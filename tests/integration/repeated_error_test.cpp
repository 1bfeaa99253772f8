// An upstream that says the same again and again: each answer is its own request's all the same.
#include "gateway_fixture.hpp"

#include <boost/json.hpp>

namespace errata::test
{
namespace
{
namespace json = boost::json;

class repeated_error : public gateway_fixture
{
protected:
    json::object answer_to(std::string const& content, std::string const& fields, std::string const& asked = {})
    {
        auto client = sent(get("/", asked));
        auto server = upstream.accept();
        (void)read_request(server);
        server.send(response("503 Service Unavailable", content,
                             "Content-Type: application/json\r\nConnection: close\r\n" + fields));
        auto const answer = read_response(client);
        EXPECT_EQ(answer.status, 503);
        EXPECT_EQ(answer.value("retry-after") == "7", fields.find("Retry-After: 7") != fields.npos);
        return json::parse(answer.body).as_object();
    }
};

TEST_F(repeated_error, has_the_ids_and_the_wait_of_each_answer)
{
    start();
    std::string const content = R"({"error":{"code":"overloaded","message":"Too much to do"},"queue":7})";
    for(int round = 0; round < 4; ++round)
        for(std::string const wait : {"", "Retry-After: 7\r\n"})
        {
            auto const id = "up-" + std::to_string(round);
            auto const got =
                answer_to(content, "X-Request-Id: " + id + "\r\n" + wait, "X-Request-Id: mine-" + id + "\r\n");
            EXPECT_EQ(text(got, "upstream_request_id"), id);
            EXPECT_EQ(text(got, "detail"), "Too much to do");
            EXPECT_EQ(text(got, "code"), "OVERLOADED");
            EXPECT_EQ(json::serialize(got.at("details")), R"({"queue":7})");
        }
}

TEST_F(repeated_error, is_told_from_one_that_differs_by_a_letter)
{
    start();
    for(int round = 0; round < 3; ++round)
        for(std::string const word : {"now", "yet", "now", "now"})
            EXPECT_EQ(text(answer_to(R"({"message":"Not )" + word + R"(, please"})", {}), "detail"),
                      "Not " + word + ", please");
}

} // namespace
} // namespace errata::test
