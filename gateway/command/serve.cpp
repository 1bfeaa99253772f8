#include "command/serve.hpp"

#include "admin/operation.hpp"
#include "admin/own_log.hpp"

#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <ostream>

namespace errata
{

int serve(loaded const& config, std::function<loaded()> load_again, console& io)
{
    std::signal(SIGPIPE, SIG_IGN);
    use_own_log();
    net::io_context control{1};
    net::signal_set signals(control, SIGTERM, SIGINT, SIGHUP);
    signals.add(SIGUSR1);
    operation running(control, ERRATA_VERSION, std::move(load_again));
    if(auto const started = running.start(config); !started)
    {
        io.err << "errata: " << started.error() << '\n';
        return exit_mistakes;
    }
    std::function<void(error_code, int)> on_signal = [&](error_code ec, int number)
    {
        if(ec)
            return;
        signals.async_wait(on_signal); // first: the next signal is heard, whatever becomes of this one
        if(number == SIGHUP)
            running.reload("SIGHUP");
        else if(number == SIGUSR1)
            running.reopen_log();
        else
            running.drain();
    };
    signals.async_wait(on_signal);
    while(!control.stopped())
        try
        {
            control.run();
        }
        catch(std::exception const& e)
        {
            spdlog::critical("what an operator asked for has ended: {}", e.what());
        }
    // Drained. A signal that comes while things are put away must not find its default action again and turn a good end
    // into a kill.
    sigset_t late;
    sigemptyset(&late);
    for(int const number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1})
        sigaddset(&late, number);
    pthread_sigmask(SIG_BLOCK, &late, nullptr);
    return exit_good;
}

} // namespace errata
