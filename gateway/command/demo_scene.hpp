#pragma once

#include "problem/field.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace errata
{

/// What the demo upstream does after the bytes of a reply.
enum class ending
{
    keep,      ///< the connection serves the next request
    keep_once, ///< it is closed when the next request comes
    close,     ///< it is closed
    reset,     ///< it is reset
    stall,     ///< nothing more comes, until the client goes
    deaf       ///< and nothing is read, for a minute
};

/// A reply as it goes on the wire, right or wrong.
struct scene_reply
{
    std::string bytes;
    ending then = ending::keep;
    std::chrono::milliseconds wait{};  ///< before the first byte
    std::chrono::milliseconds pause{}; ///< before each piece of `step` bytes
    std::size_t step = 0;              ///< 0: all at once
    std::size_t head = 0;              ///< how many of the bytes answer HEAD; 0: all of them
};

struct scene_request
{
    std::string_view method;
    std::string_view path;
    std::string_view query;
    field_list fields;
};

/// One way to misbehave: the path that asks for it, what the upstream does, and what a client behind the gateway gets.
struct scene
{
    std::string_view group;
    std::string_view path; ///< a path that ends in "/*" stands for all below it
    std::string_view says;
    std::string_view client_gets;
    std::function<scene_reply(scene_request const&)> reply;
    bool reads_content = true; ///< false: replies before the content of the request has come
};

/// Error bodies of every shape, status and coding, and the retry hints of the five conventions.
[[nodiscard]] std::span<scene const> error_scenes();
/// Broken connections, framing and time.
[[nodiscard]] std::span<scene const> fault_scenes();

/// A well-formed reply: status line, Content-Type, further field lines ("Name: value\r\n"...), content.
[[nodiscard]] scene_reply whole_reply(std::string_view status, std::string_view type, std::string_view body,
                                      std::string_view fields = {});
/// A scene's reply that is always the same.
[[nodiscard]] std::function<scene_reply(scene_request const&)> always(scene_reply reply);
/// The value of ?name= as a number, `otherwise` when it is none.
[[nodiscard]] unsigned query_number(std::string_view query, std::string_view name, unsigned otherwise);

} // namespace errata
