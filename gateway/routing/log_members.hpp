#pragma once

#include <array>
#include <string_view>

namespace errata
{

/// The members of an access log line, in their order: what `text_format` may name as placeholders.
inline constexpr std::array<std::string_view, 32> log_members{"time",
                                                              "request_id",
                                                              "client",
                                                              "method",
                                                              "host",
                                                              "path",
                                                              "protocol",
                                                              "status",
                                                              "bytes_in",
                                                              "bytes_out",
                                                              "total_ms",
                                                              "connect_ms",
                                                              "first_byte_ms",
                                                              "own_ms",
                                                              "route",
                                                              "upstream",
                                                              "endpoint",
                                                              "attempts",
                                                              "upstream_status",
                                                              "origin",
                                                              "cause",
                                                              "proxy_status",
                                                              "details",
                                                              "dialect",
                                                              "treatment",
                                                              "code",
                                                              "upstream_request_id",
                                                              "retry",
                                                              "retry_after",
                                                              "leaks",
                                                              "trace_id",
                                                              "span_id"};

} // namespace errata
