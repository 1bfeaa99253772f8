#include "admin/operation.hpp"

#include <gtest/gtest.h>

namespace errata
{
namespace
{

loaded reading(std::string const& route)
{
    return load_text("version: 1\nthreads: 1\naccess_log: off\nlisteners: [{address: 127.0.0.1:0}]\n"
                     "upstreams: {up: {endpoints: ['http://127.0.0.1:9']}}\nroutes: [{name: " +
                         route + ", upstream: up}]\n",
                     "errata.yaml", [](std::string const&) { return std::nullopt; });
}

struct started
{
    explicit started(operation::loader load_again) : running(control, "test", std::move(load_again))
    {
        EXPECT_TRUE(running.start(reading("first")));
        control.poll();
    }
    ~started()
    {
        running.drain();
        running.drain();
        control.run();
    }
    [[nodiscard]] std::string route() const { return running.config().routes->all().front().second.name; }

    net::io_context control{1};
    operation running;
};

TEST(operation, loads_again_what_changed_between_its_reading_and_its_watching)
{
    started const s([] { return reading("second"); });
    EXPECT_EQ(s.route(), "second");
    EXPECT_EQ(s.running.facts().reloads_done, 1U);
}

TEST(operation, loads_nothing_again_that_stayed_as_it_was)
{
    started const s([] { return reading("first"); });
    EXPECT_EQ(s.route(), "first");
    EXPECT_EQ(s.running.facts().reloads_done, 0U);
}

} // namespace
} // namespace errata
