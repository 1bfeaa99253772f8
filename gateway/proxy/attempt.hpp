#pragma once

#include "proxy/upstream.hpp"

#include <optional>
#include <string>

namespace errata
{

class shard;

/// How far an attempt has come: with what happened there, it decides which failure it was.
enum class stage : std::uint8_t
{
    choose,
    resolve,
    connect,
    tls,
    send,
    head,
    content
};

/// One try to get an answer from one endpoint: opens or reuses a connection, sends the head (and content that is at
/// hand) in one write, reads the answer's head. Knows nothing of repeats, errors in answers or the client.
class attempt
{
public:
    explicit attempt(shard& home) : home_(home) {}
    attempt(attempt const&) = delete;
    attempt& operator=(attempt const&) = delete;
    ~attempt();

    /// Starts over with this endpoint.
    void begin(upstream& service, endpoint& to);
    /// There is no endpoint to try.
    void refuse(failure why);
    /// Takes an idle connection; false when there is none and `open` must be awaited.
    [[nodiscard]] bool reuse();
    /// Resolves, connects, and shakes hands where TLS is asked for.
    [[nodiscard]] task<> open();
    /// Sends head and content at hand, then reads the answer's head: `ask`, `send_rest`, `settled` in one.
    [[nodiscard]] task<> round_trip(std::string_view head, std::string_view content, std::string_view method,
                                    milliseconds patience);

    // The parts of a round trip, for whoever must do without a frame for it.
    /// Sends head and content at hand; false when some of it did not fit and `send_rest` is to be awaited. Both must
    /// stay where they are until then.
    [[nodiscard]] bool ask(std::string_view head, std::string_view content);
    [[nodiscard]] task<> send_rest();
    /// All is sent: the answer's head is what we wait for now, this long.
    void expect(milliseconds patience);
    /// Has the wait for the head an end? If not: `co_await arrival()`, then ask again.
    [[nodiscard]] bool settled(std::string_view method);
    [[nodiscard]] auto arrival() { return link_->wire.arrival(); }

    /// Reads the (next) head: after 1xx, or beside an upload.
    [[nodiscard]] task<> read_head(std::string_view method);

    [[nodiscard]] bool failed() const noexcept { return fault_.has_value(); }
    [[nodiscard]] failure fault() const noexcept { return *fault_; }
    /// Sets what went wrong unless something did already.
    void fail(failure why) noexcept
    {
        if(!fault_)
            fault_ = why;
    }
    [[nodiscard]] std::string_view fault_details() const noexcept
    {
        return details_;
    } ///< Proxy-Status parameters (rcode, alert-id)
    /// For the log only, which is where an error gets its words: most are never asked for.
    [[nodiscard]] std::string_view fault_text();
    /// May the upstream have acted on the request by now?
    [[nodiscard]] execution acted() const noexcept;

    [[nodiscard]] transport& wire() noexcept { return link_->wire; }
    [[nodiscard]] head const& answer() const noexcept { return link_->answer; }
    [[nodiscard]] endpoint* to() const noexcept { return to_; }
    [[nodiscard]] bool connected() const noexcept { return link_ != nullptr; }
    [[nodiscard]] bool reused() const noexcept { return reused_; }
    [[nodiscard]] bool answered_a_byte() const noexcept { return received_; }
    [[nodiscard]] stage where() const noexcept { return stage_; }
    [[nodiscard]] steady_time connected_at() const noexcept { return connected_at_; }

    /// Ends a wait on the connection from outside (client gone, total deadline, drain).
    void stop(failure why);
    /// The exchange is over in order: the connection goes back to the pool if it may serve again.
    void give_back(bool reusable);
    /// Nothing more will be done with the connection.
    void discard();

private:
    task<> connect(std::span<peer_address const> addresses);
    task<> secure();
    void expect_head();
    bool head_settled(std::string_view method);
    void describe_head();
    void note_end();
    void fail_by_alert(int alert);
    failure classify_connect(error_code ec) const noexcept;

    shard& home_;
    upstream* service_ = nullptr;
    endpoint* to_ = nullptr;
    std::unique_ptr<link> link_;
    connect_race* racing_ = nullptr; ///< while connecting
    send_queue out_;
    std::optional<failure> fault_;
    std::optional<failure> stopped_;
    std::string details_, text_;
    error_code error_; ///< not in `text_` yet
    steady_time connected_at_{};
    stage stage_ = stage::choose;
    bool reused_ = false, received_ = false, sent_ = false;
};

} // namespace errata
