#include "problem/success.hpp"

#include <algorithm>
#include <charconv>

namespace errata
{
namespace
{
body_condition present(std::string pointer)
{
    return {std::move(pointer), {}, true, {}};
}

body_condition absent(std::string pointer)
{
    return {std::move(pointer), {}, false, {}};
}

/// https://api.slack.com/methods: {"ok": false, "error": "channel_not_found"}
success_rule slack()
{
    return {"slack",
            {{"/ok", "false", true, {}}},
            400,
            {{"ratelimited", 429},
             {"rate_limited", 429},
             {"not_authed", 401},
             {"invalid_auth", 401},
             {"account_inactive", 401},
             {"token_expired", 401},
             {"token_revoked", 401},
             {"missing_scope", 403},
             {"no_permission", 403},
             {"access_denied", 403},
             {"not_allowed_token_type", 403},
             {"channel_not_found", 404},
             {"user_not_found", 404},
             {"message_not_found", 404},
             {"internal_error", 500},
             {"fatal_error", 500},
             {"service_unavailable", 503},
             {"request_timeout", 408}},
            false};
}

/// Without data nothing succeeded; with data a client must see both (GraphQL specification 7.1).
success_rule graphql()
{
    return {"graphql",
            {present("/errors/0"), absent("/data")},
            400,
            {{"UNAUTHENTICATED", 401},
             {"FORBIDDEN", 403},
             {"NOT_FOUND", 404},
             {"BAD_USER_INPUT", 400},
             {"GRAPHQL_PARSE_FAILED", 400},
             {"GRAPHQL_VALIDATION_FAILED", 400},
             {"RATE_LIMITED", 429},
             {"TOO_MANY_REQUESTS", 429},
             {"INTERNAL_SERVER_ERROR", 500},
             {"SERVICE_UNAVAILABLE", 503}},
            false};
}

/// JSON-RPC 2.0 section 5.1.
success_rule jsonrpc()
{
    return {"jsonrpc",
            {present("/jsonrpc"), present("/error")},
            500,
            {{"-32700", 400}, {"-32600", 400}, {"-32601", 404}, {"-32602", 400}, {"-32603", 500}},
            false};
}

success_rule soap()
{
    return {"soap",
            {present("/Envelope/Body/Fault")},
            500,
            {{"Client", 400},
             {"Sender", 400},
             {"soap:Client", 400},
             {"soapenv:Client", 400},
             {"SOAP-ENV:Client", 400},
             {"s:Client", 400},
             {"soap:Sender", 400},
             {"env:Sender", 400},
             {"s:Sender", 400},
             {"soapenv:Sender", 400}},
            false};
}

success_rule object()
{
    return {"object",
            {{"/error", {}, true, document::kind::object}},
            400,
            {{"UNAUTHENTICATED", 401},
             {"PERMISSION_DENIED", 403},
             {"NOT_FOUND", 404},
             {"RESOURCE_EXHAUSTED", 429},
             {"INTERNAL", 500},
             {"UNAVAILABLE", 503},
             {"DEADLINE_EXCEEDED", 504}},
            true};
}
} // namespace

unsigned success_rule::status_for(std::string_view code) const noexcept
{
    if(auto const found = by_code.find(code); found != by_code.end())
        return found->second;
    unsigned n = 0;
    auto const [end, ec] = std::from_chars(code.data(), code.data() + code.size(), n);
    auto const is_status = ec == std::errc{} && end == code.data() + code.size() && n >= 400 && n <= 599 &&
                           n != 407; // which asks for credentials of the hop before us
    return code_is_status && is_status ? n : status;
}

std::optional<success_rule> success_conditions::preset(std::string_view name)
{
    if(name == "slack")
        return slack();
    if(name == "graphql")
        return graphql();
    if(name == "jsonrpc")
        return jsonrpc();
    if(name == "soap")
        return soap();
    if(name == "object")
        return object();
    return {};
}

success_rule const* success_conditions::match(document const& doc) const noexcept
{
    if(doc.cut())
        return nullptr;
    auto const holds = [&](success_rule const& rule)
    { return !rule.when.empty() && std::ranges::all_of(rule.when, [&](auto const& c) { return c.holds(doc); }); };
    auto const found = std::ranges::find_if(rules_, holds);
    return found != rules_.end() ? &*found : nullptr;
}

} // namespace errata
