// How configurations reach a running gateway: the ways in which files change, and that nobody notices.
#include "operating.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace errata::test
{
namespace
{
namespace fs = std::filesystem;

/// A directory of configuration files that a gateway watches.
class watched_files : public testing::Test
{
protected:
    watched_files() { fs::create_directory(root); }
    ~watched_files() override
    {
        gateway.reset();
        fs::remove_all(root);
    }
    void start()
    {
        gateway = std::make_unique<gateway_process>(
            std::vector<std::string>{"run", "--config", (root / "errata.yaml").string()});
    }
    static void write(fs::path const& file, std::string const& text)
    {
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    [[nodiscard]] std::string named(std::string const& route) const { return operated(nobody.url(), {}, route); }
    /// Waits until the gateway serves a route of that name.
    void wait_for(std::string const& route)
    {
        auto const admin = gateway->port_named("admin");
        auto const served = [&] { return get(admin, "/routes").body.find('"' + route + '"') != std::string::npos; };
        ASSERT_TRUE(comes_true(served)) << gateway->log();
    }

    fs::path const root = fs::temp_directory_path() / ("errata-watched-" + std::to_string(::getpid()));
    port_of_loopback const nobody{port_of_loopback::kind::refusing};
    std::unique_ptr<gateway_process> gateway;
};

TEST_F(watched_files, are_loaded_again_when_an_editor_saves_them)
{
    auto const file = root / "errata.yaml";
    write(file, named("first"));
    start();
    write(root / ".errata.yaml.swp", named("second"));
    fs::rename(root / ".errata.yaml.swp", file);
    wait_for("second");
    write(file, named("third")); // in place, too
    wait_for("third");
    fs::remove(file);
    write(file, named("fourth"));
    wait_for("fourth");
}

TEST_F(watched_files, of_a_config_map_are_loaded_again_when_its_link_moves)
{
    auto const publish = [&](std::string const& version, std::string const& text)
    {
        write(root / version / "errata.yaml", text);
        fs::create_directory_symlink(version, root / "..data_tmp");
        fs::rename(root / "..data_tmp", root / "..data");
    };
    publish("..2026_1", named("first"));
    fs::create_symlink("..data/errata.yaml", root / "errata.yaml");
    start();
    for(int i = 2; i < 6; ++i)
    {
        publish("..2026_" + std::to_string(i), named("version" + std::to_string(i)));
        fs::remove_all(root / ("..2026_" + std::to_string(i - 1))); // as the kubelet does
        wait_for("version" + std::to_string(i));
    }
}

TEST_F(watched_files, that_are_broken_keep_the_old_ones_until_they_are_mended)
{
    auto const file = root / "errata.yaml";
    write(file, named("first"));
    start();
    auto const admin = gateway->port_named("admin");
    auto const good = [&] { return metric(get(admin, "/metrics").body, "errata_config_last_reload_successful"); };
    EXPECT_EQ(good(), 1);
    write(file, "version: 1\nroutes: nonsense\n");
    ASSERT_TRUE(gateway->logs("the configuration in use stays"));
    EXPECT_EQ(good(), 0);
    EXPECT_NE(get(admin, "/readyz").body.find("errata.yaml:2:"), std::string::npos);
    EXPECT_EQ(get(gateway->port(), "/").status, 502U);
    write(file, named("mended"));
    wait_for("mended");
    EXPECT_EQ(good(), 1);
}

TEST_F(watched_files, may_change_hundreds_of_times_while_a_request_is_under_way)
{
    port_of_loopback up;
    auto const file = root / "errata.yaml";
    write(file, operated(up.url()));
    start();
    auto const admin = gateway->port_named("admin");
    auto client = gateway->connect();
    client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    auto service = up.accept();
    (void)read_request(service);
    for(int i = 0; i < 300; ++i)
    {
        write(file, operated(up.url(), i % 2 ? "errors: {mode: observe}\n" : "", "r" + std::to_string(i)));
        ASSERT_EQ(post(admin, "/reload").status, 200U);
    }
    service.send(response("404 Not Found", R"({"message":"Not here."})", "Content-Type: application/json\r\n"));
    auto const answer = boost::json::parse(read_response(client).body);
    EXPECT_EQ(answer.at("detail").as_string(), "Not here."); // by the configuration with which it began
    EXPECT_EQ(metric(get(admin, "/metrics").body, "errata_requests_active"), 0);
}

} // namespace
} // namespace errata::test
