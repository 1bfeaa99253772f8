#pragma once

#include "proxy/chunked.hpp"
#include "proxy/out_buffer.hpp"
#include "proxy/transport.hpp"

namespace errata
{

/// The content of one message as it arrives (RFC 9112 section 6): takes the framing off, piece by piece, in the
/// transport's own read buffer. Awaits nothing: whoever reads it arms the transport when `take` comes back empty.
class content
{
public:
    void begin(transport& from, framing how, std::uint64_t length);
    void begin(transport& from, head const& message) { begin(from, message.body, message.content_length); }

    /// The next piece that has arrived; empty when there is none (yet). Valid until the transport reads again.
    [[nodiscard]] std::string_view take();

    /// All content and trailers are through.
    [[nodiscard]] bool done() const noexcept { return done_; }
    /// Bad chunked coding, or the stream ended before the content did.
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] bool malformed() const noexcept { return malformed_; }
    [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
    [[nodiscard]] framing how() const noexcept { return how_; }
    [[nodiscard]] std::string_view trailers() const noexcept { return chunks_.trailers(); }
    /// The whole rest of the content has arrived already, and how many bytes it has (framing none and length only).
    [[nodiscard]] bool whole_in_buffer() const noexcept
    {
        return how_ == framing::none || (how_ == framing::length && from_->in().size() >= left_);
    }
    [[nodiscard]] std::uint64_t left() const noexcept { return left_; }

private:
    transport* from_ = nullptr;
    framing how_ = framing::none;
    std::uint64_t left_ = 0, taken_ = 0;
    bool done_ = true, failed_ = false, malformed_ = false;
    chunked_decoder chunks_;
};

/// Writes one piece as a chunk around it: `size CRLF` goes to `frame`, the caller sends frame, piece, CRLF.
inline constexpr std::string_view chunk_end = "\r\n";
void add_chunk_size(std::size_t size, out_buffer& frame);
/// The last chunk with the trailer section as the decoder gave it ("name: value CRLF"...), without fields that must not
/// be there (RFC 9110 6.5.1).
void add_last_chunk(std::string_view trailers, out_buffer& out);

} // namespace errata
