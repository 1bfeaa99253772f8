#include "proxy/access_log.hpp"

#include "proxy/clock.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace errata
{

namespace
{

constexpr std::chrono::seconds last_words{1};

void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) noexcept
{
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); // one thread writes it
}

} // namespace

log_lane::log_lane(log_line format, double sample_success, std::size_t capacity, std::atomic<std::uint32_t>& bell)
    : format_(std::move(format)), sample_success_(sample_success), bell_(bell)
{
    filling_.bytes.resize(capacity);
    handed_.bytes.resize(capacity);
}

void log_lane::write(access_record const& record)
{
    if(filling_.bytes.empty())
        return; // no log
    if(append(record))
        return;
    flush();
    if(!append(record))
        add(dropped_, 1);
}

bool log_lane::append(access_record const& record)
{
    line_sink out{std::span{filling_.bytes}.subspan(filling_.used)};
    if(!format_.write(record, out))
        return false;
    filling_.used += out.size();
    ++filling_.lines;
    add(written_, 1);
    return true;
}

void log_lane::flush()
{
    if(filling_.used == 0 || busy_.load(std::memory_order_acquire))
        return;
    std::swap(filling_, handed_);
    filling_.used = filling_.lines = 0;
    busy_.store(true, std::memory_order_release);
    bell_.fetch_add(1, std::memory_order_release);
    bell_.notify_one();
}

access_log::access_log(access_log_config const& config, unsigned lanes, std::size_t lane_capacity) : config_(config)
{
    if(!enabled())
        lane_capacity = 0;
    for(unsigned i = 0; i < lanes; ++i)
        lanes_.emplace_back(config.format == log_format::text ? log_line::text(config.text_format) : log_line::json(),
                            config.sample_success, lane_capacity, bell_);
    if(!enabled())
        return;
    open_output();
    // Signals are for the main thread; a broken pipe is an error like any other here.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    writer_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

access_log::~access_log()
{
    if(writer_.joinable())
    {
        for(auto& lane : lanes_)
            lane.flush();
        give_up_at_ = (steady_clock::now() + last_words).time_since_epoch().count();
        stopping_ = true;
        bell_.fetch_add(1);
        bell_.notify_one();
        writer_.join();
    }
    if(own_descriptor_)
        ::close(descriptor_);
}

void access_log::reopen() noexcept
{
    reopen_ = true;
    bell_.fetch_add(1);
    bell_.notify_one();
}

std::uint64_t access_log::dropped() const noexcept
{
    auto sum = lost_.load(std::memory_order_relaxed);
    for(auto const& lane : lanes_)
        sum += lane.dropped();
    return sum;
}

std::uint64_t access_log::written() const noexcept
{
    std::uint64_t sum = 0;
    for(auto const& lane : lanes_)
        sum += lane.written();
    return sum - std::min(sum, lost_.load(std::memory_order_relaxed));
}

/// The writer thread.
void access_log::run()
{
    for(;;)
    {
        auto const rung = bell_.load(std::memory_order_acquire);
        auto const stopping = stopping_.load();
        if(reopen_.exchange(false) && open_output())
            spdlog::info("access log opened again");
        if(drain_lanes())
            continue;
        // The shards have ended: what they wrote while we were busy is ours to fetch.
        if(stopping && fetch_the_rest())
            continue;
        if(stopping)
            return;
        bell_.wait(rung, std::memory_order_acquire);
    }
}

bool access_log::drain_lanes()
{
    bool any = false;
    for(auto& lane : lanes_)
    {
        if(!lane.busy_.load(std::memory_order_acquire))
            continue;
        write_out(lane);
        lane.busy_.store(false, std::memory_order_release);
        any = true;
    }
    return any;
}

bool access_log::fetch_the_rest()
{
    bool any = false;
    for(auto& lane : lanes_)
    {
        any = any || lane.waiting();
        lane.flush();
    }
    return any;
}

/// Tells the operator when writing begins to fail, and when it goes well again.
void access_log::note(int error)
{
    auto const before = error_.exchange(error);
    if(error && !before)
        spdlog::error("access log {}: {}: lines are lost", config_.path, std::generic_category().message(error));
    else if(before && !error)
        spdlog::info("access log {}: lines are written again", config_.path);
}

bool access_log::open_output()
{
    if(config_.path == "-")
    {
        descriptor_ = STDOUT_FILENO;
    }
    else
    {
        // O_NONBLOCK: a FIFO without a reader must not hold us up.
        int const opened = ::open(config_.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
        if(opened < 0)
        {
            note(errno);
            return false; // what was open before is better than nothing
        }
        if(own_descriptor_)
            ::close(descriptor_);
        descriptor_ = opened;
        own_descriptor_ = true;
        cut_ = false;
    }
    struct stat about
    {
    };
    regular_ = ::fstat(descriptor_, &about) == 0 && S_ISREG(about.st_mode);
    return true;
}

void access_log::write_out(log_lane& from)
{
    auto const& b = from.handed_;
    if(cut_ && write_all("\n", 1) == 1)
        cut_ = false;
    auto const done = cut_ ? 0 : write_all(b.bytes.data(), b.used);
    if(done == b.used)
        return;
    auto const whole = static_cast<std::size_t>(std::count(b.bytes.data(), b.bytes.data() + done, '\n'));
    cut_ = cut_ || (done && b.bytes[done - 1] != '\n');
    lost_.fetch_add(b.lines - whole, std::memory_order_relaxed);
}

/// Returns how much could be written. Never blocks for good: waits for a reader that sleeps, but not beyond the end.
std::size_t access_log::write_all(char const* bytes, std::size_t size)
{
    std::size_t done = 0;
    while(descriptor_ >= 0 && done < size)
    {
        // POSIX: when a pipe is writable, PIPE_BUF bytes fit. Standard output is not ours to make non-blocking.
        auto const piece = regular_ ? size - done : std::min<std::size_t>(size - done, PIPE_BUF);
        if(!regular_ && !wait_writable())
            return done;
        auto const n = ::write(descriptor_, bytes + done, piece);
        if(n >= 0)
        {
            done += static_cast<std::size_t>(n);
            note(0);
        }
        else if(errno != EINTR && errno != EAGAIN)
        {
            note(errno);
            return done;
        }
    }
    return done;
}

bool access_log::wait_writable()
{
    while(!out_of_time())
    {
        pollfd waiting{descriptor_, POLLOUT, 0};
        auto const ready = ::poll(&waiting, 1, 100);
        if(ready > 0 && (waiting.revents & POLLOUT))
            return true;
        if(ready > 0 || reopen_) // closed, broken, or somebody wants another file
        {
            if(ready > 0)
                note(waiting.revents & POLLNVAL ? EBADF : EPIPE);
            return false;
        }
    }
    return false;
}

bool access_log::out_of_time() const noexcept
{
    return stopping_ && steady_clock::now().time_since_epoch().count() > give_up_at_;
}

} // namespace errata
