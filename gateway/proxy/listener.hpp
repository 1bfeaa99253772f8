#pragma once

#include "proxy/deadline.hpp"
#include "proxy/net.hpp"
#include "proxy/poller.hpp"
#include "proxy/tls.hpp"
#include "routing/snapshot.hpp"

#include <boost/asio/ip/address.hpp>

#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>

namespace errata
{

struct answer;
class shard;

/// One listening socket of one shard: accepts and hands on. The kernel spreads connections over the shards
/// (SO_REUSEPORT).
class listener
{
public:
    /// Takes over a bound, listening descriptor.
    listener(shard& home, unsigned number, int descriptor, listener_config config, std::shared_ptr<server_tls> tls);

    void start();
    /// Closes the socket. Connections that are established already but not accepted yet are served, not reset, when
    /// `politely`.
    void stop(bool politely);
    /// The port is no longer wanted: connections that came through it end with their next answer.
    void retire();
    [[nodiscard]] bool retired() const noexcept { return retired_; }
    /// Other settings from the next connection or request on.
    void configure(listener_config config, std::shared_ptr<server_tls> tls);

    unsigned users = 0; ///< connections that came through it
    unsigned const id;

    [[nodiscard]] listener_config const& config() const noexcept { return config_; }
    [[nodiscard]] server_tls const* tls() const noexcept { return tls_.get(); }
    /// The same, to keep during a handshake.
    [[nodiscard]] std::shared_ptr<server_tls> shared_tls() const noexcept { return tls_; }

private:
    enum class queue : std::uint8_t
    {
        empty,
        not_empty,
        stuck, ///< something has run out, later there may be more of it
    };
    void accept();
    /// Accepts what waits, `most` at the most, and says what of it still does.
    queue take_waiting(unsigned most);
    void take(int descriptor, sockaddr_storage const& from);
    void admit(polled_socket&& socket, std::optional<net::ip::address> const& peer);
    void turn_away(int descriptor, std::string_view peer);
    void record_refusal(answer const& reply, wall_clock::time_point now, std::string_view id, std::string_view peer);
    /// Turns one connection away, by the descriptor that is kept free. False: there was none, or nobody is waiting (the
    /// kernel says so only where a descriptor is free): look again later, not at once.
    bool out_of_descriptors();

    shard& home_;
    listener_config config_;
    std::shared_ptr<server_tls> tls_;
    polled_socket socket_;
    deadline pause_; ///< before the next is accepted, where nothing could be done for the last
    bool retired_ = false;
    int reserve_ = -1; ///< a descriptor kept free, to be able to answer when none is left
};

/// Opens and binds a listening socket. The error is a sentence that names the address.
[[nodiscard]] boost::system::result<int, std::string> open_listening_socket(listener_config const& config,
                                                                            bool check_free);
/// The port a listening socket is bound to.
[[nodiscard]] std::uint16_t bound_port(int descriptor);

} // namespace errata
