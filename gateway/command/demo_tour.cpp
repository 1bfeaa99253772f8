#include "command/demo_tour.hpp"

#include "command/demo_fetch.hpp"
#include "command/demo_scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>

namespace errata
{
namespace
{
struct stop
{
    std::string_view path;
    std::string_view says;    ///< what happens there, in a few words
    bool ask_upstream = true; ///< false: there is nobody to ask
};

constexpr stop stops[] = {
    {"/convention/1", "numeric code, nested errors"},
    {"/convention/1/limited", "the wait only in the body"},
    {"/convention/2", "the message is only the status"},
    {"/convention/2/oauth", "OAuth clients must still understand it"},
    {"/convention/3", "overloaded, with a wait"},
    {"/convention/3/backoff", "unavailable, without a hint"},
    {"/convention/4/hidden", "a rule hides the 403"},
    {"/convention/5", "textual code and details"},
    {"/error/html", "a page for people"},
    {"/error/soap", "a SOAP fault"},
    {"/error/gzip", "compressed"},
    {"/error/fields", "one list of messages per field"},
    {"/error/leak", "a stack trace and a password"},
    {"/dns/unknown", "no such name", false},
    {"/refuse", "nobody listens", false},
    {"/tls/certificate", "a certificate that nobody knows", false},
    {"/reset", "the connection is reset"},
    {"/garbage", "another protocol"},
    {"/bad-framing", "two lengths"},
    {"/stall", "no answer in time", false},
    {"/cut/chunked", "the content breaks off"},
    {"/ok", "no error: untouched"},
};

constexpr std::size_t widest = 700;

std::string one_line(std::string_view text)
{
    std::string out;
    for(char const c : text.substr(0, widest))
    {
        auto const printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
        if(printable)
            out += c;
        else if(!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if(text.size() > widest)
        out += "...";
    return out;
}

/// Bytes that a terminal should rather not see.
bool is_binary(fetched const& f)
{
    return !field_value(f, "Content-Encoding").empty();
}

std::string summary(fetched const& f)
{
    if(f.start_line.empty() && f.body.empty())
        return f.reset ? "(resets the connection)" : "(closes the connection)";
    if(f.start_line.empty())
        return one_line(f.body);
    auto out = f.start_line.substr(f.start_line.find(' ') + 1, 3);
    for(auto const* name : {"Retry-After", "Content-Encoding", "Proxy-Status"})
        if(auto const value = field_value(f, name); !value.empty())
            out += fmt::format("  {}: {}", name, value);
    out += "\n              " + (is_binary(f) ? fmt::format("({} octets)", f.body.size()) : one_line(f.body));
    if(!f.complete)
        out += f.reset ? "  (cut: reset)" : "  (cut: closed before the end)";
    return out;
}

class painter
{
public:
    explicit painter(bool color) : color_(color) {}
    [[nodiscard]] std::string bold(std::string_view text) const { return paint("1", text); }
    [[nodiscard]] std::string red(std::string_view text) const { return paint("31", text); }
    [[nodiscard]] std::string green(std::string_view text) const { return paint("32", text); }

private:
    [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const
    {
        return color_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
    }
    bool color_;
};
} // namespace

void demo_tour(std::uint16_t upstream, std::uint16_t gateway, bool color, std::ostream& out,
               std::function<bool()> const& interrupted)
{
    painter const paint(color);
    for(auto const& s : stops)
    {
        if(interrupted())
            return;
        out << '\n'
            << paint.bold(fmt::format("curl -i http://127.0.0.1:{}{}", gateway, s.path)) << "    # " << s.says << '\n';
        if(s.ask_upstream)
            out << paint.red("  upstream: ") << summary(fetch(upstream, s.path, std::chrono::milliseconds(300)))
                << '\n';
        out << paint.green("  client:   ") << summary(fetch(gateway, s.path, std::chrono::milliseconds(3000))) << '\n'
            << std::flush;
    }
}

} // namespace errata
