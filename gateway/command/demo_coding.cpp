#include "command/demo_coding.hpp"

#include <zlib.h>
#include <zstd.h>

namespace errata
{

std::string gzip(std::string_view text)
{
    constexpr int gzip_wrapper = 16;
    z_stream stream{};
    if(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip_wrapper, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd(std::string_view text)
{
    std::string out(ZSTD_compressBound(text.size()), '\0');
    auto const n = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
    out.resize(ZSTD_isError(n) ? 0 : n);
    return out;
}

std::string brotli(std::string_view text)
{
    // WBITS 0, ISLAST 0, MNIBBLES 0 (four), MLEN - 1, ISUNCOMPRESSED 1, padding; content; then an empty last
    // meta-block.
    auto const header = static_cast<unsigned>((text.size() - 1) << 4 | 1u << 20);
    std::string out;
    for(unsigned shift = 0; shift < 24; shift += 8)
        out += static_cast<char>(header >> shift & 0xff);
    return out.append(text) + '\x03';
}

} // namespace errata
