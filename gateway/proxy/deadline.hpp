#pragma once

#include "proxy/net.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <array>
#include <bitset>
#include <exception>

namespace errata
{

class timer_wheel;

/// A coarse time-out: armed and disarmed for a few instructions, since a timer of its own for every operation costs
/// more than the rest of a request. Fires at most two ticks late, never early. Not movable: the wheel links it, and
/// goes on doing so when it is disarmed, since most deadlines are soon armed again.
class deadline
{
public:
    using action = void (*)(void* owner);

    deadline(timer_wheel& wheel, action fire, void* owner) noexcept : wheel_(wheel), fire_(fire), owner_(owner) {}
    deadline(deadline const&) = delete;
    deadline& operator=(deadline const&) = delete;
    ~deadline();

    /// Fires `after` from now; replaces what was armed before. Zero or less means never.
    void arm(milliseconds after);
    void disarm() noexcept;
    [[nodiscard]] bool armed() const noexcept { return expiry_ != 0; }

private:
    friend class timer_wheel;
    void unlink() noexcept;

    timer_wheel& wheel_;
    action fire_;
    void* owner_;
    std::uint64_t expiry_ = 0;    ///< tick number; 0: not armed
    deadline* next_ = nullptr;    ///< intrusive list of a slot
    deadline** link_ = nullptr;   ///< what points at us; null: in no slot
    std::uint64_t slot_time_ = 0; ///< the tick our slot will be visited at
};

/// All deadlines of a shard on one timer. Slots of one tick each; a deadline further away than a turn is visited once a
/// turn. Ticks only while something is due soon: an idle gateway sleeps.
class timer_wheel
{
public:
    static constexpr milliseconds tick{20};

    explicit timer_wheel(net::io_context& io);

    /// Stops the timer; armed deadlines stay linked but do not fire any more.
    void stop();

private:
    friend class deadline;
    static constexpr std::size_t slots = 4096; // 82 s a turn: most deadlines are visited once

    void insert(deadline& d);
    void wake_by(std::uint64_t at);
    void schedule(std::uint64_t at);
    void turn();
    [[nodiscard]] std::uint64_t next_occupied() const noexcept;
    [[nodiscard]] std::uint64_t tick_of(steady_time t) const noexcept; ///< never 0

    using timer = net::basic_waitable_timer<steady_clock, net::wait_traits<steady_clock>, executor>;
    timer timer_;
    steady_time start_;
    std::uint64_t current_ = 1; ///< the last tick whose slot was visited
    std::uint64_t wake_ = 0;    ///< the tick the timer will fire at; 0: not waiting
    std::size_t armed_ = 0;
    bool stopped_ = false;
    std::array<deadline*, slots> heads_{};
    std::bitset<slots> occupied_;
};

} // namespace errata
