#include "problem/treatment.hpp"

#include "problem/media_type.hpp"

#include <algorithm>
#include <array>

namespace errata
{
namespace
{
bool starts_with(std::string_view s, std::string_view prefix) noexcept
{
    return s.size() >= prefix.size() && iequals(s.substr(0, prefix.size()), prefix);
}

/// Framed messages of RPC protocols: any rewriting would break them.
bool is_rpc_type(std::string_view type) noexcept
{
    return starts_with(type, "application/grpc") || starts_with(type, "application/connect+") ||
           iequals(type, "application/proto");
}

/// The SDKs of AWS read their own errors, and only these.
bool is_aws_protocol(field_list fields, std::string_view type) noexcept
{
    if(!find(fields, "x-amzn-requestid"))
        return false;
    return starts_with(type, "application/x-amz-json-") || starts_with(type, "application/x-amz-cbor-") ||
           iequals(type, "application/cbor") || is_xml_type(type);
}

bool is_stream_type(std::string_view type) noexcept
{
    constexpr std::array streams{
        std::string_view{"text/event-stream"},       std::string_view{"application/x-ndjson"},
        std::string_view{"application/ndjson"},      std::string_view{"application/jsonl"},
        std::string_view{"application/x-jsonlines"}, std::string_view{"application/json-seq"},
        std::string_view{"application/stream+json"},
    };
    return starts_with(type, "multipart/") ||
           std::ranges::any_of(streams, [&](std::string_view s) { return iequals(type, s); });
}

/// Nothing that holds pictures or archives is waited for.
bool may_state_an_error(std::string_view type) noexcept
{
    return type.empty() || is_json_type(type) || is_xml_type(type) || starts_with(type, "text/");
}

/// What a head says of its content, found in one look.
struct content_signs
{
    std::string_view type; ///< without parameters
    bool range = false;    ///< it is a part of something (RFC 9110 14.4)
    bool fixed = false;    ///< nobody on the way may transform it (RFC 9110 7.7)
};

content_signs signs_of(field_list fields) noexcept
{
    constexpr std::string_view content_type = "Content-Type", range = "Content-Range", cache = "Cache-Control";
    content_signs signs;
    bool typed = false;
    for(auto const& f : fields)
    {
        auto const size = f.name.size();
        if(size == content_type.size() && !typed && iequals(f.name, content_type))
        {
            typed = true;
            signs.type = f.value;
        }
        else if(size == range.size() || size == cache.size())
        {
            signs.range = signs.range || iequals(f.name, range);
            signs.fixed = signs.fixed || has_token({&f, 1}, cache, "no-transform");
        }
    }
    signs.type = essence(signs.type);
    return signs;
}
} // namespace

bool is_json_type(std::string_view content_type) noexcept
{
    auto const type = essence(content_type);
    return iequals(type, "application/json") || iequals(type, "text/json") || iends_with(type, "+json");
}

bool is_xml_type(std::string_view content_type) noexcept
{
    auto const type = essence(content_type);
    return iequals(type, "application/xml") || iequals(type, "text/xml") || iends_with(type, "+xml");
}

bool is_storage_error(field_list fields) noexcept
{
    return find(fields, "x-amz-request-id") && is_xml_type(value_of(fields, "Content-Type"));
}

treatment treatment_of(unsigned status, field_list fields, std::string_view method, error_policy const& policy) noexcept
{
    if(policy.mode == error_mode::off || status < 200 || (status >= 300 && status < 400))
        return treatment::none;
    auto const [type, range, fixed] = signs_of(fields);
    auto const ordinary = type == "application/json" || type == "text/html"; // most errors: no need to ask further
    if(!ordinary && !policy.aws_and_grpc && (is_rpc_type(type) || is_aws_protocol(fields, type)))
        return treatment::none;
    auto const untouchable = policy.body == body_policy::passthrough || (!ordinary && is_stream_type(type)) || fixed ||
                             (range && status != 416);
    if(status >= 400)
        return untouchable ? treatment::head : treatment::body;
    if(method == "HEAD" || status == 204 || status == 205 || status == 206)
        return treatment::none;
    if(policy.success && !untouchable && may_state_an_error(type))
        return treatment::success;
    if(status == 202 && is_json_type(type) && policy.mode == error_mode::rewrite)
        return treatment::accepted;
    return treatment::none;
}

bool wants_body(unsigned status, field_list fields, std::string_view method, error_policy const& policy)
{
    return method != "HEAD" && treatment_of(status, fields, method, policy) == treatment::body;
}

std::size_t wants_peek(unsigned status, field_list fields, std::string_view method, error_policy const& policy)
{
    switch(treatment_of(status, fields, method, policy))
    {
    case treatment::accepted:
        return accepted_peek;
    case treatment::success:
        return success_peek;
    case treatment::none:
    case treatment::head:
    case treatment::body:
        break;
    }
    return 0;
}

} // namespace errata
