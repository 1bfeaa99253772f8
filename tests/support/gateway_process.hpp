#pragma once

#include "support/wire.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace errata::test
{

/// The real program in a child process: by default `errata run` with a temporary configuration. Listens where the
/// configuration says 127.0.0.1:0; the ports are read from what it prints. Ends with SIGTERM.
class gateway_process
{
public:
    explicit gateway_process(std::string const& yaml);
    /// Another command of the program, such as {"demo", "--upstream"}.
    explicit gateway_process(std::vector<std::string> arguments);
    ~gateway_process();
    gateway_process(gateway_process const&) = delete;
    gateway_process& operator=(gateway_process const&) = delete;

    /// The first listener's port.
    [[nodiscard]] std::uint16_t port() const noexcept { return ports_.front(); }
    [[nodiscard]] std::uint16_t port_number(std::size_t listener) const { return ports_.at(listener); }
    /// The "admin" or "telemetry" port; waits until it is open.
    [[nodiscard]] std::uint16_t port_named(std::string const& name);
    [[nodiscard]] wire connect() const { return wire::connect(port()); }

    void signal(int number) const;
    void rewrite_configuration(std::string const& yaml) const;
    /// SIGTERM; the exit status, or 128 + the signal that ended it. Kills it when it does not end in time.
    int stop();
    [[nodiscard]] bool running();
    [[nodiscard]] std::string log() const;          ///< stdout and stderr so far
    [[nodiscard]] bool logs(std::string_view text); ///< waits for it
    [[nodiscard]] std::size_t resident_bytes() const;
    [[nodiscard]] unsigned open_descriptors() const;
    [[nodiscard]] unsigned first_free_descriptor() const;
    /// From now on it can open none with a number of `most` or more.
    void limit_descriptors(unsigned most) const;
    [[nodiscard]] std::size_t mapped_bytes() const;
    /// From now on it gets no more address space than that.
    void limit_memory(std::size_t bytes) const;
    [[nodiscard]] std::size_t peak_resident_bytes() const;

private:
    void start(std::vector<std::string> arguments);
    void find_ports();
    [[nodiscard]] std::size_t status_line(std::string_view name) const;

    std::string directory_;
    pid_t child_ = -1;
    int status_ = -1;
    std::vector<std::uint16_t> ports_;
};

} // namespace errata::test
