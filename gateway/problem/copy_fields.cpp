#include "problem/answer_fields.hpp"
#include "problem/wait_text.hpp"

#include <algorithm>
#include <array>

namespace errata
{
namespace
{
/// What a field of an upstream's error means to us.
enum class role : std::uint8_t
{
    other,
    representation, ///< describes the body that is replaced
    content_range,
    retry_after,
    retry_ms,     ///< a wait in milliseconds
    flag,         ///< X-Should-Retry
    foreign_flag, ///< a vendor's own flag
    internals,    ///< says what the upstream is made of
    challenge,
    allow,
    request_id,
    vary,
    allow_origin,
};

struct named_role
{
    std::string_view name;
    role what;
};

constexpr std::array roles{
    named_role{"Content-Type", role::representation},
    named_role{"Content-Length", role::representation},
    named_role{"Content-Encoding", role::representation},
    named_role{"Content-MD5", role::representation},
    named_role{"Content-Digest", role::representation},
    named_role{"Content-Disposition", role::representation},
    named_role{"Content-Location", role::representation},
    named_role{"Content-Language", role::representation},
    named_role{"Content-Range", role::content_range},
    named_role{"ETag", role::representation},
    named_role{"Last-Modified", role::representation},
    named_role{"Accept-Ranges", role::representation},
    named_role{"Digest", role::representation},
    named_role{"Repr-Digest", role::representation},
    named_role{"Signature", role::representation},
    named_role{"Signature-Input", role::representation},
    named_role{"Transfer-Encoding", role::representation},
    named_role{"Trailer", role::representation},
    named_role{"Retry-After", role::retry_after},
    named_role{"retry-after-ms", role::retry_ms},
    named_role{"x-ms-retry-after-ms", role::retry_ms},
    named_role{"X-Should-Retry", role::flag},
    named_role{"Stripe-Should-Retry", role::foreign_flag},
    named_role{"X-Powered-By", role::internals},
    named_role{"X-AspNet-Version", role::internals},
    named_role{"X-AspNetMvc-Version", role::internals},
    named_role{"X-SourceFiles", role::internals},
    named_role{"X-Exception", role::internals},
    named_role{"X-Exception-Class", role::internals},
    named_role{"X-Exception-Message", role::internals},
    named_role{"X-Stack-Trace", role::internals},
    named_role{"X-StackTrace", role::internals},
    named_role{"X-Backtrace", role::internals},
    named_role{"WWW-Authenticate", role::challenge},
    named_role{"Allow", role::allow},
    named_role{"X-Request-Id", role::request_id},
    named_role{"Vary", role::vary},
    named_role{"Access-Control-Allow-Origin", role::allow_origin},
};

/// The names of one length, and a bit for each of their first letters: most fields are sorted out by it alone.
struct names_of_length
{
    std::uint32_t first_letters = 0;
    std::uint8_t begin = 0, end = 0; ///< in `roles_by_length`
};

constexpr auto roles_by_length = []
{
    auto sorted = roles;
    std::ranges::sort(sorted, {}, [](named_role const& r) { return r.name.size(); });
    return sorted;
}();

constexpr auto lengths = []
{
    std::array<names_of_length, 32> table{};
    for(std::uint8_t i = 0; auto const& r : roles_by_length)
    {
        auto& names = table[r.name.size()];
        names.begin = names.first_letters ? names.begin : i;
        names.end = ++i;
        names.first_letters |= std::uint32_t{1} << (r.name[0] & 31);
    }
    return table;
}();

role role_of(std::string_view name) noexcept
{
    constexpr std::string_view debug = "X-Debug";
    if(name.size() >= debug.size() && iequals(name.substr(0, debug.size()), debug))
        return role::internals;
    if(name.empty() || name.size() >= lengths.size())
        return role::other;
    auto const& alike = lengths[name.size()];
    if(!(alike.first_letters >> (name[0] & 31) & 1))
        return role::other;
    for(auto i = alike.begin; i < alike.end; ++i)
        if(iequals(roles_by_length[i].name, name))
            return roles_by_length[i].what;
    return role::other;
}

bool contains_folded(std::string_view text, std::string_view part) noexcept
{
    for(std::size_t i = 0; i + part.size() <= text.size(); ++i)
        if(iequals(text.substr(i, part.size()), part))
            return true;
    return false;
}

/// An integer as structured fields have it (RFC 8941 3.3.1).
bool is_count(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 15 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

class copier
{
public:
    copier(field_list from, field_changes const& changes, std::vector<field>& out, arena& memory) noexcept
        : from_(from), change_(changes), out_(out), memory_(memory)
    {
    }

    field_findings run()
    {
        for(auto const& f : from_)
            if(keeps(f))
                out_.push_back(f);
        add_decision();
        auto const findings = add_mandatory();
        if(!has_id_ && !change_.request_id.empty())
            out_.push_back({"X-Request-Id", change_.request_id});
        if(change_.vary_accept && !varies_)
            out_.push_back({"Vary", "Accept"});
        if(cors_)
            expose();
        return findings;
    }

private:
    bool keeps(field const& f)
    {
        switch(role_of(f.name))
        {
        case role::other:
            return !(change_.scrub && contains_folded(f.name, "error"));
        case role::representation:
            return !change_.new_body;
        case role::content_range:
            return !change_.new_body || change_.status == 416;
        case role::retry_after:
            return false;
        case role::retry_ms:
            return keeps_milliseconds(f.value);
        case role::flag:
            return keeps_flag(f.value) && (has_flag_ = true);
        case role::foreign_flag:
            return keeps_flag(f.value);
        case role::internals:
            return !change_.hide_internals;
        case role::challenge:
            return has_challenge_ = !change_.scrub;
        case role::allow:
            return has_allow_ = true;
        case role::request_id:
            return has_id_ = true;
        case role::vary:
            varies_ = varies_ || f.value == "*" || has_token({&f, 1}, "Vary", "Accept");
            return true;
        case role::allow_origin:
            return cors_ = true;
        }
        return true;
    }

    /// An upstream's word is never overwritten, but what says nothing is no word.
    static bool keeps_flag(std::string_view value) noexcept
    {
        return iequals(value, "true") || iequals(value, "false");
    }

    /// A millisecond hint that says what was decided may stay; one that contradicts it may not.
    bool keeps_milliseconds(std::string_view value)
    {
        auto const& r = *change_.retry;
        if(!r.allowed || !r.after || read_number(value, milliseconds{1}) != *r.after)
            return false;
        return has_ms_ = true;
    }

    void add_decision()
    {
        auto const& r = *change_.retry;
        if(r.allowed && r.after)
        {
            out_.push_back({"Retry-After", decimal(r.seconds(), memory_)});
            if(!has_ms_ && r.after->count() % 1000 != 0)
                out_.push_back({"retry-after-ms", decimal(r.after->count(), memory_)});
        }
        if(!has_flag_ && change_.flag == retry_flag::decided)
            out_.push_back({"X-Should-Retry", r.allowed ? "true" : "false"});
        if(change_.quota_reset && !find(from_, "RateLimit"))
            tell_quota(*change_.quota_reset);
    }

    /// What a vendor's X-RateLimit-* say, in the standard's words.
    void tell_quota(milliseconds reset)
    {
        add_rate_limit(reset, *change_.retry, out_, memory_);
        for(std::string_view const name : {"X-RateLimit-Limit", "X-Rate-Limit-Limit", "RateLimit-Limit"})
            if(auto const quota = value_of(from_, name); is_count(quota) && !find(from_, "RateLimit-Policy"))
                return out_.push_back({"RateLimit-Policy", memory_.keep("\"default\";q=" + std::string(quota))});
    }

    /// RFC 9110 15.5.2 and 15.5.6: what an upstream left out is supplied where the route knows it, never invented.
    field_findings add_mandatory()
    {
        field_findings found;
        if(change_.status == 401 && !has_challenge_)
        {
            found.missing_challenge = change_.challenge.empty();
            if(!change_.challenge.empty())
                out_.push_back({"WWW-Authenticate", change_.challenge});
        }
        if(change_.status == 405 && !has_allow_)
        {
            found.missing_allow = change_.allow.empty();
            if(!change_.allow.empty())
                out_.push_back({"Allow", change_.allow});
        }
        return found;
    }

    /// Scripts of other origins see only the fields that are listed (Fetch 3.3.5).
    void expose()
    {
        constexpr std::string_view list = "Access-Control-Expose-Headers";
        if(has_token(from_, list, "*"))
            return;
        std::string names;
        for(std::string_view const name :
            {"Retry-After", "retry-after-ms", "X-Should-Retry", "X-Request-Id", "RateLimit", "RateLimit-Policy"})
            if(find(out_, name) && !has_token(from_, list, name))
                (names += names.empty() ? "" : ", ") += name;
        if(!names.empty())
            out_.push_back({list, memory_.keep(names)});
    }

    field_list from_;
    field_changes const& change_;
    std::vector<field>& out_;
    arena& memory_;
    bool has_ms_ = false, has_flag_ = false, has_challenge_ = false, has_allow_ = false, has_id_ = false,
         varies_ = false, cors_ = false;
};
} // namespace

field_findings copy_fields(field_list from, field_changes const& changes, std::vector<field>& out, arena& memory)
{
    return copier{from, changes, out, memory}.run();
}

} // namespace errata
