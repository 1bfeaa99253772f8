#pragma once

#include "proxy/clock.hpp"
#include "routing/snapshot.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace errata
{

class admission;

/// How many requests of an upstream are under way and how many wait, on all shards together. Touched only where a
/// limit is configured.
struct admission_counts
{
    std::atomic<unsigned> active{0}, waiting{0};
};

/// A place among the requests that an upstream may work on at a time: given back when it ends. Empty where no limit is
/// configured.
class place
{
public:
    place() = default;
    place(place&& other) noexcept : of_(std::exchange(other.of_, nullptr)), since_(other.since_) {}
    place& operator=(place&& other) noexcept
    {
        std::swap(of_, other.of_);
        std::swap(since_, other.since_);
        return *this;
    }
    ~place();

    /// Gives it back and lets the time it took count for the estimate of the next ones' wait.
    void release(steady_time now);
    [[nodiscard]] bool held() const noexcept { return of_; }

private:
    friend class admission;
    place(admission& of, steady_time since) noexcept : of_(&of), since_(since) {}

    admission* of_ = nullptr;
    steady_time since_{};
};

using waiter_hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;

/// A request that waits for its place. Lives in the frame of whoever waits; leaves the queue when it is destroyed.
/// `settled` is called once, on the stack of whoever settled it: it should post, not resume.
class waiter : public waiter_hook
{
public:
    enum class outcome : std::uint8_t
    {
        waiting,
        admitted,
        timed_out
    };
    using action = void (*)(void* owner);

    waiter(action settled, void* owner) noexcept : settled_(settled), owner_(owner) {}
    waiter(waiter const&) = delete;
    waiter& operator=(waiter const&) = delete;
    ~waiter();

    [[nodiscard]] outcome result() const noexcept { return result_; }
    [[nodiscard]] place take() noexcept { return std::move(got_); } ///< when admitted

private:
    friend class admission;
    action settled_;
    void* owner_;
    admission* of_ = nullptr; ///< while it is in the queue
    steady_time deadline_{};
    outcome result_ = outcome::waiting;
    place got_;
};

/// Concurrency limit of one upstream with a bounded queue, on one shard. The limit and the bound hold for all shards
/// together; each shard has its own first-come line.
class admission
{
public:
    using action = void (*)(void* owner);

    /// `config` and `shared` outlive it. `poke(owner)` asks the other shards to call `admit_waiting`.
    admission(concurrency_config const& config, admission_counts& shared, action poke, void* owner) noexcept
        : config_(config), shared_(shared), poke_(poke), owner_(owner)
    {
    }
    admission(admission const&) = delete;
    admission& operator=(admission const&) = delete;
    ~admission();

    enum class answer : std::uint8_t
    {
        admitted,
        queued,
        saturated
    };

    /// Admitted: `w.take()` is the place. Queued: `w` is settled later, at the latest by `tick` at
    /// now + queue_timeout or `patience`, whichever is sooner.
    [[nodiscard]] answer enter(waiter& w, steady_time now, milliseconds patience = milliseconds::max());

    /// A place was given back on another shard.
    void admit_waiting(steady_time now);
    /// Settles those whose time is up. To be called every tick; costs nothing while nobody waits.
    void tick(steady_time now);

    /// When a place is likely to be free for one more than those who wait now: from the measured time that requests
    /// take, up to half of it more by `random` (0..1), so that not all who are told come back at once.
    [[nodiscard]] milliseconds drain_estimate(double random) const noexcept;

    [[nodiscard]] std::size_t waiting_here() const noexcept { return queue_.size(); }
    [[nodiscard]] unsigned active() const noexcept { return shared_.active.load(std::memory_order_relaxed); }
    [[nodiscard]] bool limited() const noexcept { return config_.limit != 0; }

private:
    friend class place;
    friend class waiter;
    using queue = boost::intrusive::list<waiter>;

    void expire(steady_time now);
    void give_back(steady_time now);
    void measure(steady_clock::duration took) noexcept;
    [[nodiscard]] bool take_place() noexcept;
    [[nodiscard]] bool take_queue_position() noexcept;
    [[nodiscard]] bool others_wait() const noexcept;
    void settle(waiter& w, waiter::outcome how);
    void unlink(waiter& w) noexcept;

    concurrency_config const& config_;
    admission_counts& shared_;
    action poke_;
    void* owner_;
    queue queue_;
    steady_time earliest_deadline_ = steady_time::max(); ///< no later than the first in the queue
    steady_time last_{};         ///< the latest `now` we were told, for places that are dropped without one
    double service_seconds_ = 0; ///< moving mean; 0: nothing measured yet
    bool hand_on_ = false;       ///< whether the last free place went to this shard's own line while others waited too
};

} // namespace errata
