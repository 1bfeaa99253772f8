#include "command/demo_coding.hpp"
#include "command/demo_scene.hpp"

#include "problem/status.hpp"

#include <array>
#include <charconv>
#include <ctime>
#include <vector>

namespace errata
{
namespace
{
constexpr std::string_view json = "application/json";
constexpr std::string_view html = "text/html; charset=utf-8";

constexpr std::string_view plain_error =
    R"({"error": "insufficient_funds", "message": "Your balance is too low.", "required": 100.00, "available": 50.50})";

std::string http_date(unsigned seconds_from_now)
{
    auto const then = std::time(nullptr) + static_cast<std::time_t>(seconds_from_now);
    std::tm parts{};
    gmtime_r(&then, &parts);
    std::array<char, 40> text{};
    auto const n = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), n};
}

scene_reply any_status(scene_request const& r)
{
    unsigned status = 0;
    auto const digits = r.path.substr(r.path.rfind('/') + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), status);
    if(status < 200 || status > 599)
        return whole_reply("400 Bad Request", json, R"({"message": "a status from 200 to 599, please"})");
    auto const line = std::to_string(status) + ' ' + std::string(reason_of(status));
    if(status == 204 || status == 304)
        return {"HTTP/1.1 " + line + "\r\n\r\n"};
    return whole_reply(line, json, R"({"message": "This is what you asked for."})");
}

scene_reply with_retry_after(scene_request const& r)
{
    auto const seconds = query_number(r.query, "s", 7);
    return whole_reply("503 Service Unavailable", json, R"({"message": "Down for maintenance."})",
                       "Retry-After: " + std::to_string(seconds) + "\r\n");
}

scene_reply with_retry_date(scene_request const&)
{
    return whole_reply("503 Service Unavailable", html, "<html><title>503</title><h1>Back soon</h1></html>",
                       "Date: " + http_date(0) + "\r\nRetry-After: " + http_date(30) + "\r\n");
}

scene_reply big_error(scene_request const& r)
{
    auto const kib = query_number(r.query, "kib", 1024);
    std::string body = R"({"message": "Too much to tell.", "trace": [)";
    while(body.size() < kib * std::size_t{1024})
        body += "\"at Object.<anonymous> (/srv/app/index.js:10:3)\", ";
    return whole_reply("500 Internal Server Error", json, body + "0]}");
}

scene_reply bomb(scene_request const&)
{
    static std::string const packed = gzip("{\"message\": \"" + std::string(64 << 20, 'a') + "\"}");
    return whole_reply("500 Internal Server Error", json, packed, "Content-Encoding: gzip\r\n");
}

auto reply(std::string_view status, std::string_view type, std::string_view body, std::string_view fields = {})
{
    return always(whole_reply(status, type, body, fields));
}

constexpr std::string_view conventions = "The five conventions";
constexpr std::string_view bodies = "Error bodies";
constexpr std::string_view waits = "Retry hints";

} // namespace

