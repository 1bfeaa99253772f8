#include "proxy/request_id.hpp"

#include <bit>
#include <chrono>
#include <cstring>
#include <random>

namespace errata
{

id_source::id_source()
{
    std::random_device system;
    for(auto& s : state_)
        s = (static_cast<std::uint64_t>(system()) << 32) | system();
}

std::uint64_t id_source::next() noexcept
{
    // xoshiro256++ (Blackman, Vigna)
    auto const result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    auto const t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

void id_source::make(wall_clock::time_point now, std::array<char, 36>& out) noexcept
{
    using namespace std::chrono;
    auto const ms =
        static_cast<std::uint64_t>(duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
    auto const high = (ms << 16) | 0x7000 | (next() & 0x0fff);
    auto const low = (next() >> 2) | (std::uint64_t{2} << 62);
    // Two digits a step, from a table of all octets.
    static constexpr auto octets = []
    {
        std::array<std::array<char, 2>, 256> table{};
        for(unsigned i = 0; i < 256; ++i)
            table[i] = {"0123456789abcdef"[i >> 4], "0123456789abcdef"[i & 15]};
        return table;
    }();
    auto* to = out.data();
    auto const put = [&to](std::uint64_t word, unsigned from, unsigned until)
    {
        for(auto octet = from; octet < until; ++octet, to += 2)
            std::memcpy(to, octets[word >> (56 - 8 * octet) & 0xff].data(), 2);
    };
    put(high, 0, 4);
    *to++ = '-';
    put(high, 4, 6);
    *to++ = '-';
    put(high, 6, 8);
    *to++ = '-';
    put(low, 0, 2);
    *to++ = '-';
    put(low, 2, 8);
}

bool is_acceptable_request_id(std::string_view id) noexcept
{
    if(id.size() < 8 || id.size() > 128)
        return false;
    for(unsigned char const c : id)
        if(!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
             c == '-'))
            return false;
    return true;
}

} // namespace errata
