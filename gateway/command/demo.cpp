#include "command/demo.hpp"

#include "command/demo_dead_ends.hpp"
#include "command/demo_tour.hpp"
#include "command/demo_upstream.hpp"
#include "command/mistakes.hpp"
#include "command/run.hpp"
#include "proxy/server.hpp"
#include "routing/load.hpp"

#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <ostream>
#include <thread>
#include <unistd.h>

namespace errata
{
namespace
{
/// What the pages of the upstream cannot show, since it is over before a request is sent.
std::string list(demo_dead_ends const& ends)
{
    std::string out;
    for(auto const& e : ends.all())
        out += fmt::format("  {:<17} {:<34} {} -> {}\n", e.path, e.url, e.says, e.client_gets);
    return out;
}

int serve_upstream(demo_options const& options, console& io)
{
    net::io_context context(1);
    demo_upstream upstream(context, options.upstream_port);
    demo_dead_ends ends(context, upstream.port());
    net::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait(
        [&](error_code, int)
        {
            upstream.stop();
            ends.stop();
        });
    io.out << fmt::format("misbehaving upstream listening on 127.0.0.1:{0}\n"
                          "GET http://127.0.0.1:{0}/ lists what it can do\n"
                          "endpoints where no request gets through (names with dns: {{servers: [\"{1}\"]}}):\n{2}",
                          upstream.port(), ends.name_server(), list(ends))
           << std::flush;
    context.run();
    return exit_good;
}

std::string configuration(demo_options const& options, demo_upstream const& upstream, demo_dead_ends const& ends)
{
    auto out = fmt::format(R"(version: 1
threads: 1
access_log: off
dns: {{servers: ["{}"]}}
listeners: [{{address: 127.0.0.1:{}}}]
upstreams:
  demo: {{endpoints: [http://127.0.0.1:{}], timeouts: {{response: 1s, idle: 1s, write: 1s}}}}
routes:
  - name: hidden
    match: {{path: /convention/4/hidden}}
    upstream: demo
    errors: {{rules: [{{when: {{status: 403}}, set: {{status: 404, scrub: true}}}}]}}
  - {{name: everything, upstream: demo}}
)",
                           ends.name_server(), options.port, upstream.port());
    std::string upstreams;
    for(auto const& e : ends.all())
    {
        upstreams += fmt::format("  {0}: {{endpoints: [\"{1}\"], timeouts: {{connect: 500ms, tls: 500ms}}}}\n",
                                 e.path.substr(1), e.url);
        out += fmt::format("  - {{name: {0}, match: {{path: /{0}}}, upstream: {0}}}\n", e.path.substr(1));
    }
    return out.insert(out.find("routes:"), upstreams);
}

std::uint16_t port_of(std::string_view address)
{
    std::uint16_t port = 0;
    auto const digits = address.substr(address.rfind(':') + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return port;
}

/// The upstream on a thread of its own, ended with its scope.
class running_upstream
{
public:
    explicit running_upstream(std::uint16_t port)
        : upstream_(context_, port), ends_(context_, upstream_.port()), thread_([this] { context_.run(); })
    {
    }
    ~running_upstream()
    {
        net::post(context_,
                  [this]
                  {
                      upstream_.stop();
                      ends_.stop();
                  });
        thread_.join();
    }
    running_upstream(running_upstream const&) = delete;
    running_upstream& operator=(running_upstream const&) = delete;

    [[nodiscard]] demo_upstream const& upstream() const noexcept { return upstream_; }
    [[nodiscard]] demo_dead_ends const& ends() const noexcept { return ends_; }

private:
    net::io_context context_{1};
    demo_upstream upstream_;
    demo_dead_ends ends_;
    std::thread thread_;
};

int serve_both(demo_options const& options, console& io)
{
    std::signal(SIGPIPE, SIG_IGN);
    net::io_context control(1);
    net::signal_set signals(control, SIGINT, SIGTERM);
    bool ended = false;
    signals.async_wait([&](error_code, int) { ended = true; });

    running_upstream const behind(options.upstream_port);
    auto const& upstream = behind.upstream();
    auto const config =
        load_text(configuration(options, upstream, behind.ends()), "demo", io.env, fresh_instance_name());
    write_mistakes(config.mistakes, io.err);
    if(!config.config)
        return exit_mistakes;
    server gateway(control);
    if(auto const started = gateway.start(config.config); !started)
    {
        io.err << "errata: " << started.error() << '\n';
        return exit_mistakes;
    }
    auto const port = port_of(gateway.addresses().front());
    io.out << fmt::format("gateway listening on 127.0.0.1:{}\n"
                          "behind it an upstream that misbehaves on demand: http://127.0.0.1:{}/ lists how\n"
                          "and endpoints where no request gets through:\n{}",
                          port, upstream.port(), list(behind.ends()));
    demo_tour(upstream.port(), port, ::isatty(STDOUT_FILENO) == 1, io.out, [&] { return control.poll() > 0 || ended; });
    io.out << "\nBoth go on until you press Ctrl-C.\n" << std::flush;
    if(!ended)
        control.run();
    gateway.drain();
    gateway.drain(); // at once: nobody's work is lost here
    gateway.wait();
    return exit_good;
}
} // namespace

int demo(demo_options const& options, console& io)
try
{
    return options.upstream_only ? serve_upstream(options, io) : serve_both(options, io);
}
catch(boost::system::system_error const& e)
{
    io.err << "errata: " << e.what() << '\n';
    return exit_mistakes;
}

} // namespace errata
