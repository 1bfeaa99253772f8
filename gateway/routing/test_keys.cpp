#include "routing/test_case.hpp"

#include "routing/key.hpp"
#include "routing/target.hpp"
#include "routing/yaml_json.hpp"

#include <fmt/format.h>

namespace errata
{
namespace
{
using kind = value_shape::kind;

std::string json_of(yaml_node const& node)
{
    return to_json(node, [](yaml_node const& scalar) { return std::optional{scalar.text}; });
}

std::string objection_to_url(std::string_view text)
{
    std::string buffer;
    auto const parts = split_target(text);
    return parts && normalize_path(parts->path, buffer) ? "" : "a URL, or a path that begins with /";
}

section_of<test_case::request_part> const& request_keys()
{
    using r = test_case::request_part;
    static section_of<r> const keys{"test request",
                                    "The client's request.",
                                    {
                                        text("method", &r::method, "Its method."),
                                        checked_text("url", &r::url, "A URL, or a path.", objection_to_url),
                                        fields("headers", &r::fields, "Its fields."),
                                    }};
    return keys;
}

section_of<recorded_answer> const& answer_keys()
{
    static section_of<recorded_answer> const keys{
        "test upstream",
        "What the upstream answers.",
        {
            number("status", &recorded_answer::status, "The status.", {100, 599}),
            fields("headers", &recorded_answer::fields,
                   "Fields; a body that is a map gets Content-Type: application/json by itself."),
            custom<recorded_answer>("body", {.type = kind::any}, {}, "Text, or a map that becomes JSON.",
                                    [](recorded_answer& into, yaml_node const& node, reader& in)
                                    {
                                        if(node.is_scalar())
                                            into.body = in.text(node).value_or("");
                                        else
                                            into.body = json_of(node);
                                    }),
        },
        [](recorded_answer& answer, yaml_node const& node, reader&)
        {
            auto const* body = node.member("body");
            if(body && !body->is_scalar() && !find(answer.field_views(), "Content-Type"))
                answer.fields.emplace_back("Content-Type", "application/json");
        }};
    return keys;
}

section_of<test_case::expectation> const& expect_keys()
{
    using e = test_case::expectation;
    static section_of<e> const keys{
        "test expectation",
        "What the client must get. Nothing is asked of what is not here.",
        {
            number("status", &e::status, "The status.", {100, 599}),
            text("route", &e::route, "Name of the route that must be taken."),
            text("target", &e::target, "The target that must go upstream."),
            custom<e>("headers", {.type = kind::named, .parts = {{.type = kind::text}}}, {},
                      "Fields with their values; null: must not be there.",
                      [](e& into, yaml_node const& node, reader& in)
                      {
                          read_named(node, in, "a map of field names to values",
                                     [&](yaml_node const& name, yaml_node const& value) {
                                         into.fields.emplace_back(name.text,
                                                                  value.is_null() ? std::nullopt : in.text(value));
                                     });
                      }),
            custom<e>("body", {.type = kind::any}, {},
                      "Members that the body must have; null: must not be there. A text: the whole body.",
                      [](e& into, yaml_node const& node, reader&) { into.body = json_of(node); }),
        }};
    return keys;
}

void read_failure(test_case& into, yaml_node const& node, reader& in)
{
    auto const name = in.text(node, "the name of a failure");
    if(!name)
        return;
    std::vector<std::string_view> names;
    for(std::size_t i = 0; i < failure_count(); ++i)
    {
        auto const what = static_cast<failure>(i);
        names.push_back(trait(what).name);
        if(trait(what).name == *name)
            into.cause = what;
    }
    auto const meant = nearest(*name, names);
    if(!into.cause)
        in.wrong(node, in.shown(node) + " is no failure of the gateway",
                 meant.empty() ? "a cause such as connect_refused or response_timeout"
                               : fmt::format("`{}` (did you mean that?)", meant));
}

} // namespace

section_of<test_case> const& test_keys()
{
    static section_of<test_case> const keys{
        "test",
        "A sample answer and the error it must become.",
        {
            text("name", &test_case::name, "What is true if it passes.").required_key(),
            one("request", &test_case::request, request_keys(), "The client's request; not set: GET /."),
            one("upstream", &test_case::upstream, answer_keys(), "What the upstream answers."),
            custom<test_case>("failure", {.type = kind::text, .note = "a cause such as connect_refused"}, {},
                              "Or what fails before it does.", read_failure),
            one("expect", &test_case::expect, expect_keys(), "What the client must get.").required_key(),
        },
        [](test_case& test, yaml_node const& node, reader& in)
        {
            if((node.member("upstream") != nullptr) == (node.member("failure") != nullptr))
                in.wrong(node, "a test needs one thing to happen", "either `upstream:` or `failure:`");
            (void)test;
        }};
    return keys;
}
std::vector<field> recorded_answer::field_views() const
{
    std::vector<field> views;
    views.reserve(fields.size());
    for(auto const& [name, value] : fields)
        views.push_back({name, value});
    return views;
}

std::vector<test_case> read_tests(config_tree const& tree, std::vector<mistake>& mistakes)
{
    std::vector<test_case> out;
    auto const* list = tree.root.member("tests");
    if(!list || list->is_null())
        return out;
    environment const as_written = [](std::string const& name) { return std::optional{"${" + name + "}"}; };
    reader in{tree.sources, as_written, mistakes};
    read_list(*list,
              [&](yaml_node const& each)
              {
                  test_case made;
                  made.where = in.position(each);
                  read(test_keys(), made, each, in);
                  out.push_back(std::move(made));
              });
    sort_mistakes(mistakes, tree.sources);
    return out;
}

} // namespace errata
