#include "support/gateway_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

namespace errata::test
{
namespace
{
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string contents(std::string const& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string new_directory()
{
    auto form = (std::filesystem::temp_directory_path() / "errata-test-XXXXXX").string();
    if(!::mkdtemp(form.data()))
        throw broken_wire("no temporary directory");
    return form;
}
} // namespace

gateway_process::gateway_process(std::string const& yaml) : directory_(new_directory())
{
    rewrite_configuration(yaml);
    start({"run", "--config", directory_ + "/errata.yaml"});
}

gateway_process::gateway_process(std::vector<std::string> arguments) : directory_(new_directory())
{
    start(std::move(arguments));
}

gateway_process::~gateway_process()
{
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void gateway_process::rewrite_configuration(std::string const& yaml) const
{
    std::ofstream(directory_ + "/errata.yaml") << yaml;
}

void gateway_process::start(std::vector<std::string> arguments)
{
    auto const log = directory_ + "/log";
    arguments.insert(arguments.begin(), ERRATA_BINARY);
    std::vector<char*> pointers;
    for(auto& a : arguments)
        pointers.push_back(a.data());
    pointers.push_back(nullptr);
    auto const parent = ::getpid();
    child_ = ::fork();
    if(child_ < 0)
        throw broken_wire("fork failed");
    if(child_ > 0)
        return find_ports();
    // In the child, only what is safe after fork: it ends with the test, whatever happens to that.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if(::getppid() != parent)
        ::_exit(126);
    auto const out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execv(ERRATA_BINARY, pointers.data());
    ::_exit(127);
}

/// "... listening on 127.0.0.1:40123": one line for each listener, in the order of the configuration.
void gateway_process::find_ports()
{
    static std::regex const line("listening on [^\\s\"]*:(\\d+)");
    auto const found = comes_true(
        [&]
        {
            auto const text = log();
            ports_.clear();
            for(std::sregex_iterator i(text.begin(), text.end(), line), end; i != end; ++i)
                ports_.push_back(static_cast<std::uint16_t>(std::stoul((*i)[1])));
            return !ports_.empty() || !running();
        });
    if(!found || ports_.empty())
        throw broken_wire("the gateway did not start: " + log());
}

std::uint16_t gateway_process::port_named(std::string const& name)
{
    std::smatch found;
    std::string text;
    std::regex const line(name + " port on [^\\s\"]*:(\\d+)");
    if(!comes_true([&] { return std::regex_search(text = log(), found, line); }))
        throw broken_wire("there is no " + name + " port");
    return static_cast<std::uint16_t>(std::stoul(found[1]));
}

void gateway_process::signal(int number) const
{
    ::kill(child_, number);
}

bool gateway_process::running()
{
    if(child_ > 0 && ::waitpid(child_, &status_, WNOHANG) == child_)
        child_ = -1;
    return child_ > 0;
}

int gateway_process::stop()
{
    if(running())
    {
        signal(SIGTERM);
        if(!comes_true([&] { return !running(); }))
        {
            signal(SIGKILL);
            ::waitpid(child_, &status_, 0);
            child_ = -1;
        }
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

std::string gateway_process::log() const
{
    return contents(directory_ + "/log");
}

bool gateway_process::logs(std::string_view text)
{
    return comes_true([&] { return log().find(text) != std::string::npos; });
}

std::size_t gateway_process::status_line(std::string_view name) const
{
    auto const text = contents("/proc/" + std::to_string(child_) + "/status");
    auto const at = text.find(name);
    return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + name.size(), nullptr, 10) * 1024;
}

unsigned gateway_process::open_descriptors() const
{
    auto const all = std::filesystem::directory_iterator("/proc/" + std::to_string(child_) + "/fd");
    return static_cast<unsigned>(std::distance(begin(all), end(all)));
}

unsigned gateway_process::first_free_descriptor() const
{
    unsigned number = 0;
    while(std::filesystem::exists(
        std::filesystem::symlink_status("/proc/" + std::to_string(child_) + "/fd/" + std::to_string(number))))
        ++number;
    return number;
}

void gateway_process::limit_descriptors(unsigned most) const
{
    rlimit limit{};
    ::prlimit(child_, RLIMIT_NOFILE, nullptr, &limit);
    limit.rlim_cur = most;
    if(::prlimit(child_, RLIMIT_NOFILE, &limit, nullptr) != 0)
        throw broken_wire("prlimit failed");
}

std::size_t gateway_process::mapped_bytes() const
{
    return status_line("VmSize:");
}

void gateway_process::limit_memory(std::size_t bytes) const
{
    rlimit const limit{bytes, RLIM_INFINITY};
    if(::prlimit(child_, RLIMIT_AS, &limit, nullptr) != 0)
        throw broken_wire("prlimit failed");
}

std::size_t gateway_process::resident_bytes() const
{
    return status_line("VmRSS:");
}

std::size_t gateway_process::peak_resident_bytes() const
{
    return status_line("VmHWM:");
}

} // namespace errata::test
