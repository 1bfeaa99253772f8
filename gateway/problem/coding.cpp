#include "problem/coding.hpp"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace errata
{

decoded_output::decoded_output(std::size_t first_size, std::size_t limit, arena& memory)
    : memory_(memory), limit_(limit), capacity_(std::min(first_size, limit)), begin_(memory.allocate(capacity_))
{
}

std::span<char> decoded_output::room()
{
    if(size_ == capacity_ && capacity_ < limit_)
    {
        capacity_ = std::min(limit_, std::max<std::size_t>(2 * capacity_, 256));
        auto* const grown = memory_.allocate(capacity_);
        std::memcpy(grown, begin_, size_);
        begin_ = grown;
    }
    return {begin_ + size_, capacity_ - size_};
}

namespace
{
/// A place to see whether a stream that fills the limit to the last byte has ended there.
using overflow = char[64];

std::span<char> room_or(decoded_output& out, overflow& beyond) noexcept
{
    auto const room = out.room();
    return room.empty() ? std::span<char>{beyond} : room;
}

auto* bytes(std::string_view s) noexcept
{
    return reinterpret_cast<unsigned char const*>(s.data());
}

struct inflate_stream : z_stream
{
    explicit inflate_stream(std::string_view in, int window) noexcept : z_stream{}
    {
        next_in = const_cast<Bytef*>(bytes(in)); // zlib's signature; it does not write there
        avail_in = static_cast<uInt>(in.size());
        ready = inflateInit2(this, window) == Z_OK;
    }
    ~inflate_stream() { inflateEnd(this); }
    inflate_stream(inflate_stream const&) = delete;
    inflate_stream& operator=(inflate_stream const&) = delete;

    bool ready = false;
};

/// Runs one zlib stream to its end.
coding_end inflate_all(inflate_stream& stream, decoded_output& out)
{
    if(!stream.ready)
        return coding_end::malformed;
    while(true)
    {
        overflow beyond;
        auto const room = room_or(out, beyond);
        bool const full = room.data() == beyond;
        stream.next_out = reinterpret_cast<Bytef*>(room.data());
        stream.avail_out = static_cast<uInt>(room.size());
        auto const result = inflate(&stream, Z_NO_FLUSH);
        auto const written = room.size() - stream.avail_out;
        if(full && written > 0)
            return coding_end::too_large;
        out.wrote(written);
        if(result == Z_STREAM_END)
            return coding_end::whole;
        if(result != Z_OK && result != Z_BUF_ERROR)
            return coding_end::malformed;
        if(stream.avail_in == 0 && written < room.size())
            return coding_end::cut;
    }
}

bool has_zlib_header(std::string_view in) noexcept
{
    return in.size() >= 2 && (bytes(in)[0] & 0x0F) == 8 && (bytes(in)[0] * 256 + bytes(in)[1]) % 31 == 0;
}

constexpr std::string_view gzip_magic = "\x1F\x8B";
} // namespace

coding_end decode_gzip(std::string_view in, decoded_output& out)
{
    constexpr int gzip_or_zlib = 15 + 32;
    inflate_stream stream{in, gzip_or_zlib};
    while(true)
    {
        auto const end = inflate_all(stream, out);
        auto const rest = in.substr(in.size() - stream.avail_in);
        // RFC 1952 2.2: members follow each other; anything else behind a member is padding.
        if(end != coding_end::whole || !rest.starts_with(gzip_magic))
            return end;
        inflateReset(&stream);
    }
}

coding_end decode_deflate(std::string_view in, decoded_output& out)
{
    if(in.starts_with(gzip_magic))
        return decode_gzip(in, out);
    // RFC 9110 8.4.1.2: some send raw deflate under this name.
    inflate_stream stream{in, has_zlib_header(in) ? 15 : -15};
    return inflate_all(stream, out);
}

coding_end decode_brotli(std::string_view in, decoded_output& out)
{
    std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> const state{
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance};
    if(!state)
        return coding_end::malformed;
    auto const* next_in = bytes(in);
    auto in_left = in.size();
    while(true)
    {
        overflow beyond;
        auto const room = room_or(out, beyond);
        bool const full = room.data() == beyond;
        auto* next_out = reinterpret_cast<unsigned char*>(room.data());
        auto out_left = room.size();
        auto const result =
            BrotliDecoderDecompressStream(state.get(), &in_left, &next_in, &out_left, &next_out, nullptr);
        auto const written = room.size() - out_left;
        if(full && written > 0)
            return coding_end::too_large;
        out.wrote(written);
        if(result == BROTLI_DECODER_RESULT_SUCCESS)
            return coding_end::whole;
        if(result == BROTLI_DECODER_RESULT_ERROR)
            return coding_end::malformed;
        if(result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
            return coding_end::cut;
    }
}

coding_end decode_zstd(std::string_view in, decoded_output& out)
{
    std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> const context{ZSTD_createDCtx(), ZSTD_freeDCtx};
    // RFC 8878 3.1.1.1.2: a decoder need not provide for windows over 8 MiB.
    constexpr int window_log = 23;
    if(!context || ZSTD_isError(ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, window_log)))
        return coding_end::malformed;
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    while(true)
    {
        overflow beyond;
        auto const room = room_or(out, beyond);
        bool const full = room.data() == beyond;
        ZSTD_outBuffer output{room.data(), room.size(), 0};
        auto const left = ZSTD_decompressStream(context.get(), &output, &input);
        if(full && output.pos > 0)
            return coding_end::too_large;
        out.wrote(output.pos);
        if(ZSTD_isError(left))
            return coding_end::malformed;
        bool const consumed = input.pos == input.size;
        if(left == 0 && (consumed || !in.substr(input.pos).starts_with("\x28\xB5\x2F\xFD")))
            return coding_end::whole;
        if(consumed && output.pos < output.size)
            return coding_end::cut;
    }
}

} // namespace errata