std::span<scene const> error_scenes()
{
    static scene const scenes[]{
        {conventions, "/convention/1", "400 with a numeric code and nested errors",
         "code INVALID_REQUEST, errors as a list",
         reply(
             "400 Bad Request", json,
             R"({"message": "Invalid Form Body", "code": 50035, "errors": {"content": {"_errors": [{"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}]}}})")},
        {conventions, "/convention/1/limited", "429 with retry_after in the body only", "429 with Retry-After: 65",
         reply("429 Too Many Requests", json,
               R"({"message": "You are being rate limited.", "retry_after": 64.57, "global": false})")},
        {conventions, "/convention/1/indexing", "202 with retry_after in the body", "the same 202 with Retry-After: 2",
         reply(
             "202 Accepted", json,
             R"({"message": "Index not yet available. Try again later", "code": 110000, "documents_indexed": 0, "retry_after": 2})")},
        {conventions, "/convention/2", "404 whose message is only the code", "the description as detail",
         reply("404 Not Found", json, R"({"message": "404", "description": "There is no such order."})")},
        {conventions, "/convention/2/oauth", "400 from a token endpoint",
         "error and error_description kept for OAuth clients",
         reply("400 Bad Request", json,
               R"({"error": "invalid_grant", "error_description": "The refresh token has expired."})",
               "Cache-Control: no-store\r\n")},
        {conventions, "/convention/3", "529 with Retry-After", "529 with the same Retry-After",
         reply("529 Site is overloaded", json, R"({"message": "Too much to do."})", "Retry-After: 5\r\n")},
        {conventions, "/convention/3/backoff", "503 without a hint",
         "503 with Retry-After: 8, then 64, 512... for X-Failed-Requests: 1, 2...",
         reply("503 Service Unavailable", json, R"({"message": "Not now."})")},
        {conventions, "/convention/4", "401 with a challenge", "401 with the same challenge",
         reply("401 Unauthorized", "text/plain", "Who are you?", "WWW-Authenticate: Bearer realm=\"demo\"\r\n")},
        {conventions, "/convention/4/method", "405 with Allow", "405 with the same Allow",
         reply("405 Method Not Allowed", html, "<html><title>405 Not Allowed</title></html>", "Allow: GET, HEAD\r\n")},
        {conventions, "/convention/4/hidden", "403 that must not be seen", "404 without a trace of the 403",
         reply("403 Forbidden", json,
               R"({"error": {"code": "NOT_YOURS", "message": "This belongs to somebody else."}})")},
        {conventions, "/convention/5", "402 with a textual code and details", "code and details kept",
         reply(
             "402 Payment Required", json,
             R"({"error": {"code": "INSUFFICIENT_BALANCE", "message": "Balance is too low.", "details": {"required": "100.00", "available": "50.50"}}})")},

        {bodies, "/error/json", "422 in JSON", "the canonical error; what was beside the message in details",
         reply("422 Unprocessable Content", json, plain_error)},
        {bodies, "/error/html", "500 as a server's HTML page", "the canonical error, no HTML",
         reply("500 Internal Server Error", html,
               "<html>\r\n<head><title>500 Internal Server Error</title></head>\r\n<body>\r\n<center><h1>500 Internal "
               "Server "
               "Error</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n")},
        {bodies, "/error/xml", "404 in XML", "its code and message",
         reply(
             "404 Not Found", "application/xml",
             R"(<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a.txt</Key></Error>)")},
        {bodies, "/error/soap", "500 with a SOAP fault", "the fault string as detail",
         reply(
             "500 Internal Server Error", "text/xml; charset=utf-8",
             R"(<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>Unknown account.</faultstring></soap:Fault></soap:Body></soap:Envelope>)")},
        {bodies, "/error/text", "400 in plain text", "the sentence as detail",
         reply("400 Bad Request", "text/plain", "quantity must be a positive number\n")},
        {bodies, "/error/empty", "502 with nothing", "the canonical error of the status",
         reply("502 Bad Gateway", "text/plain", "")},
        {bodies, "/error/problem", "409 as problem+json", "the same, with what was missing",
         reply(
             "409 Conflict", "application/problem+json",
             R"({"type": "https://errors.example/edit-conflict", "title": "Edit conflict", "status": 409, "detail": "Somebody else was faster.", "revision": 7})")},
        {bodies, "/error/fields", "422 with one list of messages per field", "errors with a pointer each",
         reply(
             "422 Unprocessable Content", json,
             R"({"message": "The given data was invalid.", "errors": {"email": ["must be a valid address", "is taken"], "items.0.sku": ["is required"]}})")},
        {bodies, "/error/leak", "500 with a stack trace and a connection string", "a clean sentence, nothing leaked",
         reply(
             "500 Internal Server Error", json,
             R"-({"message": "could not connect to postgres://app:secret@10.0.3.7/orders", "stack": "Error: connect\n    at Socket.connect (/srv/app/db.js:31:9)"})-")},
        {bodies, "/error/broken-json", "400 with JSON that ends early", "the canonical error, from what can be read",
         reply("400 Bad Request", json, R"({"message": "Unknown currency", "details": {"currency": "EU)")},
        {bodies, "/error/latin1", "404 in ISO-8859-1", "UTF-8",
         reply("404 Not Found", "text/plain; charset=iso-8859-1", "Die Bestellung f\xfcr M\xfcller ist nicht da.")},
        {bodies, "/error/gzip", "422 in gzip", "the canonical error, not encoded",
         reply("422 Unprocessable Content", json, gzip(plain_error),
               "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n")},
        {bodies, "/error/br", "422 in br", "the canonical error, not encoded",
         reply("422 Unprocessable Content", json, brotli(plain_error), "Content-Encoding: br\r\n")},
        {bodies, "/error/zstd", "422 in zstd", "the canonical error, not encoded",
         reply("422 Unprocessable Content", json, zstd(plain_error), "Content-Encoding: zstd\r\n")},
        {bodies, "/error/bomb", "500, 64 KiB of gzip that unpack to 64 MiB", "the canonical error of the status", bomb},
        {bodies, "/error/big", "500 with 1 MiB of JSON (?kib=)", "the canonical error of the status", big_error},
        {bodies, "/status/*", "the status in the path", "the canonical error of that status; below 400 what came",
         any_status},

        {waits, "/retry-after", "503 with Retry-After: 7 (?s=)", "503 with the same wait", with_retry_after},
        {waits, "/retry-after/date", "503 with Retry-After as a date in 30 seconds", "503 with Retry-After: 30",
         with_retry_date},
        {waits, "/retry-after/ms", "429 with retry-after-ms", "429 with Retry-After: 2 and retry-after-ms",
         reply("429 Too Many Requests", json, R"({"error": {"message": "Slow down.", "type": "requests"}})",
               "retry-after-ms: 1500\r\n")},
        {waits, "/retry-after/limit", "429 with RateLimit fields only", "429 with Retry-After: 12",
         reply("429 Too Many Requests", json, R"({"message": "Quota used up."})",
               "X-RateLimit-Limit: 100\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 12\r\n")},
        {waits, "/retry-after/never", "400 with a Retry-After that makes no sense", "400 without it",
         reply("400 Bad Request", json, R"({"message": "Wrong."})", "Retry-After: soon\r\n")},
    };
    return scenes;
} // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): it loses the functions in the list, which the list owns

scene_reply whole_reply(std::string_view status, std::string_view type, std::string_view body, std::string_view fields)
{
    std::string out = "HTTP/1.1 ";
    out.append(status).append("\r\nContent-Type: ").append(type).append("\r\n").append(fields);
    out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    scene_reply reply{std::move(out)};
    reply.head = reply.bytes.size() - body.size();
    return reply;
}

std::function<scene_reply(scene_request const&)> always(scene_reply reply)
{
    return [reply = std::move(reply)](scene_request const&) { return reply; };
}

unsigned query_number(std::string_view query, std::string_view name, unsigned otherwise)
{
    while(!query.empty())
    {
        auto const ampersand = query.find('&');
        auto const pair = query.substr(0, ampersand);
        unsigned value = 0;
        if(pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=' &&
           std::from_chars(pair.data() + name.size() + 1, pair.data() + pair.size(), value).ec == std::errc{})
            return value;
        query = ampersand == std::string_view::npos ? std::string_view{} : query.substr(ampersand + 1);
    }
    return otherwise;
}

} // namespace errata
