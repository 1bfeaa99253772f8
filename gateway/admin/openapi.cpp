#include "admin/views.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace errata
{
namespace
{
namespace json = boost::json;

struct operation_row
{
    char const *path, *method, *summary;
    char const* statuses;                   ///< separated by spaces
    char const* types = "application/json"; ///< of the content, separated by spaces
    char const* parameters = "";            ///< "in:name" separated by spaces
    char const* takes = nullptr;            ///< JSON schema of the request's content
};

constexpr char const* endpoint = "path:name path:number";

constexpr operation_row operations[] = {
    {"/livez", "get", "200 while the process runs", "200"},
    {"/readyz", "get", "200 when requests may come, else 503 with the reasons", "200 503"},
    {"/metrics", "get", "Metrics for Prometheus", "200", "text/plain"},
    {"/config", "get", "The configuration in use, credentials redacted", "200"},
    {"/routes", "get", "The routes with their conditions", "200"},
    {"/upstreams", "get", "Upstreams, their endpoints and breakers", "200 503"},
    {.path = "/upstreams/{name}/endpoints/{number}/eject",
     .method = "post",
     .summary = "Eject an endpoint for a while",
     .statuses = "200 404 503",
     .parameters = endpoint},
    {.path = "/upstreams/{name}/endpoints/{number}/drain",
     .method = "post",
     .summary = "No new requests to an endpoint",
     .statuses = "200 404 503",
     .parameters = endpoint},
    {.path = "/upstreams/{name}/endpoints/{number}/admit",
     .method = "post",
     .summary = "Use an endpoint again",
     .statuses = "200 404 503",
     .parameters = endpoint},
    {.path = "/errors",
     .method = "get",
     .summary = "The last errors, before (a skeleton) and after",
     .statuses = "200 503",
     .parameters = "query:route query:upstream query:status query:cause query:dialect query:code query:unrecognized "
                   "query:observed"},
    {"/catalog", "get", "Every problem type", "200", "application/json text/html"},
    {"/catalog/{type}", "get", "One problem type", "200", "application/json text/html", "path:type"},
    {"/reload", "post", "Load the configuration anew; 409 with the mistakes when it is bad", "200 409"},
    {"/drain", "post", "Finish what is under way, then end", "202"},
    {.path = "/maintenance/{route}",
     .method = "post",
     .summary = "Switch a route's maintenance answer",
     .statuses = "200 400 404 503",
     .parameters = "path:route",
     .takes = R"({"type": "object", "required": ["on"], "properties": {"on": {"type": "boolean"},
                  "until": {"type": ["string", "integer"], "description": "2026-07-01T06:00:00Z, or seconds since 1970"},
                  "detail": {"type": "string", "description": "the sentence that clients read"}}})"},
    {"/log-level", "get", "The level of the gateway's own messages", "200"},
    {.path = "/log-level",
     .method = "put",
     .summary = "Change it",
     .statuses = "200 400",
     .takes = R"({"type": "object", "required": ["level"], "properties": {"level":
                  {"enum": ["trace", "debug", "info", "warning", "error", "critical", "off"]}}})"},
    {"/openapi.json", "get", "This document", "200"},
};

template <class Each>
void split(std::string_view text, Each const& each)
{
    while(!text.empty())
    {
        auto const one = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        each(one);
    }
}

json::object responses_of(operation_row const& row)
{
    json::object content;
    split(row.types, [&](std::string_view type) { content[type] = json::object{}; });
    json::object out;
    split(row.statuses,
          [&](std::string_view status) {
              out[status] = {{"description", status < "300" ? "done" : "not done, and why"}, {"content", content}};
          });
    return out;
}

json::object content_of(char const* schema)
{
    return {{"content", {{"application/json", {{"schema", json::parse(schema)}}}}}};
}

json::array parameters_of(std::string_view text)
{
    json::array out;
    split(text,
          [&](std::string_view one)
          {
              auto const colon = one.find(':');
              out.push_back({{"name", one.substr(colon + 1)},
                             {"in", one.substr(0, colon)},
                             {"required", one.starts_with("path")},
                             {"schema", {{"type", "string"}}}});
          });
    return out;
}
} // namespace

admin_answer openapi_page(std::string const& version)
{
    json::object paths;
    for(auto const& row : operations)
    {
        auto& place = paths[row.path];
        if(!place.is_object())
            place.emplace_object();
        json::object what{{"summary", row.summary}, {"responses", responses_of(row)}};
        if(*row.parameters)
            what["parameters"] = parameters_of(row.parameters);
        if(row.takes)
            what["requestBody"] = content_of(row.takes);
        place.as_object()[row.method] = std::move(what);
    }
    json::object const all{{"openapi", "3.1.0"},
                           {"info", {{"title", "Errata admin port"}, {"version", version}}},
                           {"components", {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
                           {"paths", std::move(paths)}};
    return {.body = json::serialize(all) + '\n'};
}

} // namespace errata
