#pragma once

#include "support/waiting.hpp"

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace errata::test
{

/// What a test cannot go on without did not happen.
struct broken_wire : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/// One end of a TCP connection over loopback that speaks bytes. Blocking, every wait bounded by `patience`; what does
/// not come throws broken_wire. Remembers all that it received.
class wire
{
public:
    [[nodiscard]] static wire connect(std::uint16_t port);
    explicit wire(int descriptor);
    wire(wire&& other) noexcept;
    wire& operator=(wire&& other) noexcept;
    ~wire();

    void send(std::string_view bytes);
    /// Sends what the peer still takes; false when it has closed or reset the connection.
    bool try_send(std::string_view bytes) noexcept;
    /// Sends it all within `time`; false when the peer does not take it.
    bool sends_within(std::string_view bytes, std::chrono::milliseconds time) noexcept;
    /// Sends octets one by one, as far as they are taken.
    void drip(std::string_view bytes, std::chrono::milliseconds pause);

    /// The bytes up to and including `end`.
    [[nodiscard]] std::string read_until(std::string_view end);
    [[nodiscard]] std::string read_exactly(std::size_t count);
    /// All bytes until the peer closes (or resets: `was_reset`).
    [[nodiscard]] std::string read_all();
    /// Waits until the peer closes; true when it did so without another byte.
    [[nodiscard]] bool closes();
    /// True when a byte or the end has arrived already or arrives within `time`.
    [[nodiscard]] bool speaks_within(std::chrono::milliseconds time);
    [[nodiscard]] bool was_reset() const noexcept { return reset_; }

    void close_write();
    void close() noexcept;
    void reset() noexcept; ///< RST instead of FIN
    void shrink_buffers(int bytes);

    [[nodiscard]] std::string const& received() const noexcept { return received_; }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    bool fill(std::chrono::steady_clock::time_point deadline); ///< false at the end of the stream
    std::string take(std::size_t count);

    int descriptor_ = -1;
    bool ended_ = false;
    bool reset_ = false;
    std::string received_;
    std::size_t taken_ = 0;
};

/// A TCP port of loopback with the test behind it. Connections wait in the backlog until `accept` takes them.
class port_of_loopback
{
public:
    enum class kind
    {
        listening,
        refusing,   ///< bound, but every connect is refused
        unreachable ///< full backlog: connects are never answered
    };

    explicit port_of_loopback(kind what = kind::listening);
    ~port_of_loopback();
    port_of_loopback(port_of_loopback const&) = delete;
    port_of_loopback& operator=(port_of_loopback const&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] wire accept();
    /// True when somebody has connected (and was not accepted yet) or does so within `time`.
    [[nodiscard]] bool has_caller(std::chrono::milliseconds time = {}) const;
    void start_listening();
    void stop_listening(); ///< from now on every connect is refused

private:
    int descriptor_;
    int filler_ = -1;
    std::uint16_t port_ = 0;
};

} // namespace errata::test
