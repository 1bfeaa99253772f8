#include "admin/admin_api.hpp"

#include "admin/catalog.hpp"
#include "admin/gather.hpp"
#include "admin/operation.hpp"
#include "admin/views.hpp"

#include <boost/json.hpp>
#include <spdlog/spdlog.h>

namespace errata
{
namespace
{
namespace json = boost::json;

admin_answer page(json::value const& content, unsigned status = 200)
{
    admin_answer out{.status = status};
    out.body = json::serialize(content) + '\n';
    return out;
}

admin_answer ready_page(std::vector<std::string> const& reasons, std::vector<std::string> const& mistakes)
{
    json::object out{{"ready", reasons.empty()}, {"reasons", json::value_from(reasons)}};
    // Not a reason: what was loaded before goes on serving.
    if(!mistakes.empty())
        out["last_reload"] = {{"result", "failed"}, {"mistakes", json::value_from(mistakes)}};
    return page(out, reasons.empty() ? 200 : 503);
}

admin_answer not_this_way(std::string_view allowed)
{
    auto out = no(405, "this path is asked in another way");
    out.fields.emplace_back("Allow", allowed);
    return out;
}
} // namespace

// (No co_await inside ?: or a braced list: g++ 12 destroys temporaries there twice.)
task<admin_answer> admin_api::handle(admin_request request, bool telemetry)
{
    auto const path = request.path;
    bool const get = request.method == "GET", post = request.method == "POST";
    if(get && path == "/livez")
        co_return admin_answer{.body = "{\"live\":true}\n"};
    if(get && path == "/readyz")
        co_return co_await readyz();
    if(get && path == "/metrics")
        co_return co_await metrics_page();
    if(telemetry)
        co_return no(404, "this port has GET /livez, /readyz and /metrics");
    if(get && path == "/upstreams")
        co_return co_await upstreams();
    if(get && path == "/errors")
        co_return co_await errors(std::move(request));
    if(post && path.starts_with("/upstreams/"))
        co_return co_await change_endpoint(path);
    if(request.method == "GET" && path == "/routes")
        co_return co_await routes();
    if(post && path.starts_with("/maintenance/"))
        co_return co_await switch_maintenance(std::move(request));
    co_return at_once(request);
}

/// What needs no shard's word.
admin_answer admin_api::at_once(admin_request const& request)
{
    auto const& path = request.path;
    bool const get = request.method == "GET", post = request.method == "POST";
    if(get && path == "/config")
        return config_page(operation_.tree());
    if(get && path == "/openapi.json")
        return openapi_page(operation_.facts().version);
    if(get && (path == "/catalog" || path.starts_with("/catalog/")))
        return catalog_answer(std::string_view(path).substr(8), "/catalog/", request.accept);
    if(path == "/log-level" && (get || request.method == "PUT"))
        return log_level(request);
    if(post && path == "/reload")
        return reload();
    if(post && path == "/drain")
    {
        if(!operation_.gateway().draining())
            operation_.drain();
        return page({{"draining", true}}, 202);
    }
    for(std::string_view const known : {"/reload", "/drain", "/maintenance/", "/upstreams/"})
        if(path.starts_with(known))
            return not_this_way("POST");
    for(std::string_view const known :
        {"/livez", "/readyz", "/metrics", "/config", "/routes", "/upstreams", "/errors", "/catalog", "/openapi.json"})
        if(path == known)
            return not_this_way("GET, HEAD");
    return path == "/log-level" ? not_this_way("GET, HEAD, PUT") : no(404, "no such page; /openapi.json lists them");
}

task<admin_answer> admin_api::readyz()
{
    if(operation_.config().ready_needs_upstreams)
        co_await measure();
    co_return ready_page(operation_.reasons_not_ready(), operation_.mistakes());
}

/// Levels are counted by nobody: the shards look now. One that has ended already has nothing more to say.
task<> admin_api::measure()
{
    auto const look = [](shard& s)
    {
        s.measure();
        return char{1};
    };
    co_await gather<char>(operation_.gateway(), look);
}

task<admin_answer> admin_api::metrics_page()
{
    co_await measure();
    admin_answer out;
    out.type = metrics::media_type;
    out.body = operation_.measured().text();
    co_return out;
}

admin_answer admin_api::reload()
{
    if(operation_.reload("asked for on the admin port"))
        return page({{"reloaded", true}, {"warnings", json::value_from(operation_.warnings())}});
    return page({{"reloaded", false}, {"mistakes", json::value_from(operation_.mistakes())}}, 409);
}

admin_answer admin_api::log_level(admin_request const& request)
{
    if(request.method == "PUT")
    {
        error_code ec;
        auto const body = json::parse(request.body, ec);
        auto const* const wanted = !ec && body.is_object() ? body.as_object().if_contains("level") : nullptr;
        std::string const name = wanted && wanted->is_string() ? std::string(wanted->as_string())
                                 : ec                          ? request.body
                                                               : std::string{};
        auto const level = spdlog::level::from_str(name);
        if(level == spdlog::level::off && name != "off")
            return no(400, R"(wanted: {"level": "trace|debug|info|warning|error|critical|off"})");
        spdlog::set_level(level);
    }
    auto const name = spdlog::level::to_string_view(spdlog::get_level());
    return page({{"level", std::string_view(name.data(), name.size())}});
}

} // namespace errata
