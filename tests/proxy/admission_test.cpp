#include "proxy/admission.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <memory>
#include <vector>

namespace errata
{
namespace
{

using namespace std::chrono_literals;
using answer = admission::answer;
using outcome = waiter::outcome;

concurrency_config limits(unsigned limit, unsigned queue)
{
    concurrency_config c;
    c.limit = limit;
    c.queue = queue;
    c.queue_timeout = 1s;
    return c;
}

/// A request as the exchange sees it.
struct request
{
    waiter w{[](void* self) { ++static_cast<request*>(self)->settled; }, this};
    int settled = 0;
};

/// Two shards of one upstream; a poke reaches the other at once.
struct shards
{
    explicit shards(concurrency_config c) : config(c) {}

    template <admission shards::*Other>
    static void poke(void* p)
    {
        auto* const self = static_cast<shards*>(p);
        ++self->pokes;
        (self->*Other).admit_waiting(self->now);
    }

    concurrency_config config;
    admission_counts counts;
    int pokes = 0;
    steady_time now{1h};
    admission here{config, counts, poke<&shards::there>, this};
    admission there{config, counts, poke<&shards::here>, this};
};

TEST(admission, touches_nothing_without_a_limit)
{
    shards s{limits(0, 0)};
    request r;
    EXPECT_EQ(s.here.enter(r.w, s.now), answer::admitted);
    EXPECT_FALSE(r.w.take().held());
    EXPECT_EQ(s.counts.active, 0u);
}

TEST(admission, admits_as_many_as_the_limit_over_all_shards)
{
    shards s{limits(3, 0)};
    request r[4];
    EXPECT_EQ(s.here.enter(r[0].w, s.now), answer::admitted);
    EXPECT_EQ(s.there.enter(r[1].w, s.now), answer::admitted);
    EXPECT_EQ(s.here.enter(r[2].w, s.now), answer::admitted);
    EXPECT_EQ(s.there.enter(r[3].w, s.now), answer::saturated);
    r[0].w.take().release(s.now);
    EXPECT_EQ(s.there.enter(r[3].w, s.now), answer::admitted);
}

TEST(admission, queues_as_many_as_configured_over_all_shards)
{
    shards s{limits(1, 2)};
    request r[4];
    EXPECT_EQ(s.here.enter(r[0].w, s.now), answer::admitted);
    EXPECT_EQ(s.here.enter(r[1].w, s.now), answer::queued);
    EXPECT_EQ(s.there.enter(r[2].w, s.now), answer::queued);
    EXPECT_EQ(s.here.enter(r[3].w, s.now), answer::saturated);
}

TEST(admission, serves_the_line_in_its_order)
{
    shards s{limits(1, 10)};
    request r[4];
    for(auto& x : r)
        (void)s.here.enter(x.w, s.now);
    auto held = r[0].w.take();
    for(int i = 1; i < 4; ++i)
    {
        EXPECT_EQ(r[i].w.result(), outcome::waiting);
        held.release(s.now);
        EXPECT_EQ(r[i].w.result(), outcome::admitted) << i;
        EXPECT_EQ(r[i].settled, 1);
        held = r[i].w.take();
        EXPECT_EQ(s.counts.active, 1u);
    }
    held.release(s.now);
    EXPECT_EQ(s.counts.active, 0u);
    EXPECT_EQ(s.counts.waiting, 0u);
}

TEST(admission, gives_a_place_back_that_is_dropped)
{
    shards s{limits(1, 1)};
    request first;
    auto second = std::make_unique<request>();
    (void)s.here.enter(first.w, s.now);
    (void)s.here.enter(second->w, s.now);
    {
        auto const dropped = first.w.take();
    }
    EXPECT_EQ(second->w.result(), outcome::admitted);
    second.reset(); // admitted, but gone before it took its place
    EXPECT_EQ(s.counts.active, 0u);
}

TEST(admission, lets_a_waiter_leave_the_line)
{
    shards s{limits(1, 1)};
    request first, third;
    (void)s.here.enter(first.w, s.now);
    {
        request second;
        EXPECT_EQ(s.here.enter(second.w, s.now), answer::queued);
    }
    EXPECT_EQ(s.here.enter(third.w, s.now), answer::queued);
    EXPECT_EQ(s.counts.waiting, 1u);
}

TEST(admission, ends_a_wait_after_the_queue_timeout_or_the_callers_patience)
{
    shards s{limits(1, 5)};
    request first, usual, hurried;
    (void)s.here.enter(first.w, s.now);
    (void)s.here.enter(usual.w, s.now);
    (void)s.here.enter(hurried.w, s.now, 200ms);
    s.here.tick(s.now + 199ms);
    EXPECT_EQ(hurried.w.result(), outcome::waiting);
    s.here.tick(s.now + 200ms);
    EXPECT_EQ(hurried.w.result(), outcome::timed_out);
    EXPECT_EQ(usual.w.result(), outcome::waiting);
    s.here.tick(s.now + 1s);
    EXPECT_EQ(usual.w.result(), outcome::timed_out);
    EXPECT_EQ(usual.settled, 1);
    EXPECT_EQ(s.counts.waiting, 0u);
    EXPECT_EQ(s.counts.active, 1u);
}

TEST(admission, gives_a_free_place_to_another_shards_line)
{
    shards s{limits(1, 5)};
    request first, elsewhere;
    (void)s.here.enter(first.w, s.now);
    EXPECT_EQ(s.there.enter(elsewhere.w, s.now), answer::queued);
    first.w.take().release(s.now);
    EXPECT_EQ(s.pokes, 1);
    EXPECT_EQ(elsewhere.w.result(), outcome::admitted);
    EXPECT_EQ(s.counts.active, 1u);
}

TEST(admission, does_not_let_one_shards_line_starve_anothers)
{
    shards s{limits(1, 50)};
    std::list<request> here(20), there(20);
    request first;
    (void)s.here.enter(first.w, s.now);
    for(auto& r : here)
        (void)s.here.enter(r.w, s.now);
    for(auto& r : there)
        (void)s.there.enter(r.w, s.now);
    auto held = first.w.take();
    auto const admitted = [](request& r) { return r.w.result() == outcome::admitted && r.settled == 1; };
    for(int i = 0; i < 20; ++i)
    {
        held.release(s.now);
        for(auto* line : {&here, &there})
            for(auto& r : *line)
                if(admitted(r))
                    held = r.w.take(), r.settled = 2;
        ASSERT_TRUE(held.held());
    }
    auto const served = std::ranges::count_if(there, [](request& r) { return r.settled == 2; });
    EXPECT_GE(served, 5);
    EXPECT_LE(served, 15);
}

TEST(admission, finds_a_place_that_was_left_to_a_line_that_had_ended)
{
    shards s{limits(1, 5)};
    request waiting;
    {
        request first;
        (void)s.here.enter(first.w, s.now);
        EXPECT_EQ(s.here.enter(waiting.w, s.now), answer::queued);
        s.counts.waiting = 2; // as if another shard's waiter were about to give up
        first.w.take().release(s.now);
        s.counts.waiting = s.here.waiting_here();
    }
    s.here.tick(s.now);
    EXPECT_EQ(waiting.w.result(), outcome::admitted);
}

TEST(drain_estimate, comes_from_the_time_requests_take_and_the_line)
{
    struct row
    {
        unsigned limit;
        milliseconds took;
        int waiting;
        milliseconds wanted;
    };
    row const rows[] = {
        {1, 2s, 0, 2s}, {1, 2s, 3, 8s}, {4, 2s, 3, 2s}, {10, 500ms, 0, 50ms}, {1, 1h, 9, 300s},
    };
    for(auto const& r : rows)
    {
        shards s{limits(r.limit, 100)};
        std::list<request> active(r.limit), line(std::size_t(r.waiting));
        request measured;
        (void)s.here.enter(measured.w, s.now);
        measured.w.take().release(s.now + r.took);
        for(auto& x : active)
            ASSERT_EQ(s.here.enter(x.w, s.now), answer::admitted);
        for(auto& x : line)
            ASSERT_EQ(s.here.enter(x.w, s.now), answer::queued);
        EXPECT_EQ(s.here.drain_estimate(0), r.wanted);
        EXPECT_EQ(s.here.drain_estimate(1), r.wanted * 3 / 2) << "at most half as much again";
    }
}

} // namespace
} // namespace errata
