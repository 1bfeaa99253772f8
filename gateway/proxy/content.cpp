#include "proxy/content.hpp"

#include <array>

namespace errata
{

void content::begin(transport& from, framing how, std::uint64_t length)
{
    from_ = &from;
    how_ = how;
    left_ = how == framing::length ? length : 0;
    taken_ = 0;
    failed_ = malformed_ = false;
    done_ = how == framing::none || (how == framing::length && length == 0);
    if(how == framing::chunked)
        chunks_.reset();
}

std::string_view content::take()
{
    auto& in = from_->in();
    if(done_ || failed_)
        return {};
    if(how_ == framing::chunked)
    {
        while(!in.empty())
        {
            auto const step = chunks_.next(in.data());
            in.consume(step.consumed);
            if(step.failed)
            {
                failed_ = malformed_ = true;
                return {};
            }
            done_ = step.done;
            if(!step.data.empty() || done_)
            {
                taken_ += step.data.size();
                return step.data;
            }
        }
    }
    else if(!in.empty())
    {
        auto const all = in.data();
        auto const piece = how_ == framing::length ? all.substr(0, left_) : all;
        in.consume(piece.size());
        taken_ += piece.size();
        if(how_ == framing::length)
        {
            left_ -= piece.size();
            done_ = left_ == 0;
        }
        return piece;
    }
    if(from_->state() == transport::condition::open)
        return {};
    // RFC 9112 8: only close-delimited content may end with the connection, and only when it ended in order.
    if(how_ == framing::until_close && from_->state() == transport::condition::ended)
        done_ = true;
    else
        failed_ = true;
    return {};
}

void add_chunk_size(std::size_t size, out_buffer& frame)
{
    frame.add(size, 16);
    frame.add("\r\n");
}

void add_last_chunk(std::string_view trailers, out_buffer& out)
{
    // Fields that frame or route a message, or change how it is processed, mean nothing (or harm) behind it.
    constexpr std::array forbidden{
        "transfer-encoding", "content-length", "host",          "connection",   "trailer",          "te",
        "upgrade",           "keep-alive",     "authorization", "content-type", "content-encoding", "content-range",
        "set-cookie",        "cache-control",  "expect",        "max-forwards", "retry-after",      "location",
        "proxy-authenticate"};
    out.add("0\r\n");
    while(!trailers.empty())
    {
        auto const end = trailers.find("\r\n");
        if(end == std::string_view::npos)
            break;
        auto const line = trailers.substr(0, end);
        trailers.remove_prefix(end + 2);
        auto const name = line.substr(0, line.find(':'));
        bool allowed = true;
        for(auto const* f : forbidden)
            allowed = allowed && !iequals(name, f);
        if(!allowed)
            continue;
        out.add(line);
        out.add("\r\n");
    }
    out.add("\r\n");
}

} // namespace errata
