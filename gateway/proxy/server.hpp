#pragma once

#include "proxy/aside.hpp"
#include "proxy/port_plan.hpp"
#include "proxy/shard.hpp"
#include "routing/snapshot.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/system/result.hpp>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace errata
{

/// The running gateway: opens the ports, starts a shard per thread, hands snapshots to them, drains them. Lives on the
/// main thread, whose own loop serves signals and what is not part of any request.
class server
{
public:
    /// `control`: the main thread's loop, where answers to `ask` arrive.
    explicit server(net::io_context& control);
    ~server();
    server(server const&) = delete;
    server& operator=(server const&) = delete;

    /// Opens every port and loads every certificate of `config`, then starts serving. On an error (a sentence for the
    /// user) nothing runs.
    [[nodiscard]] boost::system::result<void, std::string> start(std::shared_ptr<snapshot const> config);

    /// Swaps in another configuration; on an error the old one stays.
    [[nodiscard]] boost::system::result<void, std::string> reload(std::shared_ptr<snapshot const> next);

    /// Is not ready any more; after the configuration's delay stops accepting and lets requests finish until its
    /// deadline; the second call ends them at once. `wait` returns then.
    void drain();

    /// Runs `question` on every shard, each on its own thread, then `done` on the main one.
    void ask(std::function<void(shard&)> question, std::function<void()> done);
    /// Waits for the shards' end.
    void wait();

    /// What is listened on, with the real ports: "127.0.0.1:8080".
    [[nodiscard]] std::vector<std::string> addresses() const;
    [[nodiscard]] std::shared_ptr<snapshot const> const& config() const noexcept { return config_; }
    [[nodiscard]] std::vector<counters const*> counted() const;
    [[nodiscard]] access_log& log() const noexcept { return *log_; }
    [[nodiscard]] unsigned threads() const noexcept { return static_cast<unsigned>(shards_.size()); }
    [[nodiscard]] bool draining() const noexcept { return draining_; }
    [[nodiscard]] net::io_context& control() noexcept { return control_; }

private:
    [[nodiscard]] boost::system::result<shared_parts, std::string> make_parts(snapshot const& config, unsigned shards);
    void carry_out(port_plan&& plan);
    void use_log(access_log_config const& config);
    void use_memory(snapshot const& config);

    using timer = net::basic_waitable_timer<steady_clock, net::wait_traits<steady_clock>, executor>;
    net::io_context& control_;
    timer delay_; ///< between the end of readiness and the end of listening
    std::shared_ptr<snapshot const> config_;
    shared_parts parts_;
    shared_state shared_;
    access_log_config log_config_;
    std::unique_ptr<access_log> log_; ///< outlives the shards, which write to it
    std::vector<std::unique_ptr<shard>> shards_;
    std::vector<std::thread> threads_;
    std::jthread after_start_; ///< what serving need not wait for
    aside beside_;             ///< ends before the shards' loops, to which it tells that a job is done
    std::vector<open_port> ports_;
    unsigned next_port_ = 0;
    bool draining_ = false;
};

} // namespace errata
