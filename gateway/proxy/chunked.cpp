#include "proxy/chunked.hpp"

#include "proxy/head_syntax.hpp"

#include <algorithm>

namespace errata
{
namespace
{
using namespace syntax;

constexpr unsigned most_digits = 16;
constexpr std::size_t most_extension_bytes = 16 * 1024;
constexpr std::size_t most_trailer_bytes = 16 * 1024;

int hex_value(char c) noexcept
{
    if(c >= '0' && c <= '9')
        return c - '0';
    if(c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if(c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool is_control(char c) noexcept
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}
} // namespace

chunked_decoder::step chunked_decoder::next(std::string_view input)
{
    step out;
    while(out.consumed < input.size() && state_ != state::done && state_ != state::failed)
    {
        if(state_ == state::data)
        {
            auto const n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - out.consumed));
            out.data = input.substr(out.consumed, n);
            out.consumed += n;
            left_ -= n;
            if(left_ == 0)
                state_ = state::data_cr;
            break;
        }
        state_ = take(input[out.consumed++]);
    }
    out.done = state_ == state::done;
    out.failed = state_ == state::failed;
    return out;
}

/// One octet of what is not data.
chunked_decoder::state chunked_decoder::take(char c)
{
    switch(state_)
    {
    case state::size_start:
    case state::size:
        return take_size(c);
    case state::before_extension:
        return take_before_extension(c);
    case state::extension:
        if(c == '\r')
            return state::size_lf;
        return is_control(c) || ++extension_bytes_ > most_extension_bytes ? state::failed : state::extension;
    case state::size_lf:
        return c == '\n' ? end_of_size() : state::failed;
    case state::data_cr:
        return c == '\r' ? state::data_lf : state::failed;
    case state::data_lf:
        left_ = digits_ = 0;
        return c == '\n' ? state::size_start : state::failed;
    case state::trailer:
        return take_trailer(c);
    case state::trailer_lf:
        return c == '\n' ? end_of_trailer_line() : state::failed;
    case state::data:
    case state::done:
    case state::failed:
        break;
    }
    return state::failed;
}

chunked_decoder::state chunked_decoder::take_size(char c) noexcept
{
    if(auto const value = hex_value(c); value >= 0)
    {
        left_ = left_ << 4 | static_cast<unsigned>(value);
        return ++digits_ > most_digits || left_ >> 63 ? state::failed : state::size;
    }
    if(state_ == state::size_start)
        return state::failed;
    if(c == '\r')
        return state::size_lf;
    return take_before_extension(c);
}

/// RFC 9112 7.1.1: white space may stand before an extension, and nowhere else in the line.
chunked_decoder::state chunked_decoder::take_before_extension(char c) noexcept
{
    if(++extension_bytes_ > most_extension_bytes)
        return state::failed;
    if(c == ' ' || c == '\t')
        return state::before_extension;
    return c == ';' ? state::extension : state::failed;
}

chunked_decoder::state chunked_decoder::end_of_size() const noexcept
{
    return left_ == 0 ? state::trailer : state::data;
}

chunked_decoder::state chunked_decoder::take_trailer(char c)
{
    if(c == '\r')
        return state::trailer_lf;
    if(is_control(c) || ++trailer_bytes_ > most_trailer_bytes)
        return state::failed;
    trailers_.push_back(c);
    return state::trailer;
}

chunked_decoder::state chunked_decoder::end_of_trailer_line()
{
    if(trailer_line_ == trailers_.size())
        return state::done;
    auto const f = read_field_line(std::string_view{trailers_}.substr(trailer_line_));
    if(!f || (trailer_bytes_ += 2) > most_trailer_bytes)
        return state::failed;
    if(is_forbidden_in_trailers(id_of(f->name)))
        trailers_.resize(trailer_line_);
    else
        trailers_ += "\r\n";
    trailer_line_ = trailers_.size();
    return state::trailer;
}

void chunked_decoder::reset()
{
    auto kept = std::move(trailers_);
    *this = {};
    trailers_ = std::move(kept);
    trailers_.clear();
}

} // namespace errata
