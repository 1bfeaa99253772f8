#pragma once

#include "support/wire.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace errata::test
{

/// An HTTP/1.1 message as it was on the wire, read strictly (and apart from the gateway's own parsers): a head that is
/// not exactly RFC 9112 throws broken_wire.
struct message
{
    std::string start_line;
    unsigned status = 0;        ///< of responses
    std::string method, target; ///< of requests
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body; ///< without chunked coding
    std::string trailers;
    bool chunked = false;
    bool complete = true; ///< false: the connection ended inside the body
    bool reset = false;   ///< ... by a reset

    [[nodiscard]] unsigned count(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return count(name) > 0; }
    /// The values of all fields of that name, joined by ", "; empty when there is none.
    [[nodiscard]] std::string value(std::string_view name) const;
};

[[nodiscard]] message parse_head(std::string const& head);
[[nodiscard]] message read_request(wire& from);
/// The head alone, content stays on the wire.
[[nodiscard]] message read_request_head(wire& from);
/// One final or interim response to `method`.
[[nodiscard]] message read_response(wire& from, std::string_view method = "GET");
[[nodiscard]] message read_response_head(wire& from);

/// "HTTP/1.1 <status>" with these field lines and content with its length.
[[nodiscard]] std::string response(std::string const& status, std::string const& body, std::string const& fields = {});
[[nodiscard]] std::string chunk(std::string_view data);

} // namespace errata::test
