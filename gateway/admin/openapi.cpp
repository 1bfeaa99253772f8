#include "admin/views.hpp"

#include <boost/json.hpp>

#include <array>

namespace errata
{
namespace
{
namespace json = boost::json;

struct operation_row
{
    char const *path, *method, *summary, *parameters; ///< parameters: "in:name" separated by spaces
};

constexpr std::array operations{
    operation_row{"/livez", "get", "200 while the process runs", ""},
    operation_row{"/readyz", "get", "200 when requests may come, else 503 with the reasons", ""},
    operation_row{"/metrics", "get", "Metrics for Prometheus", ""},
    operation_row{"/config", "get", "The configuration in use, credentials redacted", ""},
    operation_row{"/routes", "get", "The routes with their conditions", ""},
    operation_row{"/upstreams", "get", "Upstreams, their endpoints and breakers", ""},
    operation_row{"/upstreams/{name}/endpoints/{number}/eject", "post", "Eject an endpoint for a while",
                  "path:name path:number"},
    operation_row{"/upstreams/{name}/endpoints/{number}/drain", "post", "No new requests to an endpoint",
                  "path:name path:number"},
    operation_row{"/upstreams/{name}/endpoints/{number}/admit", "post", "Use an endpoint again",
                  "path:name path:number"},
    operation_row{"/errors", "get", "The last errors, before (a skeleton) and after",
                  "query:route query:status query:cause query:dialect query:code query:upstream query:unrecognized "
                  "query:observed"},
    operation_row{"/catalog", "get", "Every problem type, as HTML or JSON", ""},
    operation_row{"/catalog/{type}", "get", "One problem type", "path:type"},
    operation_row{"/reload", "post", "Load the configuration anew; 409 with the mistakes when it is bad", ""},
    operation_row{"/drain", "post", "Finish what is under way, then end", ""},
    operation_row{"/maintenance/{route}", "post", "Switch a route's maintenance answer: {on, until}", "path:route"},
    operation_row{"/log-level", "get", "The level of the gateway's own messages", ""},
    operation_row{"/log-level", "put", "Change it: {level}", ""},
    operation_row{"/openapi.json", "get", "This document", ""},
};

json::array parameters_of(std::string_view text)
{
    json::array out;
    while(!text.empty())
    {
        auto const one = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        auto const colon = one.find(':');
        out.push_back({{"name", one.substr(colon + 1)},
                       {"in", one.substr(0, colon)},
                       {"required", one.starts_with("path")},
                       {"schema", {{"type", "string"}}}});
    }
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
        json::object what{{"summary", row.summary}, {"responses", {{"200", {{"description", "done"}}}}}};
        if(*row.parameters)
            what["parameters"] = parameters_of(row.parameters);
        place.as_object()[row.method] = std::move(what);
    }
    json::object const all{{"openapi", "3.1.0"},
                           {"info", {{"title", "Errata admin port"}, {"version", version}}},
                           {"components", {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
                           {"paths", std::move(paths)}};
    return {.body = json::serialize(all) + '\n'};
}

} // namespace errata
