#pragma once

#include "proxy/net.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace errata
{

/// Says when one of some files may have changed. Watches their directories, since most changes are renames over the
/// file (editors, `mv`) or over a link to its directory (`..data` of a mounted ConfigMap). Events of a short while are
/// one change.
class file_watch
{
public:
    static constexpr milliseconds calm{100}; ///< how long nothing must have happened

    file_watch(net::io_context& control, std::function<void()> changed);
    ~file_watch();
    file_watch(file_watch const&) = delete;
    file_watch& operator=(file_watch const&) = delete;

    /// Replaces what is watched. False when the system has no watches left.
    bool watch(std::vector<std::string> const& files);

private:
    void read();
    [[nodiscard]] bool concerns(std::size_t bytes) const;

    using timer = net::basic_waitable_timer<steady_clock, net::wait_traits<steady_clock>, executor>;
    std::function<void()> changed_;
    net::posix::basic_stream_descriptor<executor> events_;
    timer settling_;
    std::map<int, std::vector<std::string>> names_; ///< by watch: what in the directory concerns us; empty: anything
    alignas(8) std::array<char, 8192> buffer_;
};

} // namespace errata
