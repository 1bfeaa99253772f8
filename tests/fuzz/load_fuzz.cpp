#include "problem/normalize.hpp"
#include "routing/load.hpp"
#include "routing/path_rewrite.hpp"
#include "routing/route_table.hpp"

#include "require.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>

using namespace errata;

namespace
{
/// What a route was written for finds a route, if perhaps another one that is more specific.
void find_what_routes_ask_for(route_table const& routes)
{
    auto const hidden = routes.shadowed();
    for(auto const& [match, unused] : routes.all())
    {
        std::vector<field> fields;
        for(auto const& f : match.fields)
            fields.push_back({f.name, f.value});
        auto host = match.hosts.empty() ? std::string{"any.example"} : match.hosts[0];
        if(host.starts_with('*'))
            host.replace(0, 1, "some");
        auto const path = match.path.empty() ? "/" : match.path;
        auto const found =
            routes.find({host, path, match.methods.empty() ? "GET" : std::string_view{match.methods[0]}, fields}).found;
        auto const literal = match.kind != route_match::path_kind::regex &&
                             std::ranges::none_of(match.fields, [](auto const& f) { return f.regex; });
        REQUIRE(found || !literal);
        if(found && found->rewrite)
        {
            std::string target;
            found->rewrite->apply(path, "?a=b", target);
            REQUIRE(target.starts_with('/') && target.ends_with("?a=b"));
        }
        REQUIRE(std::ranges::none_of(hidden, [&](auto const& h) { return &routes.all()[h.first].second == found; }));
    }
}
/// Whatever its rules, dialects and templates say, a route makes an error with a body in JSON of an error.
void answer_errors(route_table const& routes)
{
    struct sample
    {
        unsigned status;
        std::string_view type, body;
    };
    static constexpr std::array samples{
        sample{422, "application/json",
               R"({"error":{"code":"not_found","message":"No such item.","id":7,"retry_after":3,)"
               R"("errors":[{"field":"a/b","message":"is missing","code":"E1"}]}})"},
        sample{503, "application/xml", "<error><code>42</code><message>Try again in 5 seconds.</message></error>"},
        sample{401, "text/html", "<html><title>401</title><h1>Unauthorized</h1><p>Sign in first.</p></html>"},
        sample{200, "application/json", R"({"ok":false,"error":"ratelimited","data":null,"errors":[{"message":"m"}]})"},
    };
    static workspace work;
    for(auto const& [unused, r] : routes.all().first(std::min<std::size_t>(routes.all().size(), 4)))
        for(auto const& s : samples)
        {
            field const fields[] = {{"Content-Type", s.type}, {"X-Error-Code", "E1"}, {"X-Request-Id", "abc-123"}};
            auto const a = normalize({s.status, fields, s.body, true, {}}, {.request_id = "01981f0e"}, *r.errors,
                                     *r.retry, {}, {}, 0.5, work);
            REQUIRE(s.status < 400 || (a.status >= 400 && a.status <= 599));
            boost::json::error_code error;
            if(a.rewritten)
                (void)boost::json::parse({a.body.data(), a.body.size()}, error);
            REQUIRE(!error);
        }
}
} // namespace

/// Any bytes are a configuration or a list of mistakes, each with a place; the environment's secret never shows.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static environment const env = [](std::string const& name)
    { return name == "SECRET" ? std::optional<std::string>{"hunter2-in-the-environment"} : std::nullopt; };
    std::string const text{reinterpret_cast<char const*>(data), size};
    auto const result = load_text(text, "f.yaml", env);
    // The fuzzer learns the word from this very comparison and writes it into the file, where it may be shown.
    auto const written = text.find("hunter2-in") != std::string::npos;

    auto const failed = std::ranges::any_of(result.mistakes, [](auto const& m) { return !m.warning; });
    REQUIRE(failed == (result.config == nullptr));
    REQUIRE(result.mistakes.size() <= 1'000);
    for(auto const& m : result.mistakes)
    {
        REQUIRE(m.where.line > 0 && m.where.column > 0);
        REQUIRE(written || describe(m).find("hunter2-in") == std::string::npos);
    }
    if(!result.config)
        return 0;
    find_what_routes_ask_for(*result.config->routes);
    answer_errors(*result.config->routes);
    return 0;
}
