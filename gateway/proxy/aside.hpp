#pragma once

#include "proxy/net.hpp"

#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>

namespace errata
{

/// One thread beside the workers, for what would hold a worker too long: a large error body is read and written anew
/// there, while its worker serves others; freed memory is returned to the system. Begins with the first job; its end
/// waits for the job under way.
class aside
{
public:
    /// A body beyond that goes there. What is smaller is done sooner than a bare parse of 64 KiB would be.
    static constexpr std::size_t worthwhile = 32 * 1024;

    /// Calls `job` on that thread and resumes on `home`, the caller's own loop, which must outlive this object. What
    /// `job` throws is thrown here.
    /// Cannot be cancelled: whoever waits keeps all that the job looks at.
    [[nodiscard]] task<> run(net::io_context& home, std::function<void()> job);
    /// Calls it there some time; nobody waits. It must not throw.
    void post(std::function<void()> job);

private:
    [[nodiscard]] net::thread_pool& thread();

    std::once_flag begun_;
    std::optional<net::thread_pool> thread_;
};

} // namespace errata
