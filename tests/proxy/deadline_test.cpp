#include "proxy/deadline.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <vector>

namespace errata
{
namespace
{

struct alarm_clock
{
    alarm_clock(timer_wheel& wheel, milliseconds after) : due(steady_clock::now() + after), bell(wheel, &ring, this)
    {
        bell.arm(after);
    }

    static void ring(void* self) { static_cast<alarm_clock*>(self)->rang = steady_clock::now(); }

    steady_time due;
    steady_time rang{};
    deadline bell;
};

// Neighbouring slots were skipped for a whole turn of 82 seconds when their tick had just begun.
TEST(timer_wheel, visits_every_slot_in_its_turn)
{
    net::io_context io;
    timer_wheel wheel(io);
    std::vector<std::unique_ptr<alarm_clock>> clocks;
    for(int ms = 1; ms <= 300; ms += 7)
        clocks.push_back(std::make_unique<alarm_clock>(wheel, milliseconds(ms)));
    io.run_for(std::chrono::seconds(2));
    for(auto const& c : clocks)
    {
        ASSERT_NE(c->rang, steady_time{}) << "never rang";
        EXPECT_GE(c->rang, c->due) << "early";
        EXPECT_LT(c->rang - c->due, std::chrono::seconds(1)) << "late";
    }
}

TEST(timer_wheel, goes_on_after_an_exception_in_one_of_its_actions)
{
    net::io_context io;
    timer_wheel wheel(io);
    alarm_clock before(wheel, milliseconds(20));
    deadline broken(
        wheel, [](void*) { throw std::bad_alloc{}; }, nullptr);
    broken.arm(milliseconds(20));
    alarm_clock after(wheel, milliseconds(20)), later(wheel, milliseconds(100));
    EXPECT_THROW(io.run_for(std::chrono::seconds(2)), std::bad_alloc);
    io.run_for(std::chrono::seconds(2));
    for(auto const* clock : {&before, &after, &later})
        EXPECT_NE(clock->rang, steady_time{});
}

TEST(timer_wheel, moves_a_deadline_that_is_armed_again)
{
    net::io_context io;
    timer_wheel wheel(io);
    alarm_clock clock(wheel, milliseconds(20));
    clock.due = steady_clock::now() + milliseconds(100);
    clock.bell.arm(milliseconds(100));
    io.run_for(std::chrono::seconds(1));
    EXPECT_GE(clock.rang, clock.due);
}

TEST(timer_wheel, forgets_a_deadline_that_is_disarmed)
{
    net::io_context io;
    timer_wheel wheel(io);
    alarm_clock clock(wheel, milliseconds(20));
    clock.bell.disarm();
    io.run_for(milliseconds(100));
    EXPECT_EQ(clock.rang, steady_time{});
}

// A disarmed deadline keeps its place in the wheel, which sleeps meanwhile: armed again, it must wake it.
TEST(timer_wheel, wakes_for_a_deadline_that_is_armed_again_after_all_were_disarmed)
{
    net::io_context io;
    timer_wheel wheel(io);
    alarm_clock early(wheel, milliseconds(20)), late(wheel, milliseconds(200));
    early.bell.disarm();
    late.bell.disarm();
    io.run();
    late.due = steady_clock::now() + milliseconds(300);
    late.bell.arm(milliseconds(300));
    io.restart();
    io.run();
    EXPECT_EQ(early.rang, steady_time{});
    EXPECT_GE(late.rang, late.due);
}

} // namespace
} // namespace errata
