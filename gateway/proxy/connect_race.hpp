#pragma once

#include "proxy/deadline.hpp"
#include "proxy/poller.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace errata
{

/// An address to connect to, and what it looks like in a log.
struct peer_address
{
    net::generic::stream_protocol::endpoint where;
    std::string text;
};

/// The order in which addresses are tried (RFC 8305 4): as they came, but the families take turns, so that one family
/// that leads nowhere does not come first, last and all between.
void interleave_families(std::vector<peer_address>& addresses);

/// Connects to whichever of several addresses answers first (RFC 8305 5): the next is tried when the one before has
/// failed, or has not answered for a moment. One race, one use; nothing is left behind when `run` returns.
class connect_race
{
public:
    static constexpr milliseconds head_start{250}; ///< RFC 8305 8: Connection Attempt Delay

    connect_race(poller& sockets, timer_wheel& wheel);
    ~connect_race();
    connect_race(connect_race const&) = delete;
    connect_race& operator=(connect_race const&) = delete;

    /// How it ended: a connected socket, or why there is none.
    struct result
    {
        std::optional<polled_socket> socket;
        peer_address const* to = nullptr; ///< the winner, or the one whose failure stands for all
        error_code error;                 ///< of that one; none: nobody answered at all
        bool late = false;                ///< nobody had answered in time
    };
    /// `addresses` outlive it. At most `patience` in all, however many there are.
    [[nodiscard]] task<result> run(std::span<peer_address const> addresses, milliseconds patience);
    /// Ends it from outside: it returns without a socket, soon.
    void stop() noexcept;

private:
    struct runner;
    void begin(peer_address const& to);
    void wait(polled_socket&& socket, peer_address const& to);
    void win(polled_socket&& socket, peer_address const& to);
    void note(peer_address const& to, error_code ec);
    void arrived(runner& who);

    poller& sockets_;
    deadline stagger_, late_;
    event changed_;
    std::vector<std::unique_ptr<runner>> runners_;
    result result_;
    std::size_t running_ = 0;
    bool next_due_ = false, stopped_ = false;
};

} // namespace errata
