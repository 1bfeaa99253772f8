#include "command/demo_fetch.hpp"

#include "problem/field.hpp"
#include "proxy/chunked.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace errata
{
namespace
{
class connection
{
public:
    connection(std::uint16_t port, std::chrono::milliseconds patience)
        : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(port);
        timeval const limit{patience.count() / 1000, patience.count() % 1000 * 1000};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        (void)::connect(descriptor_, reinterpret_cast<sockaddr const*>(&to), sizeof to);
    }
    ~connection() { ::close(descriptor_); }
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    void send(std::string_view bytes) { (void)::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

    /// Everything until the end, the time-out or a bound; false when it was reset.
    bool receive(std::string& out)
    {
        constexpr std::size_t enough = 4 << 20;
        std::array<char, 65536> piece;
        ssize_t n = 0;
        while(out.size() < enough && (n = ::recv(descriptor_, piece.data(), piece.size(), 0)) > 0)
            out.append(piece.data(), static_cast<std::size_t>(n));
        return n >= 0 || errno == EAGAIN;
    }

private:
    int descriptor_;
};

std::string without_chunks(std::string_view coded, bool& complete)
{
    chunked_decoder decoder;
    std::string out;
    complete = false;
    while(!coded.empty() && !complete)
    {
        auto const step = decoder.next(coded);
        out += step.data;
        coded.remove_prefix(step.consumed);
        complete = step.done;
        if(step.failed)
            break;
    }
    return out;
}

void read_content(std::string_view content, fetched& out)
{
    if(iequals(field_value(out, "Transfer-Encoding"), "chunked"))
    {
        out.body = without_chunks(content, out.complete);
        return;
    }
    out.body = content;
    auto const announced = field_value(out, "Content-Length");
    std::size_t length = content.size();
    std::from_chars(announced.data(), announced.data() + announced.size(), length);
    out.complete = !out.reset && content.size() >= length;
}
} // namespace

fetched fetch(std::uint16_t port, std::string_view path, std::chrono::milliseconds patience)
{
    connection to(port, patience);
    to.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
            "\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    std::string bytes;
    fetched out;
    out.reset = !to.receive(bytes);
    auto const line = bytes.find("\r\n");
    auto const end = bytes.find("\r\n\r\n");
    if(!bytes.starts_with("HTTP/1.") || end == std::string::npos)
    {
        out.body = bytes;
        out.complete = false;
        return out;
    }
    out.start_line = bytes.substr(0, line);
    out.fields = bytes.substr(line + 2, end - line);
    read_content(std::string_view(bytes).substr(end + 4), out);
    return out;
}

std::string_view field_value(fetched const& from, std::string_view name)
{
    std::string_view rest = from.fields;
    while(!rest.empty())
    {
        auto const line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
        auto const colon = line.find(':');
        if(colon == std::string_view::npos || !iequals(line.substr(0, colon), name))
            continue;
        auto value = line.substr(colon + 1);
        while(value.starts_with(' '))
            value.remove_prefix(1);
        return value;
    }
    return {};
}

} // namespace errata
