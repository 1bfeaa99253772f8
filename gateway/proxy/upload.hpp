#pragma once

#include "proxy/content.hpp"

#include <cstdint>
#include <optional>

namespace errata
{

/// Sends a request's content upstream while it arrives, beside whoever reads the answer. What goes wrong on the
/// client's side stops the upstream connection with that reason; an upstream that takes no more ends the upload
/// silently, since its answer may still come.
class upload
{
public:
    struct limits
    {
        milliseconds body, write, response;
        unsigned min_rate;  ///< bytes per second that the client must keep, 0: none
        std::uint64_t most; ///< bytes of content, 0: no limit
    };

    /// Spawns it. Everything given must outlive `finished`.
    void start(net::io_context& io, content& from, transport& client, transport& upstream, bool chunked,
               limits const& bounds);
    [[nodiscard]] bool running() const noexcept { return running_; }
    [[nodiscard]] bool complete() const noexcept { return complete_; }
    /// What went wrong on the client's side.
    [[nodiscard]] std::optional<failure> fault() const noexcept { return fault_; }
    /// Ends it early and waits until it has: an early final answer (already read), a failure upstream. The upstream
    /// connection is of no further use then.
    [[nodiscard]] task<> finish();
    void forget() noexcept { complete_ = true, fault_.reset(); }

private:
    [[nodiscard]] task<> run();
    void blame_client(failure why);
    [[nodiscard]] task<> more_content();

    content* from_ = nullptr;
    transport* client_ = nullptr;
    transport* upstream_ = nullptr;
    limits bounds_{};
    out_buffer frame_;
    milliseconds waited_{0}; ///< for the client, in all
    event finished_;
    std::optional<failure> fault_;
    bool chunked_ = false, running_ = false, complete_ = true, ending_ = false;
};

} // namespace errata
