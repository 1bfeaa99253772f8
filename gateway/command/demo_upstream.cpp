#include "command/demo_upstream.hpp"

#include "proxy/chunked.hpp"
#include "proxy/head.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>

namespace errata
{
namespace
{
using tcp = net::ip::tcp;
using tcp_socket = net::basic_stream_socket<tcp, executor>;
using timer = net::basic_waitable_timer<steady_clock, net::wait_traits<steady_clock>, executor>;

constexpr std::size_t most_clients = 1000;

task<bool> receive(tcp_socket& from, std::string& in)
{
    std::array<char, 16384> piece;
    auto const [ec, n] = co_await from.async_read_some(net::buffer(piece), nothrow);
    in.append(piece.data(), n);
    co_return !ec;
}

task<bool> send(tcp_socket& to, std::string_view bytes)
{
    auto const [ec, n] = co_await net::async_write(to, net::buffer(bytes.data(), bytes.size()), nothrow);
    co_return !ec;
}

task<> rest(std::chrono::milliseconds time)
{
    timer clock(co_await net::this_coro::executor);
    clock.expires_after(time);
    [[maybe_unused]] auto const [ec] = co_await clock.async_wait(nothrow);
}

/// Reads the content of a request and forgets it; `in` begins with it and is left with what follows.
task<bool> skip_content(tcp_socket& from, head const& request, std::string& in)
{
    auto left = request.content_length;
    chunked_decoder decoder;
    for(;;)
    {
        if(request.body == framing::chunked)
        {
            auto const step = decoder.next(in);
            in.erase(0, step.consumed);
            if(step.done || step.failed)
                co_return step.done;
            if(!in.empty())
                continue;
        }
        else
        {
            auto const n = static_cast<std::size_t>(std::min<std::uint64_t>(left, in.size()));
            in.erase(0, n);
            left -= n;
            if(left == 0)
                co_return true;
        }
        if(!co_await receive(from, in))
            co_return false;
    }
}

scene_reply index_reply()
{
    return whole_reply("200 OK", "text/plain; charset=utf-8", scene_index());
}

scene_reply unknown_path()
{
    return whole_reply("404 Not Found", "application/json", R"({"message": "No such path: GET / lists them."})");
}
} // namespace

demo_upstream::demo_upstream(net::io_context& io, std::uint16_t port, std::string const& address)
    : io_(io), acceptor_(io.get_executor(), tcp::endpoint(net::ip::make_address(address), port)),
      port_(acceptor_.local_endpoint().port())
{
    net::co_spawn(io_, accept(), net::detached);
}

demo_upstream::~demo_upstream() = default;

void demo_upstream::stop()
{
    error_code ignored;
    acceptor_.close(ignored);
    for(auto& client : clients_)
        client.shutdown(tcp::socket::shutdown_both, ignored);
}

task<> demo_upstream::accept()
{
    while(acceptor_.is_open())
    {
        auto [ec, socket] = co_await acceptor_.async_accept(nothrow);
        if(ec && acceptor_.is_open())
            co_await rest(std::chrono::milliseconds(50)); // out of descriptors, perhaps
        if(ec || clients_.size() >= most_clients)
            continue;
        socket.set_option(tcp::no_delay(true), ec);
        clients_.push_back(std::move(socket));
        net::co_spawn(io_, serve(std::prev(clients_.end())), net::detached);
    }
}

/// One connection: request after request until somebody has had enough.
task<> demo_upstream::serve(std::list<tcp_socket>::iterator client)
{
    std::string in;
    std::string head_bytes;
    head request;
    request_parser parser;
    for(bool open = true; open;)
    {
        auto const parsed = parser.parse(in, {}, request);
        if(parsed.status == parse_status::need_more)
        {
            open = co_await receive(*client, in);
            continue;
        }
        if(parsed.status == parse_status::failed)
        {
            co_await send(*client, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            break;
        }
        // The head's views need their bytes while the content runs through `in`.
        head_bytes = in.substr(0, parsed.consumed);
        in.erase(0, parsed.consumed);
        request_parser{}.parse(head_bytes, {}, request);

        auto const target = request.path_and_query;
        auto const mark = std::min(target.find('?'), target.size());
        auto const path = target.substr(0, mark);
        auto const* known = find_scene(path);
        if(request.expect_continue && (!known || known->reads_content))
            co_await send(*client, "HTTP/1.1 100 Continue\r\n\r\n");
        if((!known || known->reads_content) && !co_await skip_content(*client, request, in))
            break;
        scene_request const asked{request.method, path, target.substr(std::min(mark + 1, target.size())),
                                  request.fields};
        auto reply = path == "/" ? index_reply() : known ? known->reply(asked) : unknown_path();
        if(request.method == "HEAD" && reply.head > 0)
            reply.bytes.resize(reply.head);
        open = co_await perform(*client, std::move(reply)) && request.keep_alive;
    }
    clients_.erase(client);
}

/// True when the connection may serve another request.
task<bool> demo_upstream::perform(tcp_socket& client, scene_reply reply)
{
    if(reply.wait.count() > 0)
        co_await rest(reply.wait);
    auto const paced = reply.step > 0;
    for(std::size_t at = 0, n = paced ? reply.head : reply.bytes.size(); at < reply.bytes.size();
        at += n, n = reply.step)
    {
        if(paced && (at > 0 || n == 0))
            co_await rest(reply.pause);
        if(!co_await send(client, std::string_view(reply.bytes).substr(at, n)))
            co_return false;
    }
    std::string unread;
    if(reply.then == ending::keep_once)
        co_await receive(client, unread);
    if(reply.then == ending::stall)
        while(co_await receive(client, unread))
            unread.clear();
    if(reply.then == ending::deaf) // who reads nothing does not see the client go either
        for(int i = 0; i < 600 && acceptor_.is_open(); ++i)
            co_await rest(std::chrono::milliseconds(100));
    if(reply.then == ending::reset)
    {
        error_code ignored;
        client.set_option(net::socket_base::linger(true, 0), ignored);
        client.close(ignored); // not left to the destructor, which would undo the option
    }
    co_return reply.then == ending::keep;
}

} // namespace errata
