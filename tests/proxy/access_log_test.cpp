#include "proxy/access_log.hpp"

#include "support/waiting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace errata
{
namespace
{

struct directory
{
    directory()
    {
        char name[] = "/tmp/errata-log-XXXXXX";
        path = mkdtemp(name);
    }
    ~directory() { std::filesystem::remove_all(path); }
    [[nodiscard]] std::string file(std::string const& name) const { return path + '/' + name; }
    std::string path;
};

access_log_config text_to(std::string path)
{
    access_log_config c;
    c.format = log_format::text;
    c.text_format = "{path}";
    c.path = std::move(path);
    return c;
}

access_record record(std::string_view path, unsigned status = 200)
{
    access_record r;
    r.path = path;
    r.status = status;
    return r;
}

std::string content(std::string const& path)
{
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(access_log, writes_the_lines_of_all_lanes)
{
    directory d;
    {
        access_log log{text_to(d.file("log")), 2};
        log.lane(0).write(record("/a"));
        log.lane(1).write(record("/b"));
        log.lane(0).write(record("/c"));
        EXPECT_EQ(log.written(), 3u);
    }
    EXPECT_THAT(content(d.file("log")), testing::AnyOf("/a\n/c\n/b\n", "/b\n/a\n/c\n"));
}

TEST(access_log, writes_each_line_whole_or_counts_it_as_dropped)
{
    directory d;
    std::uint64_t dropped = 0;
    {
        access_log log{text_to(d.file("log")), 2, 4096}; // memory for 600 lines each
        auto const busy_shard = [](log_lane& lane)
        {
            for(int i = 0; i < 20'000; ++i)
            {
                lane.write(record("/line"));
                if(i % 100 == 99)
                    lane.flush();
            }
        };
        std::thread first(busy_shard, std::ref(log.lane(0))), second(busy_shard, std::ref(log.lane(1)));
        first.join(), second.join();
        dropped = log.dropped();
        EXPECT_EQ(log.written() + dropped, 40'000u);
    }
    std::ifstream in(d.file("log"));
    std::uint64_t lines = 0;
    for(std::string line; std::getline(in, line); ++lines)
        ASSERT_EQ(line, "/line");
    EXPECT_EQ(lines + dropped, 40'000u);
}

TEST(access_log, is_only_a_share_of_the_successes_where_that_is_wanted)
{
    directory d;
    auto c = text_to(d.file("log"));
    c.sample_success = 0.25;
    access_log log{c, 1};
    auto const wants = [&](bool success, double random) { return log.lane(0).wants(success, [&] { return random; }); };
    EXPECT_TRUE(wants(true, 0.24));
    EXPECT_FALSE(wants(true, 0.25));
    EXPECT_TRUE(wants(false, 0.99));
}

TEST(access_log, goes_on_in_a_new_file_after_rotation)
{
    directory d;
    access_log log{text_to(d.file("log")), 1};
    log.lane(0).write(record("/before"));
    log.lane(0).flush();
    EXPECT_TRUE(test::comes_true([&] { return content(d.file("log")) == "/before\n"; }));
    std::filesystem::rename(d.file("log"), d.file("log.1"));
    log.reopen();
    EXPECT_TRUE(test::comes_true([&] { return std::filesystem::exists(d.file("log")); }));
    log.lane(0).write(record("/after"));
    log.lane(0).flush();
    EXPECT_TRUE(test::comes_true([&] { return content(d.file("log")) == "/after\n"; }));
    EXPECT_EQ(content(d.file("log.1")), "/before\n");
}

TEST(access_log, appends_to_what_is_there)
{
    directory d;
    std::ofstream(d.file("log")) << "/old\n";
    {
        access_log log{text_to(d.file("log")), 1};
        log.lane(0).write(record("/new"));
    }
    EXPECT_EQ(content(d.file("log")), "/old\n/new\n");
}

TEST(access_log, drops_and_counts_when_the_reader_of_a_pipe_sleeps)
{
    directory d;
    ASSERT_EQ(mkfifo(d.file("pipe").c_str(), 0600), 0);
    int const reader = open(d.file("pipe").c_str(), O_RDONLY | O_NONBLOCK);
    std::string const long_path(1000, 'x');
    {
        access_log log{text_to(d.file("pipe")), 1, 8192};
        for(int i = 0; i < 1'000; ++i)
        {
            log.lane(0).write(record(long_path)); // a megabyte: a pipe holds 64 KiB
            log.lane(0).flush();
        }
        EXPECT_GT(log.dropped(), 800u);

        // The reader wakes up: lines get through again, none of them mixed up.
        std::string got;
        char bytes[4096];
        auto const last = [&] { return got.ends_with("\n/last\n"); };
        EXPECT_TRUE(test::comes_true(
            [&]
            {
                log.lane(0).write(record("/last"));
                log.lane(0).flush();
                for(ssize_t n; (n = read(reader, bytes, sizeof bytes)) > 0;)
                    got.append(bytes, static_cast<std::size_t>(n));
                return last();
            }));
    }
    close(reader);
}

TEST(access_log, ends_though_the_reader_of_a_pipe_sleeps)
{
    directory d;
    ASSERT_EQ(mkfifo(d.file("pipe").c_str(), 0600), 0);
    int const reader = open(d.file("pipe").c_str(), O_RDONLY | O_NONBLOCK);
    {
        access_log log{text_to(d.file("pipe")), 1, 256 * 1024};
        for(int i = 0; i < 1'000; ++i)
            log.lane(0).write(record(std::string(1000, 'x')));
    }
    close(reader);
}

TEST(access_log, survives_a_reader_that_left)
{
    directory d;
    ASSERT_EQ(mkfifo(d.file("pipe").c_str(), 0600), 0);
    int const reader = open(d.file("pipe").c_str(), O_RDONLY | O_NONBLOCK);
    access_log log{text_to(d.file("pipe")), 1};
    close(reader);
    log.lane(0).write(record("/nobody")); // SIGPIPE would end the test program
    log.lane(0).flush();
    EXPECT_TRUE(test::comes_true([&] { return log.dropped() == 1; }));
    EXPECT_EQ(log.last_error(), EPIPE);
    EXPECT_EQ(log.written(), 0u);
}

TEST(access_log, survives_a_full_disk)
{
    access_log log{text_to("/dev/full"), 1};
    for(int i = 0; i < 3; ++i)
        log.lane(0).write(record("/a"));
    log.lane(0).flush();
    EXPECT_TRUE(test::comes_true([&] { return log.dropped() == 3; }));
    EXPECT_EQ(log.last_error(), ENOSPC);
}

TEST(access_log, survives_a_path_that_cannot_be_opened_and_opens_it_later)
{
    directory d;
    access_log log{text_to(d.file("missing/log")), 1};
    EXPECT_EQ(log.last_error(), ENOENT);
    log.lane(0).write(record("/lost"));
    log.lane(0).flush();
    EXPECT_TRUE(test::comes_true([&] { return log.dropped() == 1; }));
    std::filesystem::create_directory(d.file("missing"));
    log.reopen();
    log.lane(0).write(record("/kept"));
    log.lane(0).flush();
    EXPECT_TRUE(test::comes_true([&] { return content(d.file("missing/log")) == "/kept\n"; }));
}

TEST(access_log, does_nothing_when_it_is_off)
{
    access_log_config c;
    c.format = log_format::off;
    access_log log{c, 1};
    EXPECT_FALSE(log.enabled());
    log.lane(0).write(record("/a"));
    log.lane(0).flush();
    EXPECT_EQ(log.written(), 0u);
    EXPECT_EQ(log.dropped(), 0u);
}

} // namespace
} // namespace errata
