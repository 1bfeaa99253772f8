#include "proxy/hold_table.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

namespace errata
{

hold_hasher hold_hasher::random()
{
    std::array<unsigned char, 32> secret{};
    if(RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
        throw std::bad_alloc{}; // the operating system has no entropy for us: nothing a request could do about it
    return hold_hasher{secret};
}

hold_key hold_hasher::key(std::string_view route, hold_config::key_kind kind, std::string_view client) const
{
    std::string text;
    text.reserve(route.size() + client.size() + 2);
    text.append(route).push_back('\0');
    text.push_back(static_cast<char>('0' + static_cast<int>(kind)));
    text.append(client);

    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
         reinterpret_cast<unsigned char const*>(text.data()), text.size(), digest, &size);
    OPENSSL_cleanse(text.data(), text.size());
    hold_key key;
    std::memcpy(key.data(), digest, sizeof key);
    return key;
}

hold_table::hold_table(std::size_t clients, milliseconds max_hold)
    : entries_((std::max<std::size_t>(clients, 1) + ways - 1) / ways * ways), max_hold_(max_hold)
{
}

void hold_table::told(hold_key const& key, unsigned status, milliseconds wait, steady_time now)
{
    if(wait <= milliseconds{0})
        return;
    std::span const set{&entries_[set_of(key)], ways};
    auto const until = now + std::min(wait, max_hold_);
    auto const same = std::ranges::find(set, key, &entry::key);
    auto& slot = same != set.end() ? *same : *std::ranges::min_element(set, {}, &entry::until);
    if(same != set.end() && slot.until >= until)
        return;
    slot = {key, until, static_cast<std::uint16_t>(status)};
}

std::optional<hold_table::held> hold_table::find(hold_key const& key, steady_time now) const noexcept
{
    for(auto const& e : std::span{&entries_[set_of(key)], ways})
        if(e.key == key && e.until > now)
            return held{e.status, std::chrono::ceil<milliseconds>(e.until - now)};
    return {};
}

} // namespace errata
