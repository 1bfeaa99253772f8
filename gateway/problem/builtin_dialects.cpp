// The dialects that are known by name, most specific first. Pointers stand here only where reading by meaning would
// choose another member than the dialect's own documents say, or where the dialect declares a unit; the others just
// give the shape its name.
#include "problem/dialect.hpp"

#include <utility>

namespace errata
{

namespace
{

using condition = dialect_condition;
using test = condition::test;
using kind = document::kind;
using form = document::form;

condition has(std::string pointer)
{
    return {.what = test::exists, .subject = std::move(pointer), .text = {}};
}
condition is(std::string pointer, kind k)
{
    return {.what = test::is_kind, .subject = std::move(pointer), .text = {}, .kind = k};
}
condition equals(std::string pointer, std::string text)
{
    return {.what = test::equals, .subject = std::move(pointer), .text = std::move(text)};
}
condition matches(std::string pointer, std::string expression)
{
    return {.what = test::matches, .subject = std::move(pointer), .text = std::move(expression)};
}
condition field(std::string name, std::string part)
{
    return {.what = test::field_contains, .subject = std::move(name), .text = std::move(part)};
}
condition field(std::string name)
{
    return {.what = test::field_present, .subject = std::move(name), .text = {}};
}
condition shape(form f)
{
    return {.what = test::form, .subject = {}, .text = {}, .form = f};
}

std::vector<dialect_source> remote_procedures()
{
    return {
        {.name = "json-rpc",
         .when = {has("/jsonrpc"), is("/error", kind::object)},
         .detail = {"/error/message"},
         .code = {"/error/code"}},
        {.name = "json-rpc", .when = {has("/0/jsonrpc")}},
        {.name = "soap-1.1", .when = {shape(form::xml), has("/Envelope/Body/Fault/faultstring")}},
        {.name = "soap-1.2", .when = {shape(form::xml), has("/Envelope/Body/Fault/Reason")}},
        {.name = "xml-rpc", .when = {shape(form::xml), has("/methodResponse/fault")}},
        {.name = "trpc",
         .when = {is("/error/data", kind::object), has("/error/data/code"), has("/error/code"), has("/error/message")},
         .code = {"/error/data/code"}},
        {.name = "trpc",
         .when = {has("/error/json/message"), has("/error/json/data/code")},
         .code = {"/error/json/data/code"}},
    };
}

std::vector<dialect_source> google()
{
    auto const retry_info = dialect_hint{"/error/details/*/retryDelay", hint_unit::duration_text};
    return {
        {.name = "google.rpc.Status",
         .when = {is("/error", kind::object), has("/error/code"), matches("/error/status", "^[A-Z_]+$")},
         .code = {"/error/status"},
         .hints = {retry_info}},
        {.name = "google.rpc.Status",
         .when = {is("/0/error", kind::object), matches("/0/error/status", "^[A-Z_]+$")},
         .code = {"/0/error/status"}},
        {.name = "google.rpc.Status",
         .when = {is("/code", kind::number), has("/message"), is("/details", kind::array)},
         .confidence = 90},
        {.name = "google-apis",
         .when = {is("/error", kind::object), has("/error/errors/0/reason"), has("/error/errors/0/domain")}},
    };
}

std::vector<dialect_source> clouds()
{
    return {
        {.name = "aws-json", .when = {has("/__type")}, .code = {"/__type"}},
        {.name = "aws-json", .when = {field("x-amzn-errortype"), shape(form::json)}, .confidence = 90},
        {.name = "aws-xml", .when = {shape(form::xml), has("/ErrorResponse/Error/Code")}},
        {.name = "aws-xml", .when = {shape(form::xml), has("/Response/Errors/Error/Code")}},
        {.name = "s3-xml", .when = {shape(form::xml), has("/Error/Code"), has("/Error/Message")}},
        {.name = "kubernetes",
         .when = {equals("/kind", "Status"), has("/apiVersion")},
         .detail = {"/message"},
         .code = {"/reason"},
         .hints = {{"/details/retryAfterSeconds", hint_unit::seconds}},
         .errors =
             {{.at = "/details/causes", .field = {"/field"}, .detail = {"/message"}, .code = {"/reason"}, .in = {}}}},
        {.name = "odata",
         .when = {has("/error/code"), is("/error/message", kind::object), has("/error/message/value")},
         .detail = {"/error/message/value"}},
        {.name = "odata", .when = {is("/odata.error", kind::object)}},
        {.name = "azure", .when = {has("/error/code"), has("/error/message"), has("/error/innererror")}},
        {.name = "azure", .when = {has("/error/code"), has("/error/message"), field("x-ms-request-id")}},
        {.name = "elasticsearch",
         .when = {is("/error/root_cause", kind::array), has("/error/type")},
         .detail = {"/error/reason"},
         .code = {"/error/type"}},
        {.name = "cloudflare", .when = {is("/errors", kind::array), has("/messages"), has("/success"), has("/result")}},
    };
}

std::vector<dialect_source> ai_providers()
{
    return {
        {.name = "anthropic",
         .when = {equals("/type", "error"), is("/error", kind::object), has("/error/type")},
         .detail = {"/error/message"},
         .code = {"/error/type"}},
        {.name = "openai",
         .when = {is("/error", kind::object), has("/error/message"), has("/error/type"), has("/error/param"),
                  has("/error/code")},
         .detail = {"/error/message"},
         .code = {"/error/code", "/error/type"}},
        {.name = "azure-openai", .when = {field("apim-request-id"), is("/error", kind::object), has("/error/message")}},
        {.name = "bedrock", .when = {field("x-amzn-requestid"), has("/message"), shape(form::json)}, .confidence = 85},
        {.name = "mistral", .when = {equals("/object", "error"), has("/message"), has("/type"), has("/code")}},
    };
}

std::vector<dialect_source> vendors()
{
    return {
        {.name = "discord",
         .when = {is("/errors", kind::object), is("/code", kind::number), has("/message")},
         .confidence = 90},
        {.name = "discord",
         .when = {has("/message"), is("/retry_after", kind::number), has("/global")},
         .hints = {{"/retry_after", hint_unit::seconds}}},
        {.name = "discord",
         .when = {is("/code", kind::number), has("/message"), is("/retry_after", kind::number)},
         .confidence = 90,
         .hints = {{"/retry_after", hint_unit::seconds}}},
        {.name = "stripe",
         .when = {is("/error", kind::object), has("/error/type"),
                  matches("/error/type", "^(api|card|idempotency|invalid_request|rate_limit|authentication)_error$")},
         .confidence = 90},
        {.name = "facebook-graph", .when = {is("/error", kind::object), has("/error/fbtrace_id")}},
        {.name = "telegram",
         .when = {equals("/ok", "false"), has("/error_code"), has("/description")},
         .hints = {{"/parameters/retry_after", hint_unit::seconds}}},
        {.name = "slack", .when = {equals("/ok", "false"), is("/error", kind::string)}},
        {.name = "twirp", .when = {is("/code", kind::string), is("/msg", kind::string)}},
        {.name = "salesforce", .when = {has("/0/errorCode"), has("/0/message")}},
        {.name = "jira", .when = {is("/errorMessages", kind::array), is("/errors", kind::object)}},
        {.name = "okta", .when = {has("/errorCode"), has("/errorSummary"), has("/errorId")}},
        {.name = "postgrest",
         .when = {has("/code"), has("/details"), has("/hint"), has("/message")},
         .detail = {"/message"}},
    };
}

std::vector<dialect_source> frameworks()
{
    return {
        {.name = "graphql", .when = {is("/errors", kind::array), has("/errors/0/message"), has("/errors/0/locations")}},
        {.name = "graphql",
         .when = {is("/errors", kind::array), has("/errors/0/message"), has("/errors/0/extensions")}},
        {.name = "graphql",
         .when = {is("/errors", kind::array), has("/errors/0/message"), has("/data")},
         .confidence = 80},
        {.name = "jsonapi", .when = {is("/errors", kind::array), has("/errors/0/title"), has("/errors/0/status")}},
        {.name = "jsonapi", .when = {is("/errors", kind::array), has("/errors/0/source/pointer")}},
        {.name = "jsonapi", .when = {is("/errors", kind::array), has("/errors/0/detail")}, .confidence = 90},
        {.name = "jsonapi", .when = {is("/errors", kind::array), field("Content-Type", "application/vnd.api+json")}},
        {.name = "rfc9457-xml", .when = {shape(form::xml), has("/problem/title")}},
        {.name = "spring",
         .when = {is("/timestamp", kind::string), is("/status", kind::number), is("/error", kind::string),
                  has("/path")}},
        {.name = "spring",
         .when = {is("/timestamp", kind::number), is("/status", kind::number), is("/error", kind::string)}},
        {.name = "aspnet", .when = {has("/traceId"), has("/title"), has("/status")}},
        {.name = "aspnet", .when = {has("/title"), is("/errors", kind::object)}, .confidence = 85},
        {.name = "aspnet-modelstate", .when = {is("/ModelState", kind::object)}},
        {.name = "aspnet", .when = {is("/Message", kind::string), has("/ExceptionMessage")}},
        {.name = "rfc9457", .when = {shape(form::json), field("Content-Type", "application/problem+json")}},
        {.name = "fastapi", .when = {is("/detail", kind::array), has("/detail/0/loc"), has("/detail/0/msg")}},
        {.name = "nestjs", .when = {is("/statusCode", kind::number), is("/message", kind::array)}},
        {.name = "hapi-boom",
         .when = {is("/statusCode", kind::number), is("/error", kind::string), is("/message", kind::string)}},
        {.name = "express-validator",
         .when = {is("/errors", kind::array), has("/errors/0/msg"), has("/errors/0/location")}},
        {.name = "laravel", .when = {is("/message", kind::string), is("/errors/*", kind::array)}, .confidence = 80},
        {.name = "rails", .when = {is("/errors/*", kind::array)}, .confidence = 60},
        {.name = "fhir", .when = {equals("/resourceType", "OperationOutcome"), is("/issue", kind::array)}},
        {.name = "symfony", .when = {is("/violations", kind::array), has("/title")}},
    };
}

constexpr auto families = {remote_procedures, google, clouds, ai_providers, vendors, frameworks};

} // namespace

void dialect_table::add_builtin()
{
    for(auto const family : families)
        for(auto& source : family())
            // A built-in dialect that does not compile is a bug that its test finds; the others still serve.
            (void)add(std::move(source));
}

std::size_t builtin_dialect_count()
{
    std::size_t count = 0;
    for(auto const family : families)
        count += family().size();
    return count;
}

} // namespace errata
