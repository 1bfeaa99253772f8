#pragma once

#include "proxy/log_line.hpp"
#include "routing/snapshot.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace errata
{

/// The end of the access log that one shard writes to. Lines are put into memory and handed over at the tick; when the
/// writer is behind (a full pipe, a slow disk) and the memory is used up, lines are dropped and counted: logging never
/// holds up a request.
class log_lane
{
public:
    log_lane(log_line format, double sample_success, std::size_t capacity, std::atomic<std::uint32_t>& bell);

    /// Whether there shall be a line. `random()` (0..1) decides about successes where only a share of them is wanted.
    template <class Random>
    [[nodiscard]] bool wants(bool success, Random const& random) const
    {
        return !success || sample_success_ >= 1 || random() < sample_success_;
    }
    /// Writes the record down, or drops it.
    void write(access_record const& record);
    /// Hands what was written to the writer if it is ready for it. To be called every tick.
    void flush();
    /// There are lines that the writer did not take yet.
    [[nodiscard]] bool waiting() const noexcept { return filling_.used != 0; }

    [[nodiscard]] std::uint64_t written() const noexcept { return written_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

private:
    friend class access_log;
    struct buffer
    {
        std::vector<char> bytes;
        std::size_t used = 0, lines = 0;
    };
    bool append(access_record const& record);

    log_line format_;
    double sample_success_;
    buffer filling_; ///< the shard's
    buffer handed_;  ///< the writer's while `busy_`, else the shard's
    std::atomic<bool> busy_{false};
    std::atomic<std::uint32_t>& bell_; ///< wakes the writer
    std::atomic<std::uint64_t> written_{0}, dropped_{0};
};

/// The access log: one file, pipe or standard output, one thread that writes, one lane per shard.
///
/// Whatever happens to the output (no space, a reader that left, a reader that sleeps) costs lines, which are counted,
/// and nothing else.
class access_log
{
public:
    /// `lane_capacity` is in bytes; each lane has twice that.
    access_log(access_log_config const& config, unsigned lanes, std::size_t lane_capacity = 256 * 1024);
    /// Writes what the lanes still have, within a second. The shards must have ended.
    ~access_log();
    access_log(access_log const&) = delete;
    access_log& operator=(access_log const&) = delete;

    [[nodiscard]] bool enabled() const noexcept { return config_.format != log_format::off; }
    [[nodiscard]] log_lane& lane(unsigned i) noexcept { return lanes_[i]; }

    /// Opens the path again (after rotation). From any thread.
    void reopen() noexcept;

    /// Lines that went nowhere, for whatever reason. From any thread.
    [[nodiscard]] std::uint64_t dropped() const noexcept;
    [[nodiscard]] std::uint64_t written() const noexcept;
    /// errno of the last failed open or write, 0 when the last one went well.
    [[nodiscard]] int last_error() const noexcept { return error_.load(std::memory_order_relaxed); }

private:
    void run();
    bool open_output();
    void note(int error);
    bool drain_lanes();
    bool fetch_the_rest();
    void write_out(log_lane& from);
    [[nodiscard]] std::size_t write_all(char const* bytes, std::size_t size);
    [[nodiscard]] bool wait_writable();
    [[nodiscard]] bool out_of_time() const noexcept;

    access_log_config config_;
    std::atomic<std::uint32_t> bell_{0};
    std::atomic<bool> reopen_{false}, stopping_{false};
    std::atomic<std::uint64_t> lost_{0}; ///< by the writer
    std::atomic<int> error_{0};
    std::atomic<std::int64_t> give_up_at_{0}; ///< steady clock, while stopping
    std::deque<log_lane> lanes_;
    int descriptor_ = -1;
    bool own_descriptor_ = false, regular_ = false;
    bool cut_ = false; ///< the last write ended within a line
    std::thread writer_;
};

} // namespace errata
