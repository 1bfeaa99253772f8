#include "command/rehearsal.hpp"

#include "routing/path_rewrite.hpp"
#include "routing/target.hpp"

namespace errata
{
namespace
{
/// Neither request has an id of its own, and the same input shall give the same output.
constexpr std::string_view imagined_id = "00000000-0000-7000-8000-000000000000";

std::vector<field> views(std::vector<std::pair<std::string, std::string>> const& fields)
{
    std::vector<field> out;
    out.reserve(fields.size());
    for(auto const& [name, value] : fields)
        out.push_back({name, value});
    return out;
}

std::string_view without_port(std::string_view authority)
{
    auto const colon = authority.rfind(':');
    return colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos
               ? authority
               : authority.substr(0, colon);
}
} // namespace

std::optional<imagined_request> imagine(std::string_view method, std::string_view url,
                                        std::vector<std::pair<std::string, std::string>> fields, encoded_slash slashes)
{
    auto const parts = split_target(url);
    if(!parts)
        return std::nullopt;
    std::string buffer;
    auto const path = normalize_path(parts->path, buffer, slashes);
    if(!path)
        return std::nullopt;
    auto const host = parts->authority.empty() ? value_of(views(fields), "Host") : parts->authority;
    return imagined_request{std::string{method},
                            std::string{without_port(host)},
                            std::string{*path},
                            std::string{parts->query},
                            std::string{parts->path}.append(parts->query),
                            std::move(fields)};
}

rehearsal::rehearsal(snapshot const& config, imagined_request request)
    : config_(config), request_(std::move(request)), fields_(views(request_.fields))
{
    found_ = config_.routes->find({request_.host, request_.path, request_.method, fields_});
}

std::string rehearsal::target() const
{
    auto out = request_.received;
    if(found_.found && found_.found->rewrite)
        found_.found->rewrite->apply(request_.path, request_.query, out);
    return out;
}

request_facts rehearsal::facts()
{
    return {.method = request_.method, .request_id = imagined_id, .fields = fields_};
}

answer rehearsal::answer_to(recorded_answer const& upstream)
{
    reply_fields_ = upstream.field_views();
    upstream_answer const reply{upstream.status, reply_fields_, upstream.body, true, {}};
    return normalize(reply, facts(), errors(), retry(), config_.self, wall_clock::now(), 0, work_);
}

answer rehearsal::answer_to(failure what, std::optional<milliseconds> known_wait)
{
    auto asked = facts();
    asked.acted = trait(what).acted;
    failure_report const report{.what = what, .known_wait = known_wait, .allow = found_.allow};
    return answer_failure(report, asked, errors(), retry(), config_.self, wall_clock::now(), 0, work_);
}

} // namespace errata
