#include "proxy/field_id.hpp"

#include <array>
#include <cstring>

namespace errata
{
namespace
{
struct known_name
{
    std::string_view name;
    field_id id;
};

// By length, so that a name is compared with at most five others.
constexpr std::array known_names{
    known_name{"te", field_id::te},
    known_name{"via", field_id::via},
    known_name{"host", field_id::host},
    known_name{"date", field_id::date},
    known_name{"allow", field_id::allow},
    known_name{"range", field_id::range},
    known_name{"accept", field_id::accept},
    known_name{"server", field_id::server},
    known_name{"expect", field_id::expect},
    known_name{"origin", field_id::origin},
    known_name{"trailer", field_id::trailer},
    known_name{"upgrade", field_id::upgrade},
    known_name{"location", field_id::location},
    known_name{"forwarded", field_id::forwarded},
    known_name{"connection", field_id::connection},
    known_name{"keep-alive", field_id::keep_alive},
    known_name{"tracestate", field_id::tracestate},
    known_name{"traceparent", field_id::traceparent},
    known_name{"retry-after", field_id::retry_after},
    known_name{"content-type", field_id::content_type},
    known_name{"x-request-id", field_id::x_request_id},
    known_name{"max-forwards", field_id::max_forwards},
    known_name{"proxy-status", field_id::proxy_status},
    known_name{"cache-control", field_id::cache_control},
    known_name{"authorization", field_id::authorization},
    known_name{"content-range", field_id::content_range},
    known_name{"content-length", field_id::content_length},
    known_name{"http2-settings", field_id::http2_settings},
    known_name{"x-forwarded-for", field_id::x_forwarded_for},
    known_name{"idempotency-key", field_id::idempotency_key},
    known_name{"content-encoding", field_id::content_encoding},
    known_name{"proxy-connection", field_id::proxy_connection},
    known_name{"x-forwarded-host", field_id::x_forwarded_host},
    known_name{"x-forwarded-port", field_id::x_forwarded_port},
    known_name{"www-authenticate", field_id::www_authenticate},
    known_name{"transfer-encoding", field_id::transfer_encoding},
    known_name{"x-forwarded-proto", field_id::x_forwarded_proto},
    known_name{"x-failed-requests", field_id::x_failed_requests},
    known_name{"proxy-authenticate", field_id::proxy_authenticate},
    known_name{"proxy-authorization", field_id::proxy_authorization},
    known_name{"proxy-authentication-info", field_id::proxy_authentication_info},
    known_name{"access-control-allow-origin", field_id::access_control_allow_origin},
    known_name{"access-control-expose-headers", field_id::access_control_expose_headers},
};
static_assert(known_names.size() == static_cast<std::size_t>(field_id::range), "every id but `other` has one name");

constexpr std::size_t longest = known_names.back().name.size();

/// first_of[n]: index of the first name of at least n octets.
constexpr auto first_of = []
{
    std::array<std::uint8_t, longest + 2> first{};
    for(std::size_t n = 0, i = 0; n < first.size(); ++n)
    {
        while(i < known_names.size() && known_names[i].name.size() < n)
            ++i;
        first[n] = static_cast<std::uint8_t>(i);
    }
    return first;
}();

// Among token characters, setting this bit maps an upper-case letter to its lower case and nothing else onto a letter,
// digit or hyphen.
constexpr std::uint64_t lower_bits = 0x2020202020202020;

std::uint64_t eight_octets(char const* p) noexcept
{
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    return word | lower_bits;
}

bool same_name(std::string_view lower, char const* token) noexcept
{
    std::size_t i = 0;
    for(; i + 8 <= lower.size(); i += 8)
        if(eight_octets(token + i) != eight_octets(lower.data() + i))
            return false;
    for(; i < lower.size(); ++i)
        if((token[i] | 0x20) != lower[i])
            return false;
    return true;
}
} // namespace

field_id id_of(std::string_view name) noexcept
{
    if(name.empty() || name.size() > longest)
        return field_id::other;
    auto const first = name[0] | 0x20;
    auto const* const last = known_names.data() + first_of[name.size() + 1];
    for(auto const* known = known_names.data() + first_of[name.size()]; known != last; ++known)
        if(known->name[0] == first && same_name(known->name, name.data()))
            return known->id;
    return field_id::other;
}

bool is_connection_specific(field_id id) noexcept
{
    return id >= field_id::connection && id <= field_id::http2_settings;
}

bool is_protected(field_id id) noexcept
{
    switch(id)
    {
    case field_id::content_length:
    case field_id::content_type:
    case field_id::content_encoding:
    case field_id::content_range:
    case field_id::host:
    case field_id::expect:
    case field_id::via:
    case field_id::max_forwards:
    case field_id::date:
    case field_id::location:
    case field_id::forwarded:
    case field_id::x_forwarded_for:
    case field_id::x_forwarded_proto:
    case field_id::x_forwarded_host:
    case field_id::x_forwarded_port:
    case field_id::x_request_id:
    case field_id::authorization:
    case field_id::cache_control:
    case field_id::www_authenticate:
    case field_id::allow:
        return true;
    default: // every other field goes when it is named
        return false;
    }
}

bool is_forbidden_in_trailers(field_id id) noexcept
{
    return is_connection_specific(id) || is_protected(id) || id == field_id::range || id == field_id::retry_after;
}

} // namespace errata
