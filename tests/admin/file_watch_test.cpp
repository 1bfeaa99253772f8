#include "admin/file_watch.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace errata
{
namespace
{
namespace fs = std::filesystem;

class file_watch_of : public ::testing::Test
{
protected:
    file_watch_of()
    {
        char name[] = "/tmp/errata-watch-XXXXXX";
        directory_ = ::mkdtemp(name);
        write("errata.yaml");
    }
    ~file_watch_of() override
    {
        std::error_code ignored;
        fs::remove_all(directory_, ignored);
    }
    void write(std::string const& name) { std::ofstream(directory_ / name) << ++written_; }
    /// True when a change is announced; gives up when nothing has been for `time`.
    bool announced(milliseconds time = milliseconds{5'000})
    {
        io_.restart();
        seen_ = false;
        auto const end = steady_clock::now() + time;
        while(!seen_ && steady_clock::now() < end)
            io_.run_one_until(end);
        return seen_;
    }

    net::io_context io_{1};
    bool seen_ = false;
    int written_ = 0;
    fs::path directory_;
    file_watch watch_{io_, [this] { seen_ = true; }};
};

TEST_F(file_watch_of, a_file_notices_that_it_is_written)
{
    ASSERT_TRUE(watch_.watch({directory_ / "errata.yaml"}));
    write("errata.yaml");
    EXPECT_TRUE(announced());
}

TEST_F(file_watch_of, a_file_notices_that_another_is_renamed_over_it)
{
    ASSERT_TRUE(watch_.watch({directory_ / "errata.yaml"}));
    write("new");
    fs::rename(directory_ / "new", directory_ / "errata.yaml");
    EXPECT_TRUE(announced());
}

TEST_F(file_watch_of, a_mounted_config_map_notices_the_swap_of_its_data_again_and_again)
{
    auto const publish = [this](std::string const& version)
    {
        fs::create_directory(directory_ / version);
        write(version + "/mounted.yaml");
        fs::create_directory_symlink(version, directory_ / "..data_tmp");
        fs::rename(directory_ / "..data_tmp", directory_ / "..data");
    };
    publish("..1");
    fs::create_symlink("..data/mounted.yaml", directory_ / "mounted.yaml");
    ASSERT_TRUE(watch_.watch({directory_ / "mounted.yaml"}));
    for(std::string const version : {"..2", "..3"})
    {
        publish(version);
        EXPECT_TRUE(announced()) << version;
        ASSERT_TRUE(watch_.watch({directory_ / "mounted.yaml"}));
    }
}

TEST_F(file_watch_of, a_file_does_not_care_for_its_neighbours)
{
    ASSERT_TRUE(watch_.watch({directory_ / "errata.yaml"}));
    write("other.yaml");
    EXPECT_FALSE(announced(3 * file_watch::calm));
}

TEST_F(file_watch_of, a_directory_notices_a_new_file)
{
    ASSERT_TRUE(watch_.watch({directory_}));
    write("second.yaml");
    EXPECT_TRUE(announced());
}
} // namespace
} // namespace errata
