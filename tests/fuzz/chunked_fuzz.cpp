#include "proxy/chunked.hpp"

#include <string>

using namespace errata;

namespace
{
struct decoded
{
    std::string content;
    std::string trailers;
    std::size_t consumed = 0;
    bool done = false;
    bool failed = false;

    friend bool operator==(decoded const&, decoded const&) = default;
};

decoded decode(std::string_view bytes, std::size_t piece)
{
    chunked_decoder decoder;
    decoded out;
    for(std::size_t at = 0; at < bytes.size() && !out.done && !out.failed; at += piece)
    {
        auto rest = bytes.substr(at, piece);
        while(!rest.empty() && !out.done && !out.failed)
        {
            auto const step = decoder.next(rest);
            if(step.consumed == 0 || step.consumed > rest.size())
                __builtin_trap();
            out.content += step.data;
            out.consumed += step.consumed;
            out.done = step.done;
            out.failed = step.failed;
            rest.remove_prefix(step.consumed);
        }
    }
    out.trailers = decoder.trailers();
    return out;
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const bytes{reinterpret_cast<char const*>(data), size};
    auto const whole = decode(bytes, size + 1);
    if(whole != decode(bytes, 1) || whole != decode(bytes, 7))
        __builtin_trap();
    if(whole.content.size() > size || whole.trailers.size() > 16 * 1024)
        __builtin_trap();
    return 0;
}
