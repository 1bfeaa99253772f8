// Whatever happens to the output of the access log: requests are answered, what is lost is counted.
#include "operating.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace errata::test
{
namespace
{

class log_output : public testing::Test
{
protected:
    log_output() { std::filesystem::create_directory(directory); }
    ~log_output() override
    {
        gateway.reset();
        std::filesystem::remove_all(directory);
    }
    void start(std::string const& path)
    {
        gateway = std::make_unique<gateway_process>(operated(nobody.url(), "access_log: {path: " + path + "}\n"));
        admin = gateway->port_named("admin");
    }
    void expect_an_answer() const { EXPECT_EQ(get(gateway->port(), "/x").status, 502U); }
    void expect_answers(int count) const
    {
        for(int i = 0; i < count; ++i)
            expect_an_answer();
    }
    /// Waits until the metric is at least that.
    void wait_for(std::string const& series, double least) const
    {
        EXPECT_TRUE(comes_true([&] { return metric(get(admin, "/metrics").body, series) >= least; })) << series;
    }
    static std::size_t lines_of(std::string const& file)
    {
        std::ifstream in(file);
        std::size_t count = 0;
        for(std::string line; std::getline(in, line); ++count)
            EXPECT_NO_THROW((void)boost::json::parse(line)) << line;
        return count;
    }
    /// Waits until a file has so many whole lines.
    static void wait_for_lines(std::string const& file, std::size_t wanted)
    {
        EXPECT_TRUE(comes_true([&] { return lines_of(file) >= wanted; })) << file;
    }

    std::string const directory =
        (std::filesystem::temp_directory_path() / ("errata-log-" + std::to_string(::getpid()))).string();
    port_of_loopback const nobody{port_of_loopback::kind::refusing};
    std::unique_ptr<gateway_process> gateway;
    std::uint16_t admin = 0;
};

TEST_F(log_output, that_was_rotated_is_opened_again_on_sigusr1)
{
    auto const file = directory + "/access.log", rotated = file + ".1";
    start(file);
    expect_answers(3);
    wait_for_lines(file, 3);
    std::filesystem::rename(file, rotated);
    gateway->signal(SIGUSR1);
    ASSERT_TRUE(gateway->logs("access log opened again"));
    EXPECT_TRUE(comes_true([&] { return std::filesystem::exists(file); }));
    expect_answers(2);
    wait_for_lines(file, 2);
    EXPECT_EQ(lines_of(rotated), 3U);
}

TEST_F(log_output, that_is_full_costs_lines_and_nothing_else)
{
    start("/dev/full");
    expect_answers(20);
    wait_for("errata_log_lines_dropped_total", 20);
    expect_an_answer();
    EXPECT_TRUE(gateway->logs("access log /dev/full: No space left on device: lines are lost"));
    EXPECT_EQ(gateway->stop(), 0);
}

TEST_F(log_output, that_cannot_be_opened_is_told_and_tried_again_on_sigusr1)
{
    start(directory + "/later/access.log");
    expect_answers(2);
    EXPECT_TRUE(gateway->logs("/later/access.log: No such file or directory: lines are lost"));
    gateway->signal(SIGUSR1);
    std::filesystem::create_directory(directory + "/later");
    EXPECT_TRUE(comes_true(
        [&]
        {
            gateway->signal(SIGUSR1);
            return gateway->log().find("access log opened again") != std::string::npos;
        }));
    expect_an_answer();
    wait_for_lines(directory + "/later/access.log", 1);
    EXPECT_TRUE(gateway->logs("lines are written again"));
}

TEST_F(log_output, that_nobody_reads_any_more_costs_lines_and_nothing_else)
{
    auto const pipe = directory + "/pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    auto const reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    start(pipe);
    expect_answers(2);
    wait_for("errata_log_lines_total", 2);
    ::close(reader);
    expect_answers(20);
    wait_for("errata_log_lines_dropped_total", 20);
    EXPECT_EQ(gateway->stop(), 0);
}

TEST_F(log_output, that_is_read_by_nobody_holds_up_neither_requests_nor_the_end)
{
    auto const pipe = directory + "/pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    auto const sleeper = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(sleeper, 0);
    start(pipe);
    expect_answers(500); // more than a pipe holds
    EXPECT_EQ(gateway->stop(), 0);
    ::close(sleeper);
}

TEST_F(log_output, cannot_be_named_wrongly)
{
    gateway = std::make_unique<gateway_process>(operated(nobody.url()));
    admin = gateway->port_named("admin");
    gateway->rewrite_configuration(
        operated(nobody.url(), "access_log: {format: text, text_format: '{tiem} {status}'}\n"));
    auto const refused = post(admin, "/reload");
    EXPECT_EQ(refused.status, 409U);
    EXPECT_NE(refused.body.find("{time}"), std::string::npos) << refused.body;
    EXPECT_NE(refused.body.find("errata.yaml:6:"), std::string::npos) << refused.body;
}

} // namespace
} // namespace errata::test
