#include "routing/schema.hpp"

#include "routing/settings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <vector>

namespace errata
{
namespace
{
namespace json = boost::json;
using kind = value_shape::kind;

std::string definition_name(section const& of)
{
    std::string name{of.name};
    for(auto& c : name)
        if(c == ' ')
            c = '_';
    return name;
}

json::object reference(std::string_view definition)
{
    return {{"$ref", "#/$defs/" + std::string{definition}}};
}

/// A value of its own type, or text with an environment variable in it.
json::object or_variable(json::value what)
{
    return {{"anyOf", json::array{std::move(what), reference("variable")}}};
}

json::object number_schema(value_shape const& what, char const* type)
{
    json::object out{{"type", type}, {"minimum", what.least}};
    if(what.most > 0)
        out["maximum"] = what.most;
    return out;
}

json::object schema_of(value_shape const& what)
{
    switch(what.type)
    {
    case kind::flag:
        return or_variable(json::object{{"type", "boolean"}});
    case kind::number:
        return or_variable(number_schema(what, "integer"));
    case kind::share:
        return {
            {"anyOf", json::array{number_schema(what, "number"),
                                  json::object{{"type", "string"}, {"pattern", "^[0-9.]+%$"}}, reference("variable")}}};
    case kind::duration:
        return reference("duration");
    case kind::size:
        return reference("size");
    case kind::text:
        return {{"type", json::array{"string", "number", "boolean"}}};
    case kind::choice:
    {
        json::array words;
        for(auto const word : what.choices)
            words.emplace_back(word);
        return or_variable(json::object{{"enum", std::move(words)}});
    }
    case kind::list:
    {
        auto item = what.parts.empty() ? json::object{} : schema_of(what.parts.front());
        return {{"anyOf", json::array{json::object{{"type", "array"}, {"items", item}}, item}}};
    }
    case kind::named:
        return {{"type", "object"},
                {"additionalProperties",
                 what.parts.empty() ? json::value(true) : json::value(schema_of(what.parts.front()))}};
    case kind::section:
        return what.members ? reference(definition_name(*what.members)) : json::object{{"type", "object"}};
    case kind::either:
    {
        json::array any;
        for(auto const& part : what.parts)
            any.push_back(schema_of(part));
        return {{"anyOf", std::move(any)}};
    }
    case kind::any:
        return {};
    }
    return {};
}

/// Every section that `root` leads to, in the order of first mention.
void collect(section const& from, std::vector<section const*>& into)
{
    for(auto const* known : into)
        if(known == &from)
            return;
    into.push_back(&from);
    auto const visit = [&](value_shape const& what, auto const& self) -> void
    {
        if(what.members)
            collect(*what.members, into);
        for(auto const& part : what.parts)
            self(part, self);
    };
    for(auto const& k : from.keys)
        visit(k.what, visit);
}

json::object section_schema(section const& of)
{
    json::object properties;
    json::array required;
    for(auto const& k : of.keys)
    {
        auto what = schema_of(k.what);
        what["description"] = k.doc;
        if(!k.fallback.empty())
            what["default"] = k.fallback;
        properties.emplace(k.name, std::move(what));
        if(k.required)
            required.emplace_back(k.name);
    }
    json::object out{{"description", of.doc},
                     {"type", json::array{"object", "null"}},
                     {"additionalProperties", false},
                     {"properties", std::move(properties)}};
    if(!required.empty())
        out["required"] = std::move(required);
    return out;
}

std::string type_text(value_shape const& what)
{
    switch(what.type)
    {
    case kind::section:
        return what.members ? "[" + std::string{what.members->name} + "](#" + definition_name(*what.members) + ")"
                            : "section";
    case kind::list:
        return "list of " + (what.parts.empty() ? "values" : type_text(what.parts.front()));
    case kind::named:
        return "names to " + (what.parts.empty() ? "values" : type_text(what.parts.front()));
    case kind::either:
    {
        std::string out;
        for(auto const& part : what.parts)
            out.append(out.empty() ? "" : " or ").append(type_text(part));
        return out;
    }
    case kind::choice:
    {
        std::string out;
        for(auto const word : what.choices)
            out.append(out.empty() ? "`" : ", `").append(word).append("`");
        return out;
    }
    case kind::flag:
        return "true or false";
    case kind::number:
        return "number" + what.range();
    case kind::share:
        return "share" + what.range();
    case kind::duration:
        return "duration" + what.range();
    case kind::size:
        return "size" + what.range();
    case kind::text:
    case kind::any:
        return what.wanted();
    }
    return {};
}

std::string cell(std::string_view text)
{
    std::string out;
    for(char const c : text)
    {
        if(c == '|')
            out += '\\';
        out += c;
    }
    return out;
}
} // namespace

std::string json_schema()
{
    std::vector<section const*> sections;
    collect(top_keys(), sections);
    json::object definitions{
        {"variable", {{"type", "string"}, {"pattern", "\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-.*)?\\}"}}},
        {"duration",
         {{"type", json::array{"string", "integer"}},
          {"pattern", "^([0-9.]+ ?(ms|s|m|min|h|d)|0|off|.*\\$\\{.*)$"},
          {"maximum", 0}}},
        {"size",
         {{"type", json::array{"string", "integer"}},
          {"pattern", "^([0-9.]+ ?([KMG]i?B|[kKMG]|kB|B)?|off|.*\\$\\{.*)$"}}},
    };
    for(auto const* each : sections)
        if(each != &top_keys())
            definitions.emplace(definition_name(*each), section_schema(*each));
    auto root = section_schema(top_keys());
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    root["title"] = "Errata configuration";
    root["$defs"] = std::move(definitions);
    return indent_json(json::serialize(root)) + "\n";
}

std::string reference_page()
{
    std::vector<section const*> sections;
    collect(top_keys(), sections);
    std::string out = "# Configuration reference\n\n"
                      "Made by `errata schema --markdown` from the tables that read the configuration; do not edit.\n\n"
                      "Durations carry their unit (`250ms`, `10s`, `5m`, `1h`), sizes may (`64KiB`, `10MB`). A list of "
                      "one may be written as its\n"
                      "single item. `${NAME}` and `${NAME:-default}` in a value stand for environment variables, `$$` "
                      "for a dollar sign.\n";
    for(auto const* each : sections)
    {
        out.append("\n## ")
            .append(each->name)
            .append("\n<a id=\"")
            .append(definition_name(*each))
            .append("\"></a>\n\n");
        out.append(each->doc).append("\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
        for(auto const& k : each->keys)
        {
            out.append("| `").append(k.name).append("` | ").append(cell(type_text(k.what))).append(" | ");
            out.append(k.required ? "required" : k.fallback.empty() ? "" : "`" + cell(k.fallback) + "`");
            out.append(" | ")
                .append(cell(k.doc))
                .append(k.secret ? " Never shown in messages or logs." : "")
                .append(" |\n");
        }
    }
    return out;
}

} // namespace errata
