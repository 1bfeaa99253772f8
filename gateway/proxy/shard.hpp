#pragma once

#include "problem/known_errors.hpp"
#include "problem/normalize.hpp"
#include "proxy/access_log.hpp"
#include "proxy/buffer.hpp"
#include "proxy/client_counts.hpp"
#include "proxy/counters.hpp"
#include "proxy/deadline.hpp"
#include "proxy/error_samples.hpp"
#include "proxy/hold_table.hpp"
#include "proxy/memory_budget.hpp"
#include "proxy/net.hpp"
#include "proxy/poller.hpp"
#include "proxy/pool.hpp"
#include "proxy/rate_limiter.hpp"
#include "proxy/request_id.hpp"
#include "proxy/resolver.hpp"
#include "proxy/shard_facts.hpp"
#include "proxy/upstream.hpp"
#include "routing/route_table.hpp"
#include "routing/snapshot.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/system/result.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace errata
{

class health_checker;
class listener;
class session;
class aside;
class shard;
class parked_list;
class server_tls;

/// A configuration in use on one shard: what an exchange holds on to from start to end, so that a reload changes
/// nothing under it.
struct generation
{
    std::shared_ptr<snapshot const> config;
    std::vector<std::shared_ptr<upstream>> upstreams;           ///< in the snapshot's order
    std::vector<counters::label> route_labels, upstream_labels; ///< in the snapshot's order
    std::map<route const*, shield> route_shields;               ///< of routes that have one of their own
    std::map<route const*, hold_table> holds;                   ///< this shard's part of the held callers
    std::map<route const*, std::shared_ptr<rate_limiter>> limits;
    unsigned users = 0;
};

/// What all shards share: limits that only make sense in total. Relaxed counters, touched once a connection.
struct shared_state
{
    std::vector<shard*> shards; ///< fixed before the threads start
    std::atomic<unsigned> connections{0};
    std::atomic<bool> draining{false};
    unsigned max_connections = 0;
    client_counts by_client;
    hold_hasher hasher = hold_hasher::random();
    memory_budget error_bodies; ///< copies of error bodies while they are read
    aside* beside = nullptr;    ///< for what would hold a shard too long
    dns_options dns;
};

/// What all shards have in common of an upstream.
struct upstream_part
{
    std::shared_ptr<client_tls> tls;
    std::shared_ptr<upstream_shared> shared;
};
/// What the server makes once for all shards.
struct shared_parts
{
    std::map<std::string, upstream_part> upstreams;              ///< by name
    std::map<std::string, std::shared_ptr<rate_limiter>> limits; ///< by the names of the routes that have one
};

/// What was switched at the admin port, by route.
using maintenance_switches = std::map<std::string, maintenance_config, std::less<>>;

/// One thread: its event loop and everything that lives on it. Nothing here is touched by another thread; others
/// `post`.
class shard
{
public:
    shard(unsigned number, unsigned shards, shared_state& shared);
    ~shard();
    shard(shard const&) = delete;
    shard& operator=(shard const&) = delete;

    /// The thread's body; returns when stopped and empty.
    void run();

    // Called from other threads.
    void post_adopt(std::shared_ptr<snapshot const> next, shared_parts parts);
    void post_fact(std::string const& upstream, upstream_fact const& fact);
    void post_listen(unsigned id, int descriptor, listener_config config, std::shared_ptr<server_tls> tls);
    void post_configure(unsigned id, listener_config config, std::shared_ptr<server_tls> tls);
    void post_retire(unsigned id);
    /// Where lines go from now on; null: nowhere. Outlives the shard, or the next call.
    void post_log(log_lane* lane);
    void post_drain(milliseconds deadline);
    void post_stop();

    // For what runs on this shard.
    [[nodiscard]] net::io_context& io() noexcept { return io_; }
    [[nodiscard]] timer_wheel& wheel() noexcept { return wheel_; }
    [[nodiscard]] block_pool& blocks() noexcept { return blocks_; }
    [[nodiscard]] poller& sockets() noexcept { return sockets_; }
    [[nodiscard]] workspace& work() noexcept { return work_; }
    [[nodiscard]] id_source& ids() noexcept { return ids_; }
    [[nodiscard]] shared_state& shared() noexcept { return shared_; }
    [[nodiscard]] generation* current() noexcept { return current_.get(); }
    void leave(generation* g);
    [[nodiscard]] bool draining() const noexcept { return draining_; }
    /// The Date field's value for `now`; made once a second.
    [[nodiscard]] std::string_view date(wall_clock::time_point now);
    /// Until what ran out may be there again: a second, and up to one more so that not all who are told come back at
    /// once.
    [[nodiscard]] milliseconds short_wait() { return milliseconds{1000 + static_cast<int>(1000 * ids_.fraction())}; }
    [[nodiscard]] resolver& names() noexcept { return resolver_; }
    [[nodiscard]] counters& count() noexcept { return counted_; }
    /// Null when there is no access log.
    [[nodiscard]] log_lane* log() noexcept { return lane_; }
    /// Something was logged: the lane is handed over soon.
    void flush_log_soon()
    {
        if(!log_tick_.armed())
            log_tick_.arm(log_patience);
    }

    /// A connection with something to read becomes a session, or is closed where there is no memory; an idle one
    /// becomes a record.
    void begin_session(polled_socket&& socket, SSL* tls, listener& from, std::string_view peer, bool trusted,
                       bool fresh);
    void park(session& s);
    void end_session(session& s);
    /// A session or the record of a parked connection is gone: many of them are memory that can be returned.
    void note_freed();
    /// Frees a descriptor: of an upstream connection in a pool, else of the client that has been idle longest. False:
    /// there is none.
    bool close_idle_connection();
    void forget_connection(listener& from, std::string_view peer);
    void stop_if_empty();
    [[nodiscard]] std::size_t sessions() const noexcept { return sessions_.size(); }
    [[nodiscard]] task<> pause(milliseconds time);
    /// Something this shard learnt about an upstream goes to the others' copies.
    void tell_others(std::string const& upstream, upstream_fact const& fact);
    [[nodiscard]] shield& route_shield(generation& g, route const& r);
    void raise_route_shield(generation& g, route const& r, shield_config const& settings, unsigned status,
                            std::optional<milliseconds> hint, shield::caller who, steady_time now);
    /// Held callers live on the shard that owns their key.
    [[nodiscard]] task<std::optional<hold_table::held>> ask_hold(generation& g, route const& r, hold_key key);
    void tell_hold(generation& g, route const& r, hold_key key, unsigned status, milliseconds wait);
    [[nodiscard]] unsigned number() const noexcept { return number_; }

    // For the admin port, which asks on this thread (see server::ask).
    /// Sets the levels that nobody counts: pools, parked connections, breakers.
    void measure();
    [[nodiscard]] std::vector<upstream_view> look();
    /// False when there is no such endpoint.
    bool change_endpoint(std::string const& upstream, std::size_t number, endpoint_change what);
    /// Overrides the route's own switch, also over reloads; false when there is no such route.
    bool switch_maintenance(std::string const& route, maintenance_config const& to);
    [[nodiscard]] maintenance_config const& maintenance_of(route const& r) const;
    [[nodiscard]] maintenance_switches const& switched() const noexcept { return switched_; }
    [[nodiscard]] error_samples& samples() noexcept { return samples_; }
    /// Some checks have ended.
    void sweep_checkers();
    /// An exception where none may come from: a bug, or no memory. Counted and logged; what it was about is over.
    void report_bug(std::exception_ptr bug) noexcept;

private:
    static constexpr std::size_t spare_sessions = 64; ///< kept for the next connections
    /// While draining, an idle connection may still bring one request for this long: closing at once could lose one
    /// under way.
    static constexpr milliseconds drain_idle_grace{1'000};

    void adopt(std::shared_ptr<snapshot const> next, shared_parts const& parts);
    void drain(milliseconds patience);
    void end_all();
    void put_away(session& s);
    void rescue(session* s, std::uint64_t serial, std::exception_ptr bug);
    [[nodiscard]] listener* listener_of(unsigned id) const;
    [[nodiscard]] hold_table& holds(generation& g, route const& r);
    [[nodiscard]] route const* route_named(std::string const& name) const;
    void adopt_checkers();
    void flush_log();
    void return_memory();

    static constexpr milliseconds log_patience{100}; ///< how long a line may wait in memory

    unsigned number_, shards_;
    shared_state& shared_;
    net::io_context io_;
    net::executor_work_guard<executor> guard_;
    timer_wheel wheel_;
    block_pool blocks_;
    poller sockets_;
    link_yard yard_;
    resolver resolver_;
    known_errors known_;
    workspace work_{.known = &known_};
    id_source ids_;
    counters counted_;
    log_lane* lane_ = nullptr;
    error_samples samples_;
    maintenance_switches switched_;
    std::unique_ptr<generation> current_;
    std::vector<std::unique_ptr<generation>> old_;
    std::vector<std::unique_ptr<listener>> listeners_;
    std::vector<std::unique_ptr<health_checker>> checkers_; ///< the first shard checks for all
    std::unique_ptr<parked_list> parked_;
    std::vector<std::unique_ptr<session>> sessions_;
    std::vector<std::unique_ptr<session>> spare_;
    deadline drain_deadline_;
    deadline drain_idle_;
    deadline log_tick_, return_tick_;
    std::uint64_t begun_ = 0; ///< sessions so far
    std::size_t lost_ = 0;    ///< sessions that could not even be ended: they stay to the last
    unsigned freed_ = 0;      ///< sessions and records, since memory was last returned
    std::string date_;
    std::time_t date_second_ = 0;
    bool draining_ = false, stopping_ = false;
};

} // namespace errata
