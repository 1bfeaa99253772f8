#include "problem/head_facts.hpp"
#include "problem/known_errors.hpp"
#include "problem/normalize.hpp"
#include "problem/rules.hpp"
#include "problem/success.hpp"
#include "problem/template.hpp"
#include "problem/treatment.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace errata;

namespace
{
#define require(what) ((what) ? (void)0 : fail(#what))

[[noreturn]] void fail(char const* what)
{
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

/// As the parser of heads would pass it on.
bool is_field(std::string_view name, std::string_view value)
{
    return is_token(name) &&
           std::ranges::none_of(value, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

std::shared_ptr<success_conditions const> successes()
{
    static auto const all = []
    {
        std::vector<success_rule> rules;
        for(auto const name : {"slack", "graphql", "jsonrpc", "soap", "object"})
            rules.push_back(*success_conditions::preset(name));
        return std::make_shared<success_conditions const>(std::move(rules));
    }();
    return all;
}

std::shared_ptr<error_template const> skeleton()
{
    static auto const one = std::make_shared<error_template const>(*error_template::build(
        R"({"e":{"a":"{type} {title} {status}","b":"{detail}","c":"{code}: {errors}","d":["{errors}","{details}"],)"
        R"("f":"{help}","g":"{retry}","h":"{retry_after} {origin} {{","i":"{upstream_code}","j":"{oauth_error}",)"
        R"("k":"{message} {details} {upstream_code}","l":"{request_id}{trace_id}{upstream_request_id}{instance}"}})"));
    return one;
}

/// One of each kind of condition and of what a rule can do.
std::shared_ptr<error_rules const> rules()
{
    static auto const one = []
    {
        std::vector<error_rule> all(6);
        all[0].when.codes = {"not_found", "E1"};
        all[0].set.code = "gone_for_good";
        all[0].set.status = 410;
        all[0].set.title = "Gone";
        all[0].set.drop = {"details", "instance", "upstream_code"};
        all[1].when.dialects = {"aws-json", "spring"};
        all[1].set.scrub = true;
        all[2].when.fields = {{"X-Rule", ""}, {"X-Other", "1"}};
        all[2].set.retry_after = milliseconds{2'500};
        all[2].set.fields = {{"X-Rule", ""}, {"X-New", "1"}};
        all[3].when.body = {{"/error/kind", "a"}, {"/data", {}, false}, {"/error", {}, true, document::kind::object}};
        all[3].set.detail = "A rule says so.";
        all[3].set.drop = {"/error/kind", "errors", "help", "upstream_request_id"};
        all[3].set.retry_allowed = true;
        all[4].when.message = "(?i)quota|limit";
        all[4].set.status = 429;
        all[4].set.retry_allowed = false;
        all[5].when.statuses = {{500, 501}};
        all[5].set.detail = "";
        all[5].set.drop = {"detail", "title", "retry"};
        return std::make_shared<error_rules const>(*error_rules::build(std::move(all)));
    }();
    return one;
}

/// Layout of an input: status, media type, policy bits, length of what follows, Retry-After or lines of a head, body.
/// A line that begins with a colon is none of the head: `:method: POST`, `:status: 407`, `:set: ` and signs of `set`.
struct input
{
    unsigned status = 400;
    std::string_view body;
    std::vector<field> fields; ///< of the upstream's answer
    std::vector<field> asked;  ///< of the request: the same, for the few that mean something there
    error_policy errors;
    retry_policy retry;
    identity self;
    request_facts request{.method = "GET", .request_id = "01981f0e-6a53-7cc2-9d0e-3f0c7c1a2b3c"};
    bool complete = true, plain = true; ///< plain: nothing is decided otherwise than by default

    input(std::uint8_t const* data, std::size_t size)
    {
        constexpr std::array statuses{400u, 401u, 403u, 404u, 405u, 409u, 413u, 416u,
                                      422u, 429u, 500u, 501u, 502u, 503u, 529u, 599u};
        constexpr std::array<std::string_view, 10> types{"application/json",
                                                         "application/problem+json",
                                                         "text/html",
                                                         "text/plain",
                                                         "application/xml",
                                                         "",
                                                         "application/x-www-form-urlencoded",
                                                         "text/xml",
                                                         "application/json; charset=utf-16",
                                                         "text/html; charset=shift_jis"};
        constexpr std::array<std::string_view, 4> codings{"", "gzip", "br", "zstd, deflate"};
        auto const byte = [&](std::size_t i) { return i < size ? data[i] : 0; };
        status = statuses[byte(0) % statuses.size()];
        if(byte(0) >= 240) // a success, that may hide an error
            status = byte(0) % 2 ? 200 : 202, errors.success = successes();
        auto const bits = byte(2);
        errors.body = bits & 1 ? body_policy::compatible : body_policy::canonical;
        errors.render = bits & 2 ? rendering::envelope : rendering::problem;
        errors.exposed = bits & 4 ? expose::all : bits & 8 ? expose::none : expose::safe;
        errors.plain_json = bits & 16;
        if(errors.plain_json && errors.render == rendering::envelope) // which is plain JSON anyway
            errors.render = rendering::custom, errors.skeleton = skeleton();
        if(auto const type = types[byte(1) % types.size()]; !type.empty()) // else one of the lines may be
            fields.push_back({"Content-Type", type});
        if(auto const coding = codings[(bits >> 5) % codings.size()]; !coding.empty())
            fields.push_back({"Content-Encoding", coding});
        std::string_view rest{reinterpret_cast<char const*>(data), size};
        rest.remove_prefix(std::min<std::size_t>(4, rest.size()));
        constexpr int lines = 128, step = 4; // a length from here on is one of lines, in steps
        auto const head = rest.substr(0, byte(3) < lines ? byte(3) % 40 : (byte(3) - lines) * step);
        body = rest.substr(head.size());
        if(byte(3) < lines)
            fields.push_back({"Retry-After", head});
        else
            add_lines(head);
        request.fields = asked;
        plain = plain && (complete || !errors.success); // only the whole shows an error inside a success
        if(request.method == "HEAD")
            body = {};
    }

    [[nodiscard]] upstream_answer answer() const
    {
        return {status, fields, body, complete, complete ? "" : "http_response_incomplete"};
    }

    void add_lines(std::string_view head)
    {
        while(!head.empty())
        {
            auto const line = head.substr(0, head.find('\n'));
            head.remove_prefix(std::min(head.size(), line.size() + 1));
            auto const colon = std::min(line.size(), line.find(':', 1));
            auto const name = line.substr(0, colon), value = trim(line.substr(std::min(line.size(), colon + 1)));
            if(name == ":method" && is_token(value))
                request.method = value;
            else if(name == ":status")
                std::from_chars(value.data(), value.data() + value.size(), status);
            else if(name == ":set")
                std::ranges::for_each(value, [&](char sign) { set(sign); });
            else if(is_field(name, value))
                asked.push_back({name, value});
        }
        fields.insert(fields.end(), asked.begin(), asked.end());
    }

    void set(char sign)
    {
        switch(sign)
        {
        case 'a':
            errors.aws_and_grpc = true;
            break;
        case 'c':
            errors.codes = {{"E1", "other_code"}, {"not_found", "no_such_thing"}, {"429", "slow_down"}};
            plain = false;
            break;
        case 'd':
            self = {.name = "a gateway", .proxy_status = true, .proxy_status_details = true};
            break;
        case 'i':
            complete = false;
            break;
        case 'l':
            errors.max_body = 600;
            errors.max_depth = 4;
            plain = false;
            break;
        case 'm':
            errors.challenge = "Bearer";
            errors.allow = "GET, PUT";
            errors.type_base = "https://errors.example/";
            break;
        case 'n':
            self.proxy_status = false;
            retry.flag = retry_flag::off;
            plain = false; // what we decide of a failure of our own, the next one is not told
            break;
        case 'o':
            errors.mode = error_mode::observe;
            break;
        case 'p':
            errors.body = body_policy::passthrough;
            break;
        case 'q':
            retry.rate_limit_fields = true;
            retry.default_wait_429 = milliseconds{1'500};
            retry.flag = retry_flag::own;
            break;
        case 'r':
            errors.rules = rules();
            plain = false;
            break;
        case 's':
            retry.attempts = 2;
            retry.cap = milliseconds{20'000};
            retry.jitter = 0.5;
            retry.refuse_unsafe = true;
            retry.attempt_fields = {"X-Tries"};
            plain = false;
            break;
        case 't':
            request.tries = 3;
            request.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
            break;
        default:
            break;
        }
    }
};

void require_sound(answer const& a, input const& in)
{
    auto const own = in.status < 100 || in.status > 599 || in.status == 407; // our own answer takes its place
    require(a.status == in.status || ((in.errors.success || in.errors.rules || own) && a.status >= 400));
    if(in.errors.mode == error_mode::observe)
        return require(a.status == in.status && a.body == in.body && std::ranges::equal(a.fields, in.fields));
    auto const how = treatment_of(in.status, in.fields, in.request.method, in.errors);
    if(a.status < 400 || (how == treatment::none && !own))
        return;
    auto const* const after = find(a.fields, "Retry-After");
    require(a.retry.allowed == (after != nullptr));
    if(after)
        require(!after->value.empty() && after->value.find_first_not_of("0123456789") == std::string_view::npos);
    if(!a.rewritten)
        return;
    require(find(a.fields, "Content-Encoding") == nullptr);
    if(in.request.method == "HEAD")
        return require(a.body.empty());
    require(value_of(a.fields, "Content-Length") == std::to_string(a.body.size()));
    require(a.body.size() < 2 * error_policy{}.max_body);
    boost::system::error_code ec;
    boost::json::parse_options deep;
    deep.max_depth = 300;
    auto const parsed = boost::json::parse({a.body.data(), a.body.size()}, ec, {}, deep);
    require(!ec);
    if(in.errors.body != body_policy::canonical || in.errors.render != rendering::problem)
        return;
    require(parsed.is_object());
    auto const* const status = parsed.get_object().if_contains("status");
    require(status && status->is_number() && status->to_number<unsigned>(ec) == a.status);
    if(in.errors.rules)
        return;
    // An upstream's own `retry` of another shape is its own business; one of our shape must agree with the header.
    auto const* const retry = parsed.get_object().if_contains("retry");
    require(retry != nullptr);
    auto const* const allowed = retry->is_object() ? retry->get_object().if_contains("allowed") : nullptr;
    require(!allowed || !allowed->is_bool() || allowed->get_bool() == a.retry.allowed);
}

/// An error that repeats, at another time and with another id, is answered as if nothing were known of it.
void require_same_when_known(input const& in, wall_clock::time_point now)
{
    known_errors known;
    reading otherwise;
    for(int seen = 0; seen < 2; ++seen)
        (void)known.read(in.answer(), in.errors, otherwise);
    auto later = in.fields;
    for(auto& f : later)
        if(f.name == "Date")
            f.value = "Thu, 01 Jan 2026 00:00:07 GMT";
        else if(is_request_id_field(f))
            f.value = later.back().value;
    static workspace anew, again;
    again.known = &known;
    auto reply = in.answer();
    reply.fields = later;
    auto const a = normalize(reply, in.request, in.errors, in.retry, in.self, now, 0, anew);
    for(int seen = 0; seen < 2; ++seen) // the second time there is also what the first has found out
    {
        auto const b = normalize(reply, in.request, in.errors, in.retry, in.self, now, 0, again);
        require(a.body == b.body && std::ranges::equal(a.fields, b.fields) && a.leaks == b.leaks);
    }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static workspace first, second;
    // In 2026, so that dates and times of day are hints.
    constexpr wall_clock::time_point now{std::chrono::seconds{1'767'225'600}};
    input const in{data, size};
    auto const once = normalize(in.answer(), in.request, in.errors, in.retry, in.self, now, 0, first);
    require_sound(once, in);
    if(std::getenv("ERRATA_SHOW"))
        std::fprintf(stderr, "%u\n%.*s\n", once.status, static_cast<int>(once.body.size()), once.body.data());
    auto const twice = normalize({once.status, once.fields, once.body, true, {}}, in.request, in.errors, in.retry,
                                 in.self, now, 0, second);
    if(std::getenv("ERRATA_SHOW"))
        std::fprintf(stderr, "%u\n%.*s\n", twice.status, static_cast<int>(twice.body.size()), twice.body.data());
    // What looks like nothing of ours, a second gateway reads like a stranger's; and a rule may fit twice.
    auto const ours = in.errors.render != rendering::custom && in.plain;
    require(twice.status == once.status || !in.plain);
    // `none` believes nobody, not even one of us: it writes the body anew each time.
    if(ours && in.errors.exposed != expose::none)
        require(twice.body == once.body);
    if(ours)
        require(twice.retry.allowed == once.retry.allowed && twice.retry.after == once.retry.after);
    if(!in.asked.empty())
        require_same_when_known(in, now);
    return 0;
}
