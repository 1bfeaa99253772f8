#include "command/demo_scene.hpp"

#include <algorithm>
#include <vector>

namespace errata
{
namespace
{
using std::chrono::milliseconds;

constexpr std::string_view head_faults = "Broken before the head is through";
constexpr std::string_view body_faults = "Broken after the head";
constexpr std::string_view slow = "Slow";
constexpr std::string_view healthy = "Healthy";

scene_reply storm(scene_request const&)
{
    std::string bytes;
    for(int i = 0; i < 1000; ++i)
        bytes += "HTTP/1.1 102 Processing\r\n\r\n";
    return {bytes, ending::stall};
}

scene_reply once(scene_request const&)
{
    auto reply = whole_reply("200 OK", "text/plain", "This once.\n");
    reply.then = ending::keep_once;
    return reply;
}

scene_reply late(scene_request const& r)
{
    auto reply = whole_reply("200 OK", "text/plain", "At last.\n");
    reply.wait = milliseconds(std::min(query_number(r.query, "ms", 3000), 600'000u));
    return reply;
}

scene_reply download(scene_request const& r)
{
    auto const mib = std::min(query_number(r.query, "mib", 8), 1024u);
    return whole_reply("200 OK", "application/octet-stream", std::string(std::size_t{mib} << 20, 'x'));
}

scene_reply echo(scene_request const& r)
{
    std::string body = std::string(r.method) + ' ' + std::string(r.path) + (r.query.empty() ? "" : "?") +
                       std::string(r.query) + "\r\n";
    for(auto const& f : r.fields)
        body.append(f.name).append(": ").append(f.value).append("\r\n");
    return whole_reply("200 OK", "text/plain", body);
}

scene_reply hints(scene_request const&)
{
    constexpr std::string_view early = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
    auto reply = whole_reply("200 OK", "text/plain", "Here it is.\n");
    reply.bytes.insert(0, early);
    reply.head += early.size();
    return reply;
}

scene_reply events(scene_request const&)
{
    constexpr std::string_view head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    constexpr std::string_view first = "data: one  \n\n";
    scene_reply reply{std::string(head).append(first).append("data: two  \n\ndata: three\n\n"), ending::close};
    reply.head = head.size();
    reply.pause = milliseconds(1000);
    reply.step = first.size();
    return reply;
}

scene_reply too_large(scene_request const&)
{
    auto reply = whole_reply("413 Content Too Large", "application/json", R"({"message": "At most 1 MiB."})",
                             "Connection: close\r\n");
    reply.then = ending::close;
    return reply;
}

scene_reply drip(scene_request const&)
{
    return {"HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", ending::close, {}, milliseconds(100), 1};
}

std::vector<scene> make_scenes()
{
    return {
        {head_faults, "/close", "closes the connection instead of an answer", "502 UPSTREAM_CLOSED",
         always({"", ending::close})},
        {head_faults, "/reset", "resets the connection instead of an answer", "502 UPSTREAM_CLOSED",
         always({"", ending::reset})},
        {head_faults, "/close/next", "200, but closes when the next request comes",
         "200; a POST after it 502 UPSTREAM_CLOSED_IDLE", once},
        {head_faults, "/half-head", "closes inside the head", "502 UPSTREAM_INCOMPLETE",
         always({"HTTP/1.1 200 OK\r\nContent-Ty", ending::close})},
        {head_faults, "/garbage", "speaks another protocol", "502 UPSTREAM_MALFORMED",
         always({"220 mail.example ESMTP ready\r\n", ending::stall})},
        {head_faults, "/http09", "sends content without a head", "502 UPSTREAM_MALFORMED",
         always({"<h1>Hello</h1>", ending::close})},
        {head_faults, "/bad-status", "answers with status 999", "502 UPSTREAM_MALFORMED",
         always({"HTTP/1.1 999 Blocked\r\nContent-Length: 0\r\n\r\n", ending::close})},
        {head_faults, "/bad-header", "sends a header line that is none", "502 UPSTREAM_MALFORMED",
         always({"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", ending::close})},
        {head_faults, "/bad-framing", "sends two different Content-Length fields", "502 UPSTREAM_FRAMING",
         always({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", ending::close})},
        {head_faults, "/cl-te", "sends Content-Length and Transfer-Encoding", "502 UPSTREAM_FRAMING",
         always({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                 ending::close})},
        {head_faults, "/unknown-coding", "uses a transfer coding that nobody knows", "502 UPSTREAM_TRANSFER_CODING",
         always({"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", ending::close})},
        {head_faults, "/huge-head", "sends a head of 1 MiB", "502 UPSTREAM_HEADERS_TOO_LARGE",
         always({"HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x') + "\r\n\r\n", ending::close})},
        {head_faults, "/switch", "switches protocols unasked", "502 UPSTREAM_MALFORMED",
         always(
             {"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", ending::stall})},
        {head_faults, "/switch/other", "switches to a protocol that nobody offered",
         "to an upgrade: 502 UPGRADE_FAILED",
         always(
             {"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: irc/6.9\r\n\r\n", ending::stall})},
        {head_faults, "/storm", "sends a thousand interim answers", "502 UPSTREAM_MALFORMED", storm},
        {head_faults, "/407", "wants a proxy's credentials", "502 UPSTREAM_PROXY_AUTH",
         always(whole_reply("407 Proxy Authentication Required", "text/plain", "", "Proxy-Authenticate: Basic\r\n"))},

        {body_faults, "/cut", "closes after half of the content", "a cut connection, not a short success",
         always(
             {"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\nOnly half o", ending::close})},
        {body_faults, "/cut/chunked", "closes before the last chunk", "a cut connection, no last chunk",
         always(
             {"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nOnly half o\r\n",
              ending::close})},
        {body_faults, "/cut/reset", "resets after half of the content", "a cut connection",
         always({"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nOnly half o", ending::reset})},
        {body_faults, "/cut/chunk", "sends a chunk that is none", "a cut connection",
         always({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nnonsense\r\n", ending::close})},
        {body_faults, "/cut/error", "closes after half of an error body", "the canonical error of the status",
         always({"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: "
                 "200\r\n\r\n{\"message\": \"We are so",
                 ending::close})},
        {body_faults, "/stall/error", "stops inside an error body", "the canonical error of the status, in time",
         always({"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: "
                 "200\r\n\r\n{\"message\": \"We are so",
                 ending::stall})},

        {slow, "/stall", "never answers", "504 UPSTREAM_RESPONSE_TIMEOUT", always({"", ending::stall})},
        {slow, "/stall/upload", "reads no content", "to a large upload: 504 UPSTREAM_WRITE_TIMEOUT",
         always({"", ending::deaf}), false},
        {slow, "/stall/head", "stops inside the head", "504 UPSTREAM_READ_TIMEOUT",
         always({"HTTP/1.1 200 OK\r\nContent-", ending::stall})},
        {slow, "/stall/body", "stops inside the content", "a cut connection",
         always(
             {"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\nOnly half o", ending::stall})},
        {slow, "/slow", "answers after 3 seconds (?ms=)", "504 where that is too long, else the answer", late},
        {slow, "/drip", "sends its head octet by octet for minutes", "504 UPSTREAM_READ_TIMEOUT", drip},

        {healthy, "/ok", "200", "the same", always(whole_reply("200 OK", "application/json", R"({"ok": true})"))},
        {healthy, "/echo", "200 with the request head that arrived", "the same", echo},
        {healthy, "/early", "answers 413 before the content has come", "that 413", too_large, false},
        {healthy, "/hints", "103 Early Hints, then 200", "both", hints},
        {healthy, "/events", "three server-sent events, one a second", "each as it comes", events},
        {healthy, "/download", "8 MiB (?mib=)", "the same", download},
    };
}
} // namespace

std::span<scene const> fault_scenes()
{
    static auto const scenes = make_scenes();
    return scenes;
}

} // namespace errata
