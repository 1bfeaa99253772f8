#include "problem/status.hpp"

#include <array>
#include <cstdint>

namespace errata
{
namespace
{
struct status_row
{
    unsigned status;
    std::string_view title;
    std::string_view code;
};

// The IANA registry with the names of RFC 9110, then what servers and CDNs use in fact. The first rows stand for their
// class.
constexpr std::array rows{
    status_row{0, "Unknown Status", "UNKNOWN_STATUS"},
    status_row{1, "Informational", "INFORMATIONAL"},
    status_row{2, "Success", "SUCCESS"},
    status_row{3, "Redirection", "REDIRECTION"},
    status_row{4, "Client Error", "CLIENT_ERROR"},
    status_row{5, "Server Error", "SERVER_ERROR"},
    status_row{100, "Continue", "CONTINUE"},
    status_row{101, "Switching Protocols", "SWITCHING_PROTOCOLS"},
    status_row{102, "Processing", "PROCESSING"},
    status_row{103, "Early Hints", "EARLY_HINTS"},
    status_row{200, "OK", "OK"},
    status_row{201, "Created", "CREATED"},
    status_row{202, "Accepted", "ACCEPTED"},
    status_row{203, "Non-Authoritative Information", "NON_AUTHORITATIVE_INFORMATION"},
    status_row{204, "No Content", "NO_CONTENT"},
    status_row{205, "Reset Content", "RESET_CONTENT"},
    status_row{206, "Partial Content", "PARTIAL_CONTENT"},
    status_row{207, "Multi-Status", "MULTI_STATUS"},
    status_row{208, "Already Reported", "ALREADY_REPORTED"},
    status_row{226, "IM Used", "IM_USED"},
    status_row{300, "Multiple Choices", "MULTIPLE_CHOICES"},
    status_row{301, "Moved Permanently", "MOVED_PERMANENTLY"},
    status_row{302, "Found", "FOUND"},
    status_row{303, "See Other", "SEE_OTHER"},
    status_row{304, "Not Modified", "NOT_MODIFIED"},
    status_row{305, "Use Proxy", "USE_PROXY"},
    status_row{307, "Temporary Redirect", "TEMPORARY_REDIRECT"},
    status_row{308, "Permanent Redirect", "PERMANENT_REDIRECT"},
    status_row{400, "Bad Request", "INVALID_REQUEST"},
    status_row{401, "Unauthorized", "UNAUTHENTICATED"},
    status_row{402, "Payment Required", "PAYMENT_REQUIRED"},
    status_row{403, "Forbidden", "PERMISSION_DENIED"},
    status_row{404, "Not Found", "RESOURCE_NOT_FOUND"},
    status_row{405, "Method Not Allowed", "METHOD_NOT_ALLOWED"},
    status_row{406, "Not Acceptable", "NOT_ACCEPTABLE"},
    status_row{407, "Proxy Authentication Required", "PROXY_AUTHENTICATION_REQUIRED"},
    status_row{408, "Request Timeout", "REQUEST_TIMEOUT"},
    status_row{409, "Conflict", "CONFLICT"},
    status_row{410, "Gone", "GONE"},
    status_row{411, "Length Required", "LENGTH_REQUIRED"},
    status_row{412, "Precondition Failed", "PRECONDITION_FAILED"},
    status_row{413, "Content Too Large", "PAYLOAD_TOO_LARGE"},
    status_row{414, "URI Too Long", "URI_TOO_LONG"},
    status_row{415, "Unsupported Media Type", "UNSUPPORTED_MEDIA_TYPE"},
    status_row{416, "Range Not Satisfiable", "RANGE_NOT_SATISFIABLE"},
    status_row{417, "Expectation Failed", "EXPECTATION_FAILED"},
    status_row{418, "I'm a Teapot", "IM_A_TEAPOT"},
    status_row{419, "Page Expired", "PAGE_EXPIRED"},
    status_row{420, "Enhance Your Calm", "ENHANCE_YOUR_CALM"},
    status_row{421, "Misdirected Request", "MISDIRECTED_REQUEST"},
    status_row{422, "Unprocessable Content", "UNPROCESSABLE_CONTENT"},
    status_row{423, "Locked", "LOCKED"},
    status_row{424, "Failed Dependency", "FAILED_DEPENDENCY"},
    status_row{425, "Too Early", "TOO_EARLY"},
    status_row{426, "Upgrade Required", "UPGRADE_REQUIRED"},
    status_row{428, "Precondition Required", "PRECONDITION_REQUIRED"},
    status_row{429, "Too Many Requests", "RATE_LIMIT_EXCEEDED"},
    status_row{431, "Request Header Fields Too Large", "REQUEST_HEADERS_TOO_LARGE"},
    status_row{440, "Login Timeout", "LOGIN_TIMEOUT"},
    status_row{449, "Retry With", "RETRY_WITH"},
    status_row{450, "Blocked by Parental Controls", "BLOCKED_BY_PARENTAL_CONTROLS"},
    status_row{451, "Unavailable For Legal Reasons", "UNAVAILABLE_FOR_LEGAL_REASONS"},
    status_row{498, "Invalid Token", "INVALID_TOKEN"},
    status_row{499, "Client Closed Request", "CLIENT_CLOSED_REQUEST"},
    status_row{500, "Internal Server Error", "INTERNAL_SERVER_ERROR"},
    status_row{501, "Not Implemented", "NOT_IMPLEMENTED"},
    status_row{502, "Bad Gateway", "BAD_GATEWAY"},
    status_row{503, "Service Unavailable", "SERVICE_UNAVAILABLE"},
    status_row{504, "Gateway Timeout", "GATEWAY_TIMEOUT"},
    status_row{505, "HTTP Version Not Supported", "HTTP_VERSION_NOT_SUPPORTED"},
    status_row{506, "Variant Also Negotiates", "VARIANT_ALSO_NEGOTIATES"},
    status_row{507, "Insufficient Storage", "INSUFFICIENT_STORAGE"},
    status_row{508, "Loop Detected", "LOOP_DETECTED"},
    status_row{509, "Bandwidth Limit Exceeded", "BANDWIDTH_LIMIT_EXCEEDED"},
    status_row{510, "Not Extended", "NOT_EXTENDED"},
    status_row{511, "Network Authentication Required", "NETWORK_AUTHENTICATION_REQUIRED"},
    status_row{520, "Web Server Returned an Unknown Error", "WEB_SERVER_RETURNED_AN_UNKNOWN_ERROR"},
    status_row{521, "Web Server Is Down", "WEB_SERVER_IS_DOWN"},
    status_row{522, "Connection Timed Out", "CONNECTION_TIMED_OUT"},
    status_row{523, "Origin Is Unreachable", "ORIGIN_IS_UNREACHABLE"},
    status_row{524, "A Timeout Occurred", "A_TIMEOUT_OCCURRED"},
    status_row{525, "SSL Handshake Failed", "SSL_HANDSHAKE_FAILED"},
    status_row{526, "Invalid SSL Certificate", "INVALID_SSL_CERTIFICATE"},
    status_row{527, "Railgun Error", "RAILGUN_ERROR"},
    status_row{529, "Site Is Overloaded", "SITE_IS_OVERLOADED"},
    status_row{530, "Site Is Frozen", "SITE_IS_FROZEN"},
    status_row{540, "Temporarily Disabled", "TEMPORARILY_DISABLED"},
    status_row{598, "Network Read Timeout", "NETWORK_READ_TIMEOUT"},
    status_row{599, "Network Connect Timeout", "NETWORK_CONNECT_TIMEOUT"},
};
static_assert(rows.size() < 256);

/// Row number by status - 100: the status's own or that of its class.
constexpr auto row_of_status = []
{
    std::array<std::uint8_t, 500> at{};
    for(unsigned i = 0; i < at.size(); ++i)
        at[i] = static_cast<std::uint8_t>(1 + i / 100);
    for(std::size_t r = 6; r < rows.size(); ++r)
        at[rows[r].status - 100] = static_cast<std::uint8_t>(r);
    return at;
}();

status_row const& row(unsigned status) noexcept
{
    return rows[status >= 100 && status < 600 ? row_of_status[status - 100] : 0];
}
} // namespace

std::string_view title_of(unsigned status) noexcept
{
    return row(status).title;
}

std::string_view reason_of(unsigned status) noexcept
{
    return row(status).title;
}

std::string_view default_code(unsigned status) noexcept
{
    return row(status).code;
}

} // namespace errata
