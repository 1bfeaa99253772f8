#include "proxy/field_id.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace errata
{
namespace
{
struct known_name
{
    std::string_view name;
    field_id id;
};

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

constexpr std::size_t longest = 30;

/// A name, and what maps upper-case letters onto it and nothing else: `octet | fold == text`.
struct alignas(64) pattern
{
    std::array<char, longest> text{}, fold{};
    std::uint8_t size = 0;
    field_id id = field_id::other;
};

constexpr std::size_t slots = 128;

constexpr unsigned char folded(char c) noexcept
{
    return static_cast<unsigned char>(c) | 0x20;
}

/// Three octets tell the names apart that have the same length. `name` has at least two.
constexpr std::size_t slot_of(std::string_view name, unsigned factor) noexcept
{
    auto const n = name.size();
    return (folded(name[0]) + folded(name[n / 2]) * factor + (folded(name[n - 2]) + n) * (factor >> 8)) % slots;
}

/// Found by trying, when this is compiled: with it every name has a slot of its own, so that a name is compared with
/// one other at most.
constexpr unsigned factor = []
{
    for(unsigned candidate = 0x100;; ++candidate)
    {
        std::array<bool, slots> taken{};
        bool alone = true;
        for(auto const& known : known_names)
            alone = alone && !std::exchange(taken[slot_of(known.name, candidate)], true);
        if(alone)
            return candidate;
    }
}();

constexpr auto patterns = []
{
    std::array<pattern, slots> table{};
    for(auto const& known : known_names)
    {
        auto& p = table[slot_of(known.name, factor)];
        p.size = static_cast<std::uint8_t>(known.name.size());
        p.id = known.id;
        for(std::size_t i = 0; i < known.name.size(); ++i)
        {
            p.text[i] = known.name[i];
            p.fold[i] = known.name[i] >= 'a' && known.name[i] <= 'z' ? 0x20 : 0;
        }
    }
    return table;
}();

template <class Word>
bool same(char const* name, pattern const& p, std::size_t at) noexcept
{
    Word octets, text, fold;
    std::memcpy(&octets, name + at, sizeof(Word));
    std::memcpy(&text, p.text.data() + at, sizeof(Word));
    std::memcpy(&fold, p.fold.data() + at, sizeof(Word));
    return (octets | fold) == text;
}

/// Compares words from the front, the last one back from the end. `name` is as long as the pattern.
bool fits(std::string_view name, pattern const& p) noexcept
{
    auto const n = name.size();
    if(n < 4)
        return same<std::uint16_t>(name.data(), p, 0) && same<std::uint16_t>(name.data(), p, n - 2);
    if(n < 8)
        return same<std::uint32_t>(name.data(), p, 0) && same<std::uint32_t>(name.data(), p, n - 4);
    for(std::size_t at = 0; at + 8 < n; at += 8)
        if(!same<std::uint64_t>(name.data(), p, at))
            return false;
    return same<std::uint64_t>(name.data(), p, n - 8);
}
} // namespace

field_id id_of(std::string_view name) noexcept
{
    if(name.size() < 2)
        return field_id::other;
    auto const& p = patterns[slot_of(name, factor)];
    return p.size == name.size() && fits(name, p) ? p.id : field_id::other;
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
