#include "admin/admin_api.hpp"
#include "admin/gather.hpp"
#include "admin/operation.hpp"
#include "admin/timestamp.hpp"
#include "admin/views.hpp"
#include "routing/scalar.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

// The upstreams' state and what an administrator may do to it; maintenance; the last errors.

namespace errata
{
namespace
{
namespace json = boost::json;

char const* name_of(breaker::state s)
{
    switch(s)
    {
    case breaker::state::closed:
        return "closed";
    case breaker::state::open:
        return "open";
    case breaker::state::half_open:
        return "half-open";
    }
    return "";
}

char const* state_of(endpoint_view const& e)
{
    if(e.assigned != standing::admitted)
        return "drained";
    if(!e.healthy)
        return "down";
    if(e.ejected)
        return "ejected";
    return e.aside ? "set aside" : e.available ? "up" : "out";
}

/// The shards' views of one upstream put together: the most pessimistic one counts.
json::object merged(std::vector<std::vector<upstream_view>> const& shards, std::size_t number)
{
    auto const& first = shards.front()[number];
    auto circuit = first.circuit;
    bool const shielded = std::ranges::any_of(shards, [&](auto const& views) { return views[number].shielded; });
    json::array endpoints;
    for(std::size_t e = 0; e < first.endpoints.size(); ++e)
    {
        auto worst = first.endpoints[e];
        std::size_t idle = 0;
        for(auto const& views : shards)
        {
            auto const& seen = views[number].endpoints[e];
            idle += seen.idle;
            if(!seen.available)
                worst = seen;
            if(views[number].circuit == breaker::state::open)
                circuit = breaker::state::open;
        }
        endpoints.push_back({{"number", e},
                             {"url", worst.url},
                             {"state", state_of(worst)},
                             {"ejections", worst.ejections},
                             {"idle_connections", idle}});
    }
    return {{"name", first.name},
            {"breaker", name_of(circuit)},
            {"shielded", shielded},
            {"endpoints", std::move(endpoints)}};
}

std::optional<endpoint_change> change_named(std::string_view name)
{
    if(name == "eject")
        return endpoint_change::eject;
    if(name == "drain")
        return endpoint_change::drain;
    if(name == "admit")
        return endpoint_change::admit;
    return std::nullopt;
}

json::object shown(error_sample const& s)
{
    json::object out{{"time", timestamp(s.time)},
                     {"request_id", s.request_id},
                     {"method", s.method},
                     {"path", s.path},
                     {"status", s.status}};
    auto const add = [&](char const* name, std::string const& value)
    {
        if(!value.empty())
            out[name] = value;
    };
    add("route", s.route);
    add("upstream", s.upstream);
    add("cause", s.cause);
    add("dialect", s.dialect);
    add("code", s.code);
    if(s.upstream_status)
        out["upstream_status"] = s.upstream_status;
    if(s.unrecognized)
        out["unrecognized"] = true;
    if(s.observed)
        out["observed"] = true;
    add("before", s.before);
    add("after", s.after);
    return out;
}

bool wanted(error_sample const& s, admin_request const& filter)
{
    auto const fits = [&](std::string_view name, std::string_view value)
    {
        auto const asked = filter.parameter(name);
        return asked.empty() || asked == value;
    };
    return fits("route", s.route) && fits("status", std::to_string(s.status)) && fits("cause", s.cause) &&
           fits("dialect", s.dialect) && fits("unrecognized", s.unrecognized ? "true" : "false") &&
           fits("observed", s.observed ? "true" : "false") && fits("upstream", s.upstream) && fits("code", s.code);
}
} // namespace

task<admin_answer> admin_api::upstreams()
{
    auto const look = [](shard& s) { return s.look(); };
    auto const answers = co_await gather<std::vector<upstream_view>>(operation_.gateway(), look);
    if(!answers)
        co_return too_late();
    auto const& shards = *answers;
    // A reload may have come between two answers.
    auto const same = [&](auto const& views)
    {
        return std::equal(views.begin(), views.end(), shards.front().begin(), shards.front().end(),
                          [](upstream_view const& a, upstream_view const& b)
                          { return a.name == b.name && a.endpoints.size() == b.endpoints.size(); });
    };
    if(!std::all_of(shards.begin(), shards.end(), same))
        co_return no(503, "a reload is under way: ask again");
    json::array all;
    for(std::size_t i = 0; i < shards.front().size(); ++i)
        all.push_back(merged(shards, i));
    admin_answer out;
    out.body = json::serialize(json::object{{"upstreams", std::move(all)}}) + '\n';
    co_return out;
}

/// /upstreams/NAME/endpoints/N/{eject,drain,admit}
task<admin_answer> admin_api::change_endpoint(std::string path)
{
    constexpr std::string_view prefix = "/upstreams/", middle = "/endpoints/";
    auto const at = path.rfind(middle);
    auto const slash = path.rfind('/');
    auto const action = change_named(std::string_view(path).substr(slash + 1));
    if(at == std::string::npos || at < prefix.size() || slash <= at + middle.size() || !action)
        co_return no(404, "wanted: /upstreams/NAME/endpoints/NUMBER/{eject,drain,admit}");
    auto const name = path.substr(prefix.size(), at - prefix.size());
    std::size_t number = 0;
    auto const* const end = path.data() + slash;
    if(std::from_chars(path.data() + at + middle.size(), end, number).ptr != end)
        co_return no(404, "endpoints have numbers, from 0");
    auto const change = [name, number, what = *action](shard& s)
    { return char{s.change_endpoint(name, number, what)}; };
    auto const done = co_await gather<char>(operation_.gateway(), change);
    if(!done)
        co_return too_late();
    if(std::find(done->begin(), done->end(), 0) != done->end())
        co_return no(404, "there is no such endpoint");
    co_return admin_answer{.body = "{\"done\":true}\n"};
}

task<admin_answer> admin_api::switch_maintenance(admin_request request)
{
    auto const name = request.path.substr(std::string_view("/maintenance/").size());
    error_code ec;
    auto const body = json::parse(request.body, ec);
    auto const* const on = !ec && body.is_object() ? body.as_object().if_contains("on") : nullptr;
    if(!on || !on->is_bool())
        co_return no(400, R"(wanted: {"on": true or false, and if you like "until": time, "detail": text})");
    maintenance_config to{.on = on->as_bool()};
    if(auto const* const until = body.as_object().if_contains("until"))
    {
        to.until = until->is_string()  ? parse_time(until->as_string())
                   : until->is_int64() ? std::optional{time_at(until->as_int64())}
                                       : std::nullopt;
        if(!to.until)
            co_return no(400, "`until` is a time in UTC such as 2026-07-01T06:00:00Z, or seconds since 1970");
    }
    if(auto const* const detail = body.as_object().if_contains("detail"))
    {
        if(!detail->is_string())
            co_return no(400, "`detail` is the sentence that clients read");
        to.detail = detail->as_string();
    }
    auto const change = [name, to](shard& s) { return char{s.switch_maintenance(name, to)}; };
    auto const done = co_await gather<char>(operation_.gateway(), change);
    if(!done)
        co_return too_late();
    if(std::find(done->begin(), done->end(), 0) != done->end())
        co_return no(404, "there is no such route");
    co_return admin_answer{.body = to.on ? "{\"maintenance\":true}\n" : "{\"maintenance\":false}\n"};
}

task<admin_answer> admin_api::routes()
{
    auto const look = [](shard& s) { return s.switched(); };
    auto const shards = co_await gather<maintenance_switches>(operation_.gateway(), look);
    if(!shards)
        co_return too_late();
    co_return routes_page(operation_.config(), shards->front(), wall_clock::now());
}

task<admin_answer> admin_api::errors(admin_request request)
{
    auto const look = [](shard& s) { return s.samples().all(); };
    auto shards = co_await gather<std::vector<error_sample>>(operation_.gateway(), look);
    if(!shards)
        co_return too_late();
    std::vector<error_sample> all;
    for(auto& some : *shards)
        for(auto& s : some)
            if(wanted(s, request))
                all.push_back(std::move(s));
    std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.time > b.time; });
    json::array list;
    for(auto const& s : all)
        list.push_back(shown(s));
    admin_answer out;
    out.body = json::serialize(json::object{{"errors", std::move(list)}}) + '\n';
    co_return out;
}

} // namespace errata
