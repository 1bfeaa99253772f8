#include "problem/known_errors.hpp"

#include "problem/dialect.hpp"
#include "problem/head_facts.hpp"
#include "problem/leak_guard.hpp"
#include "problem/recognize.hpp"

#include <functional>

namespace errata
{
namespace
{
std::size_t size_of(field_list fields) noexcept
{
    std::size_t size = 0;
    for(auto const& f : fields)
        size += f.name.size() + f.value.size();
    return size;
}

/// Says when or under which id, and nothing of what went wrong; unless a dialect looks at it.
bool differs_each_time(field const& kept, field const& now, dialect_table const& dialects)
{
    auto const id = is_request_id_field(kept) && is_request_id_field(now);
    return (id || kept.name == "Date") && !dialects.looks_at_value_of(kept.name);
}
} // namespace

reading& known_errors::read(upstream_answer const& reply, error_policy const& errors, reading& otherwise)
{
    if(!reply.complete || reply.body.size() > longest_body)
    {
        read_error(reply, errors, otherwise);
        return otherwise;
    }
    auto const hash = std::hash<std::string_view>{}(reply.body) + reply.status;
    auto& place = places_[hash % places];
    // Few octets that are compressed may be many.
    if(place.seen != hash || size_of(reply.fields) > most_head || find(reply.fields, "Content-Encoding"))
    {
        place.seen = hash;
        read_error(reply, errors, otherwise);
        return otherwise;
    }
    if(!place.answer)
        place.answer = std::make_unique<known>();
    auto& kept = *place.answer;
    if(!kept.is(reply, errors) || !kept.take_id(reply.fields))
        kept.keep(reply, errors);
    return kept.says;
}

void known_errors::known::keep(upstream_answer const& reply, error_policy const& errors)
{
    status = reply.status;
    dialects = errors.dialects;
    max_body = errors.max_body;
    max_depth = errors.max_depth;
    exposed = errors.exposed;
    octets.clear();
    octets.reserve(reply.body.size() + size_of(reply.fields)); // nothing moves while views into it are made
    auto const kept = [this](std::string_view text)
    {
        auto const at = octets.size();
        octets += text;
        return std::string_view{octets}.substr(at);
    };
    body = kept(reply.body);
    fields.clear();
    for(auto const& f : reply.fields)
    {
        auto const name = kept(f.name);
        fields.push_back({name, kept(f.value)});
    }
    read_error({status, fields, body, true, {}}, errors, says);
    auto const of_head = request_id_of(fields);
    auto const& shown = says.found.request_id;
    id = shown.empty() || shown.data() == of_head.data() ? of_head : std::string_view{};
}

bool known_errors::known::is(upstream_answer const& reply, error_policy const& errors) const
{
    return status == reply.status && exposed == errors.exposed && max_body == errors.max_body &&
           max_depth == errors.max_depth && dialects == errors.dialects && body == reply.body &&
           has_fields(reply.fields, errors);
}

bool known_errors::known::has_fields(field_list theirs, error_policy const& errors) const
{
    if(fields.size() != theirs.size())
        return false;
    for(std::size_t i = 0; i < fields.size(); ++i)
    {
        if(fields[i].name != theirs[i].name)
            return false;
        if(fields[i].value != theirs[i].value &&
           !differs_each_time(fields[i], theirs[i], errors.dialects ? *errors.dialects : builtin_dialects()))
            return false;
    }
    return true;
}

/// Puts this answer's own id in the place of the other's. False where one of them may not be shown.
bool known_errors::known::take_id(field_list theirs)
{
    if(id.empty())
        return true;
    auto const now = request_id_of(theirs);
    auto& shown = says.found.request_id;
    if(now != id && (shown.empty() || (exposed != expose::all && leaks(now, status >= 500))))
        return false;
    if(!shown.empty())
        shown = now;
    return true;
}

} // namespace errata
