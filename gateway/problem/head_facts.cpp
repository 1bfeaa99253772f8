#include "problem/head_facts.hpp"

#include "problem/json_text.hpp"
#include "problem/wording.hpp"

#include <algorithm>
#include <cstddef>

namespace errata
{

namespace
{

/// How well a field's name says that it holds the request's id.
int id_weight(std::string_view name)
{
    struct row
    {
        std::string_view name;
        int weight;
    };
    static constexpr row exact[] = {{"X-Request-Id", 100}, {"Request-Id", 98}, {"X-Correlation-Id", 80},
                                    {"CF-Ray", 20},        {"X-Trace-Id", 70}, {"X-Cloud-Trace-Context", 15}};
    // All of them end in one of three letters, and few other names do.
    auto const last = name.empty() ? '\0' : static_cast<char>(name.back() | 0x20);
    if(name.size() < 6 || (last != 'd' && last != 'y' && last != 't'))
        return 0;
    for(auto const& r : exact)
        if(iequals(name, r.name))
            return r.weight;
    struct ending
    {
        std::string_view end;
        int weight;
    };
    static constexpr ending endings[] = {{"request-id", 90},    {"requestid", 90}, {"correlation-id", 78},
                                         {"correlationid", 78}, {"trace-id", 68},  {"traceid", 66},
                                         {"req-id", 64},        {"debug-id", 60},  {"transaction-id", 20}};
    for(auto const& e : endings)
        if(iends_with(name, e.end))
            return e.weight;
    return 0;
}

bool fits_id(field const& f) noexcept
{
    return !f.value.empty() && f.value.size() <= 200;
}

bool is_symbol_word(std::string_view text)
{
    return !text.empty() && text.size() <= 64 && text.find_first_of(" \t\r\n\"\\") == text.npos;
}

/// Registered for error responses: RFC 6749 4.1.2.1 and 5.2, RFC 6750 3.1, RFC 7009, RFC 8628 3.5, RFC 9449, OpenID
/// Connect Core 3.1.2.6.
bool is_registered(std::string_view code)
{
    for(std::string_view known : {"invalid_request",
                                  "invalid_client",
                                  "invalid_grant",
                                  "unauthorized_client",
                                  "unsupported_grant_type",
                                  "invalid_scope",
                                  "access_denied",
                                  "unsupported_response_type",
                                  "server_error",
                                  "temporarily_unavailable",
                                  "invalid_token",
                                  "insufficient_scope",
                                  "unsupported_token_type",
                                  "authorization_pending",
                                  "slow_down",
                                  "expired_token",
                                  "invalid_dpop_proof",
                                  "use_dpop_nonce",
                                  "interaction_required",
                                  "login_required",
                                  "consent_required",
                                  "account_selection_required",
                                  "invalid_target",
                                  "invalid_redirect_uri",
                                  "invalid_client_metadata",
                                  "insufficient_user_authentication",
                                  "invalid_request_uri",
                                  "invalid_request_object"})
        if(code == known)
            return true;
    return false;
}

/// The value of an auth-param in a challenge: quoted-string or token (RFC 9110 11.2). Escapes are left alone.
std::string_view auth_param(std::string_view challenge, std::string_view name)
{
    for(std::size_t at = 0; at < challenge.size();)
    {
        auto const found = challenge.find(name, at);
        if(found == challenge.npos)
            return {};
        at = found + name.size();
        bool const starts =
            found > 0 && (challenge[found - 1] == ' ' || challenge[found - 1] == ',' || challenge[found - 1] == '\t');
        if(!starts || at >= challenge.size() || challenge[at] != '=')
            continue;
        auto value = challenge.substr(at + 1);
        if(value.starts_with('"'))
        {
            auto const end = value.find('"', 1);
            return end == value.npos ? std::string_view{} : value.substr(1, end - 1);
        }
        return value.substr(0, value.find_first_of(" ,\t"));
    }
    return {};
}

bool is_token_scheme(std::string_view challenge)
{
    return iequals(challenge.substr(0, 7), "Bearer ") || iequals(challenge.substr(0, 5), "DPoP ");
}

void read_challenges(answer_facts const& head, arena& memory, recognized& out)
{
    for(auto const& f : head.fields)
    {
        if(!iequals(f.name, "WWW-Authenticate") || !is_token_scheme(f.value))
            continue;
        auto const error = auth_param(f.value, "error");
        if(!is_symbol_word(error))
            continue;
        if(out.oauth_error.empty())
        {
            out.oauth_error = error;
            out.oauth_description = auth_param(f.value, "error_description");
            out.oauth_uri = auth_param(f.value, "error_uri");
        }
        // The challenge explains where the body does not.
        if(out.detail.empty() && out.code.empty())
        {
            out.code = error;
            out.code_source = quoted(error, memory);
        }
        if(out.detail.empty())
            out.detail = auth_param(f.value, "error_description");
        return;
    }
}

/// X-Ms-Error-Code, X-Vercel-Error, X-Error-Code
bool names_error_code(std::string_view field)
{
    if(field.size() < 7 || !iequals(field.substr(0, 2), "x-"))
        return false;
    for(std::string_view end : {"-error", "-error-code", "-errorcode"})
        if(field.size() > end.size() && iends_with(field, end))
            return true;
    return false;
}

} // namespace

bool is_request_id_field(field const& f)
{
    return fits_id(f) && id_weight(f.name) > 0;
}

std::string_view request_id_of(field_list fields)
{
    std::string_view best;
    int weight = 0;
    for(auto const& f : fields)
        if(auto const w = fits_id(f) ? id_weight(f.name) : 0; w > weight)
        {
            best = f.value;
            weight = w;
        }
    return best;
}

void read_code_field(field_list fields, arena& memory, recognized& out)
{
    for(auto const& f : fields)
    {
        // AWS's field is the protocol's own place for the code; the others only help out.
        bool const decisive = iequals(f.name, "x-amzn-errortype") || iequals(f.name, "x-amzn-error-type");
        if(!decisive && (!out.code.empty() || !names_error_code(f.name)))
            continue;
        auto const code = f.value.substr(0, f.value.find_first_of(":;,"));
        if(wording_of(code) != wording::symbol && (wording_of(code) != wording::word || !decisive))
            continue;
        out.code = code;
        out.code_source = quoted(code, memory);
        if(decisive)
            return;
    }
}

void read_oauth(document const& doc, answer_facts const& head, arena& memory, recognized& out)
{
    auto const root = doc.root();
    auto const error = root.member("error"), description = root.member("error_description"),
               uri = root.member("error_uri");
    bool const symbol = error.is_string() && is_symbol_word(error.text());
    bool const explained = description.is_string() || uri.is_string();
    bool const by_status =
        (head.status == 400 || head.status == 401 || head.status == 403) && symbol && is_registered(error.text());
    if(symbol && (explained || by_status))
    {
        out.oauth_error = error.text();
        out.consumed.push_back(error.id());
        if(description.is_string())
        {
            out.oauth_description = description.text();
            out.consumed.push_back(description.id());
        }
        if(uri.is_string())
        {
            out.oauth_uri = uri.text();
            out.consumed.push_back(uri.id());
        }
        if(out.dialect == "generic")
        {
            out.dialect = "oauth";
            out.confidence = explained ? 95 : 80;
        }
        return;
    }
    read_challenges(head, memory, out);
}

} // namespace errata
