#include "command/command_line.hpp"

#include "command/check.hpp"
#include "command/demo.hpp"
#include "command/explain.hpp"
#include "command/health.hpp"
#include "command/normalize.hpp"
#include "command/run.hpp"
#include "command/schema.hpp"
#include "command/test.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <functional>
#include <ostream>

namespace errata
{
namespace
{
/// What was asked for: set by the sub-command that was parsed.
using action = std::function<int(console&)>;

void add_run(CLI::App& app, run_options& options, action& chosen)
{
    auto* command = app.add_subcommand("run", "The gateway");
    command->add_option("-c,--config,paths", options.paths, "Routing files or directories")
        ->required()
        ->type_name("PATH");
    command->footer("SIGHUP reloads, SIGTERM drains. `errata --config PATH` is the same.\n\nExample:\n"
                    "  errata run --config /etc/errata/errata.yaml\n");
    command->callback([&] { chosen = [&](console& io) { return run(options, io); }; });
}

void add_check(CLI::App& app, check_options& options, action& chosen)
{
    auto* command = app.add_subcommand("check", "Tells every mistake in a configuration");
    command->add_option("paths", options.paths, "Routing files or directories")->required()->type_name("PATH");
    command->add_flag("--json", options.json, "Mistakes as a JSON array");
    command->add_flag("--strict", options.strict, "Warnings fail too");
    command->footer("Exit status: 0 all right, 1 mistakes, 2 usage.\n\nExamples:\n"
                    "  errata check errata.yaml\n"
                    "  UPSTREAM_URL=http://app:9000 errata check --strict routing/\n");
    command->callback([&] { chosen = [&](console& io) { return check(options, io); }; });
}

void add_normalize(CLI::App& app, normalize_options& options, action& chosen)
{
    auto* command = app.add_subcommand("normalize", "Shows what a client would get for an upstream's error");
    command->add_option("-c,--config", options.config, "Routing files or directories")->type_name("PATH");
    command->add_option("--route", options.route, "The route whose policies apply")->type_name("NAME");
    command->add_option("-s,--status", options.status, "The upstream's status")->capture_default_str();
    command->add_option("-H,--header", options.fields, "A field of the upstream's answer")
        ->type_name("'NAME: VALUE'")
        ->allow_extra_args(false);
    command->add_option("-R,--request-header", options.request_fields, "A field of the client's request")
        ->type_name("'NAME: VALUE'")
        ->allow_extra_args(false);
    command->add_option("-m,--method", options.method, "The request's method")->capture_default_str();
    command->add_flag("--jsonl", options.jsonl, "Many: one JSON object per line in, one per line out");
    command->add_flag(
        "--why", options.why,
        "Also why the retry advice is what it is: on standard error, or as the member `why` of each line");
    command->footer(
        "Reads the upstream's body from standard input.\n\nExamples:\n"
        "  echo '{\"message\":\"no such user\"}' | errata normalize --status 404 -H 'Content-Type: application/json'\n"
        "  errata normalize --status 503 --why -H 'Retry-After: soon' < /dev/null\n"
        "  errata normalize --jsonl < samples.jsonl\n");
    command->callback([&] { chosen = [&](console& io) { return run_normalize(options, io); }; });
}

void add_demo(CLI::App& app, demo_options& options, action& chosen)
{
    auto* command = app.add_subcommand("demo", "The gateway before an upstream that misbehaves, with requests to try");
    command->add_flag("--upstream", options.upstream_only, "Only the upstream, which fails on demand, by path");
    command->add_option("--port", options.port, "Port of the gateway on loopback; a free one by default");
    command->add_option("--upstream-port", options.upstream_port, "Port of the upstream; a free one by default");
    command->add_option("--upstream-address", options.upstream_address, "Address of the upstream")
        ->capture_default_str();
    command->footer("SIGINT or SIGTERM ends it.\n\nExamples:\n"
                    "  errata demo\n"
                    "  errata demo --upstream --upstream-port 9000    then: curl http://127.0.0.1:9000/\n");
    command->callback([&] { chosen = [&](console& io) { return demo(options, io); }; });
}

void add_schema(CLI::App& app, schema_options& options, action& chosen)
{
    auto* command = app.add_subcommand("schema", "JSON Schema of the configuration, for editors");
    auto* openapi =
        command->add_flag("--openapi", options.openapi, "The canonical error as an OpenAPI 3.1 component instead");
    command->add_flag("--markdown", options.markdown, "The reference page of all keys instead")->excludes(openapi);
    command->footer("Examples:\n"
                    "  errata schema > errata.schema.json\n"
                    "  # first line of errata.yaml, for the YAML language server:\n"
                    "  # yaml-language-server: $schema=errata.schema.json\n"
                    "  errata schema --openapi > error.openapi.json\n");
    command->callback([&] { chosen = [&](console& io) { return write_schema(options, io); }; });
}

void add_explain(CLI::App& app, explain_options& options, action& chosen)
{
    auto* command =
        app.add_subcommand("explain", "Tells which route a request takes, which settings apply and where they stand");
    command->add_option("-c,--config", options.paths, "Routing files or directories")
        ->required()
        ->type_name("PATH")
        ->allow_extra_args(false);
    command->add_option("method", options.method, "The request's method")->required()->type_name("METHOD");
    command->add_option("url", options.url, "A URL, or a path")->required()->type_name("URL");
    command->add_option("-H,--header", options.fields, "A field of the request")
        ->type_name("'NAME: VALUE'")
        ->allow_extra_args(false);
    command->add_option("-s,--status", options.status, "Status of a sample answer: shows what the client would get");
    command->add_option("-R,--reply-header", options.reply_fields, "A field of the sample answer")
        ->type_name("'NAME: VALUE'")
        ->allow_extra_args(false);
    command->add_option("-b,--body", options.body, "Body of the sample answer; - is standard input")->type_name("FILE");
    command->add_flag("--json", options.json, "As one JSON object");
    command->footer("Exit status: 0 a route was found, 1 none.\n\nExamples:\n"
                    "  errata explain --config routing/ GET http://api.example.com/v1/users/7\n"
                    "  echo '{\"message\":\"Unknown User\",\"code\":10013}' |\n"
                    "    errata explain -c routing/ GET http://api.example.com/v1/users/7 --status 404 --body -\n");
    command->callback([&] { chosen = [&](console& io) { return explain(options, io); }; });
}

void add_test(CLI::App& app, test_options& options, action& chosen)
{
    auto* command = app.add_subcommand("test", "Runs the `tests:` of routing files");
    command->add_option("paths", options.paths, "Routing files or directories")->required()->type_name("PATH");
    command->add_option("--junit", options.junit, "Also write a JUnit report")->type_name("FILE");
    command->add_option("-f,--filter", options.filter, "Only tests whose name contains this")->type_name("TEXT");
    command->add_flag("-q,--quiet", options.quiet, "Failures only");
    command->footer("Exit status: 0 all passed, 1 some failed or there are none, 2 usage.\n\nExamples:\n"
                    "  errata test routing/\n"
                    "  errata test errata.yaml --junit report.xml\n\n"
                    "In a routing file:\n"
                    "  tests:\n"
                    "    - name: a numeric code gets its name\n"
                    "      request: {method: GET, url: /v1/users/7}\n"
                    "      upstream: {status: 404, body: {message: Unknown User, code: 10013}}\n"
                    "      expect: {status: 404, body: {code: USER_NOT_FOUND}}\n");
    command->callback([&] { chosen = [&](console& io) { return run_tests(options, io); }; });
}

void add_health(CLI::App& app, health_options& options, action& chosen)
{
    auto* command = app.add_subcommand("health", "Asks the running gateway whether it is ready");
    command
        ->add_option("-c,--config,paths", options.paths,
                     "The configuration it runs with: only its ports are read, the rest may be wrong")
        ->type_name("PATH");
    command->add_option("--address", options.address, "Ask there, without reading a configuration")
        ->type_name("HOST:PORT");
    command->require_option(1);
    command->footer("Exit status: 0 ready, 1 not.\n\nExample, in a Dockerfile:\n"
                    "  HEALTHCHECK CMD [\"errata\", \"health\", \"--config\", \"/etc/errata/errata.yaml\"]\n"
                    "By hand:\n"
                    "  errata health --config errata.yaml\n");
    command->callback([&] { chosen = [&](console& io) { return health(options, io); }; });
}
} // namespace

int command_line(int argc, char const* const* argv, console& io)
{
    CLI::App app{"Errata: a reverse proxy that makes every upstream error look the same", "errata"};
    app.set_version_flag("--version", "errata " ERRATA_VERSION);
    app.require_subcommand(0, 1);
    app.footer("Examples:\n"
               "  errata run --config errata.yaml      serve\n"
               "  errata check errata.yaml             validate\n"
               "  errata normalize --status 404        show what becomes of an error\n\n"
               "`errata COMMAND --help` tells more.\n");
    action chosen;
    run_options running;
    check_options checking;
    demo_options demonstrating;
    normalize_options normalizing;
    schema_options writing;
    explain_options explaining;
    test_options testing;
    health_options asking;
    app.add_option("-c,--config", running.paths, "Routing files or directories: the same as `errata run --config PATH`")
        ->type_name("PATH");
    add_run(app, running, chosen);
    add_check(app, checking, chosen);
    add_demo(app, demonstrating, chosen);
    add_normalize(app, normalizing, chosen);
    add_test(app, testing, chosen);
    add_explain(app, explaining, chosen);
    add_health(app, asking, chosen);
    add_schema(app, writing, chosen);
    try
    {
        app.parse(argc, argv);
    }
    catch(CLI::ParseError const& e)
    {
        return app.exit(e, io.out, io.err) == 0 ? exit_good : exit_usage;
    }
    if(!chosen && running.paths.empty())
    {
        io.err << app.help();
        return exit_usage;
    }
    return chosen ? chosen(io) : run(running, io);
}

} // namespace errata
