#pragma once

#include "proxy/net.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace errata
{

/// A name server on loopback that says what the script tells it to.
class fake_dns
{
public:
    struct reply
    {
        unsigned rcode = 0;
        std::vector<std::string> addresses{}; ///< of both families; the fitting ones are sent
        unsigned ttl = 60;
        bool silent = false;
        std::string raw{}; ///< sent instead, when not empty
    };

    fake_dns(net::io_context& io, std::function<reply(std::string const& name)> script)
        : socket_(io, {net::ip::address_v4::loopback(), 0}), script_(std::move(script))
    {
        listen();
    }

    [[nodiscard]] std::string server() const { return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port()); }
    int asked = 0; ///< questions for an IPv4 address

private:
    static constexpr unsigned a = 1, aaaa = 28;

    void listen()
    {
        socket_.async_receive_from(net::buffer(in_), from_,
                                   [this](error_code ec, std::size_t n)
                                   {
                                       if(ec)
                                           return;
                                       answer({in_.data(), n});
                                       listen();
                                   });
    }

    void answer(std::string_view question)
    {
        std::string name;
        std::size_t at = 12;
        while(at < question.size() && question[at])
        {
            if(!name.empty())
                name += '.';
            auto const length = static_cast<unsigned char>(question[at]);
            name += question.substr(at + 1, length);
            at += 1 + length;
        }
        unsigned const type = static_cast<unsigned char>(question[at + 2]);
        question = question.substr(0, at + 5);
        asked += type == a;
        auto const said = script_(name);
        if(said.silent)
            return;
        auto const out = said.raw.empty() ? encode(question, type, said) : said.raw;
        socket_.send_to(net::buffer(out), from_);
    }

    static std::string encode(std::string_view question, unsigned type, reply const& said)
    {
        std::string out(question);
        out[2] = char(0x81);              // response, recursion desired
        out[3] = char(0x80 | said.rcode); // recursion available
        out[6] = out[8] = out[9] = out[10] = out[11] = 0;
        unsigned char count = 0;
        for(auto const& text : said.addresses)
        {
            auto const address = net::ip::make_address(text);
            if(address.is_v4() != (type == a))
                continue;
            ++count;
            out += std::string("\xc0\x0c\0", 3) + char(type) + std::string("\0\x01\0\0", 4) + char(said.ttl >> 8) +
                   char(said.ttl);
            auto const add = [&](auto const& bytes)
            {
                out += std::string(1, '\0') + char(bytes.size());
                out.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
            };
            address.is_v4() ? add(address.to_v4().to_bytes()) : add(address.to_v6().to_bytes());
        }
        out[7] = char(count);
        return out;
    }

    net::ip::udp::socket socket_;
    net::ip::udp::endpoint from_;
    std::array<char, 512> in_{};
    std::function<reply(std::string const&)> script_;
};

} // namespace errata
