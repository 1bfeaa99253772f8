#pragma once

#include "proxy/deadline.hpp"
#include "proxy/dns_channel.hpp"

#include <boost/intrusive/list.hpp>

#include <map>
#include <string>
#include <string_view>

namespace errata
{

/// Names to addresses for one shard. Answers are kept for their TTL (within bounds), asked for once however many wait,
/// renewed in the background while they are in use, and the last good one is kept while the name servers fail. IP
/// literals and localhost (RFC 6761 6.3) need no server.
class resolver
{
public:
    resolver(net::io_context& io, timer_wheel& wheel, dns_options const& options = {});
    ~resolver();
    resolver(resolver const&) = delete;
    resolver& operator=(resolver const&) = delete;

    /// `refresh`: an answer is not used unasked for longer, whatever its TTL. `patience`: how long to wait at most
    /// (dns_timeout then, or the last good answer). Does not suspend when the answer is known.
    [[nodiscard]] task<dns_answer> lookup(std::string host, milliseconds refresh, milliseconds patience);

    /// The answer that `lookup` would give without waiting, if there is one; starts the renewal of one that has run
    /// out.
    [[nodiscard]] std::optional<dns_answer> known(std::string_view host, milliseconds refresh, steady_time now);

    /// Ends all waits with dns_timeout. Nothing may be asked afterwards.
    void stop();

    [[nodiscard]] std::size_t names() const noexcept { return names_.size(); }

private:
    struct entry;
    struct waiting;
    void ask(std::string_view host, entry& e);
    void settle(std::string const& host, dns_answer answer, steady_time now);
    void forget_unused(steady_time now);
    [[nodiscard]] static dns_answer best_of(entry const& e);

    timer_wheel& wheel_;
    std::map<std::string, entry, std::less<>> names_;
    dns_channel channel_;
};

} // namespace errata
