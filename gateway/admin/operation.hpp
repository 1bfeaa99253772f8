#pragma once

#include "admin/file_watch.hpp"
#include "admin/http_port.hpp"
#include "admin/metrics.hpp"
#include "proxy/server.hpp"
#include "routing/load.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace errata
{

class admin_api;

/// The gateway in operation: starts it, reloads it when it is told to or its files change, drains it, and answers on
/// the admin and telemetry ports. Lives on the main thread's loop.
class operation
{
public:
    using loader = std::function<loaded()>;

    operation(net::io_context& control, std::string version, loader load_again);
    ~operation();
    operation(operation const&) = delete;
    operation& operator=(operation const&) = delete;

    /// Serves; says on which addresses. The error is a sentence for the user.
    [[nodiscard]] boost::system::result<void, std::string> start(loaded const& first);

    /// Loads everything anew and swaps it in; a configuration with a mistake changes nothing. What was wrong is logged
    /// and kept in `mistakes`.
    bool reload(std::string_view why);
    /// Readiness fails; the server drains; the control loop stops when nothing is left. The second call ends at once.
    void drain();
    void reopen_log();

    [[nodiscard]] server& gateway() noexcept { return gateway_; }
    [[nodiscard]] snapshot const& config() const noexcept { return *gateway_.config(); }
    [[nodiscard]] config_tree const& tree() const noexcept { return *tree_; }
    /// Of the last reload; empty when it went well.
    [[nodiscard]] std::vector<std::string> const& mistakes() const noexcept { return mistakes_; }
    /// Of the last reload that went well: what deserves a look, what needs a restart.
    [[nodiscard]] std::vector<std::string> const& warnings() const noexcept { return warnings_; }
    /// Why no requests should come; empty: they may. As of the last time the shards were measured.
    [[nodiscard]] std::vector<std::string> reasons_not_ready() const;
    [[nodiscard]] process_facts facts() const;
    [[nodiscard]] metrics const& measured() const noexcept { return *metrics_; }

private:
    void open_ports();
    void replace(std::unique_ptr<http_port>& port, std::optional<port_config> const& wanted, bool telemetry);
    void watch_files(loaded const& from);
    void note_what_stays();

    net::io_context& control_;
    std::string version_;
    loader load_;
    server gateway_;
    std::unique_ptr<admin_api> api_;
    std::unique_ptr<http_port> admin_, telemetry_;
    std::unique_ptr<metrics> metrics_;
    file_watch watch_;
    std::shared_ptr<config_tree const> tree_;
    std::vector<std::string> mistakes_, warnings_;
    std::map<std::string, std::chrono::system_clock::time_point> certificates_; ///< by file: when it ends
    std::chrono::system_clock::time_point started_{}, loaded_{};
    std::uint64_t reloads_done_ = 0, reloads_failed_ = 0;
    bool reload_good_ = true;
    std::thread waiting_; ///< for the shards' end
};

} // namespace errata
